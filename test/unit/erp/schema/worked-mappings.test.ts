/** The worked mappings of docs/mappings: each fits its tables, on both engines. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { KindMapping, SchemaMapping, TableName } from '../../../../lib/erp/schema/mapping';
import { checkForEngine } from '../../../../lib/erp/schema/mapping-checks';
import { furtherColumns, ownColumns } from '../../../../lib/erp/schema/mapping-columns';
import { tableParts } from '../../../../lib/erp/schema/quote';
import { readMapping, requireMapping } from '../../../../lib/erp/schema/read-mapping';

const read = (file: string): string => readFileSync(path.join(__dirname, '../../../../docs/mappings', file), 'utf8');

/** Tables (and, in SQLite, procedures) with the columns that the mapping names. */
type Named = readonly (readonly [TableName, readonly string[]])[];

const namedByKind = (record: KindMapping): Named => {
  const { table, readFrom, changeStamp, deleted, participants, procedures } = record;
  const own = [
    ...[...ownColumns('', record), ...furtherColumns('', record.insert), ...furtherColumns('', record.update)].map(({ column }) => column),
    ...record.filter.map(({ column }) => column),
    ...(changeStamp === null ? [] : [changeStamp.column]),
    ...(deleted === null ? [] : [deleted.column]),
  ];
  return [
    [table, own],
    ...(readFrom === null ? [] : [[readFrom, own] as const]),
    ...(participants === null
      ? []
      : [[participants.table, [...participants.record, participants.employee, ...Object.keys(participants.insert)]] as const]),
    ...[procedures.insert, procedures.update, procedures.delete].flatMap((procedure) =>
      procedure === null
        ? []
        : [
            [
              procedure.name,
              [
                ...Object.keys(procedure.parameters),
                ...Object.values(procedure.returns).map((from) => ('output' in from ? from.output : from.result)),
              ],
            ] as const,
          ],
    ),
  ];
};

const named = ({ employees, activityTypes, appointment, task }: SchemaMapping): Named => [
  [
    employees.table,
    [
      ...[employees.key, employees.name, employees.email, ...employees.filter.map(({ column }) => column)],
      ...(employees.active === null ? [] : [employees.active.column]),
    ],
  ],
  ...(activityTypes === null ? [] : [[activityTypes.table, [activityTypes.key, activityTypes.no, activityTypes.description]] as const]),
  ...[appointment, task].flatMap((record) => (record === null ? [] : namedByKind(record))),
];

/** Columns of every CREATE TABLE of a script. */
const declared = (script: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...script.matchAll(/CREATE TABLE (?:dbo\.)?(\w+) \(\n([\s\S]*?)\n\);/g)].map(([, table = '', body = '']) => [
      table,
      [...body.matchAll(/^ {2}(\w+) (?!KEY)/gm)].map(([, column = '']) => column).filter((name) => name !== 'FOREIGN'),
    ]),
  );

describe('the worked mappings', () => {
  it('the first one that docs/erp-mapping.md shows is right as it stands', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(read('../erp-mapping.md')) ?? [];
    assert.ok(example.includes('"version": 1'));
    assert.deepEqual('faults' in readMapping(example), false);
  });

  it('every place of a file that docs/erp-mapping.md links to exists', () => {
    const links = [...read('../erp-mapping.md').matchAll(/\]\(((?:mappings|decisions)\/[^)]+)\)/g)].map(([, file = '']) => file);
    assert.ok(links.length > 6);
    for (const file of links) assert.notEqual(read(path.join('..', file)), '', file);
  });

  for (const name of ['german', 'procedures']) {
    const mapping = () => requireMapping(read(`${name}.json`));

    it(`${name}: has no fault on either engine`, () => {
      assert.deepEqual('faults' in readMapping(read(`${name}.json`)), false);
      assert.deepEqual([...checkForEngine(mapping(), 'sqlite'), ...checkForEngine(mapping(), 'mssql')], []);
    });

    it(`${name}: names only columns and procedures that its SQLite script creates`, () => {
      const database = new DatabaseSync(':memory:');
      database.exec(read(`${name}.sqlite.sql`));
      for (const [table, columns] of named(mapping())) {
        const present = database
          .prepare('SELECT name FROM pragma_table_info(?)')
          .all(tableParts(table).name)
          .map((row) => row['name']);
        assert.deepEqual(
          columns.filter((column) => !present.includes(column)),
          [],
          JSON.stringify(table),
        );
      }
      database.close();
    });

    it(`${name}: both scripts create the same tables`, () => {
      const sqlServer = declared(read(`${name}.mssql.sql`));
      const sqlite = declared(read(`${name}.sqlite.sql`));
      assert.ok(Object.keys(sqlServer).length >= 3);
      for (const [table, columns] of Object.entries(sqlServer)) assert.deepEqual(sqlite[table], columns, table);
    });
  }
});
