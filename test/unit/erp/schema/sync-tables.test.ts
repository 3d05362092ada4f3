import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { sqliteDialect } from '../../../../lib/erp/schema/quote';
import { syncSchemaVersion, syncTableStatements } from '../../../../lib/erp/schema/sync-tables';
import { sqliteUpgrades } from '../../../../lib/erp/schema/sync-upgrades';

const fresh = (): DatabaseSync => {
  const database = new DatabaseSync(':memory:');
  for (const { sql } of syncTableStatements(sqliteDialect)) database.exec(sql);
  return database;
};

/** Columns and indexes, whatever order and words they were made in. */
const shape = (database: DatabaseSync): readonly string[] =>
  database
    .prepare(
      `SELECT m.name || ': ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk AS line
        FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name LIKE 'sync\\_%' ESCAPE '\\'
          AND m.name <> 'sync_schema_version'
      UNION SELECT m.name || ' ' || l."unique" || l.partial || ': ' || (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i)
          || coalesce(substr(x.sql, instr(x.sql, ' WHERE ')), '')
        FROM sqlite_master m, pragma_index_list(m.name) l LEFT JOIN sqlite_master x ON x.name = l.name AND instr(x.sql, 'WHERE') > 0
        WHERE m.type = 'table' AND m.name LIKE 'sync\\_%' ESCAPE '\\' AND m.name <> 'sync_schema_version' ORDER BY line`,
    )
    .all()
    .map((row) => String(row['line']).replaceAll(/\s+/g, ' '));

describe('sync tables of SQLite', () => {
  it('are the same whether they were made at once or came up from the first version', () => {
    const upgraded = new DatabaseSync(':memory:');
    for (const statement of sqliteUpgrades.flat()) upgraded.exec(statement);
    assert.deepEqual(shape(upgraded), shape(fresh()));
    assert.ok(shape(fresh()).length > 60);
  });

  it('can be made again and note one version', () => {
    const database = fresh();
    for (const { sql } of syncTableStatements(sqliteDialect)) database.exec(sql);
    assert.deepEqual(
      database
        .prepare('SELECT version FROM sync_schema_version')
        .all()
        .map((row) => ({ ...row })),
      [{ version: syncSchemaVersion }],
    );
    assert.equal(sqliteUpgrades.length, syncSchemaVersion);
  });
});
