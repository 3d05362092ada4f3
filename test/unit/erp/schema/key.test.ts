import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { filterHolds, isPresent } from '../../../../lib/erp/schema/condition';
import { joinKey, keyText, splitKey } from '../../../../lib/erp/schema/key';
import type { Condition } from '../../../../lib/erp/schema/mapping';
import { mssqlDialect, sqliteDialect } from '../../../../lib/erp/schema/quote';

const part = fc.string({ unit: fc.constantFrom('a', '|', '\\', 'ä', "'") });

describe('keys as text', () => {
  it('gives the parts of a composite key back, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        assert.deepEqual(splitKey(joinKey(parts), parts.length), parts);
      }),
    );
  });

  it('refuses a text with another number of parts', () => {
    assert.equal(splitKey('1|2', 3), null);
    assert.equal(splitKey('1\\|2', 2), null);
    assert.deepEqual(splitKey('1|2', 1), ['1|2']);
  });

  it('is built by SQL as it is in TypeScript', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (a, b)');
    fc.assert(
      fc.property(part, part, (a, b) => {
        database.prepare('DELETE FROM t').run();
        database.prepare('INSERT INTO t VALUES (?, ?)').run(a, b);
        const row = database.prepare(`SELECT ${keyText(sqliteDialect, 't', ['a', 'b'])} AS k FROM t`).get();
        assert.equal(row?.['k'], joinKey([a, b]));
      }),
    );
    database.close();
  });

  it('quotes the column for each engine', () => {
    assert.equal(keyText(sqliteDialect, 'NEW', ['a"b']), 'CAST(NEW."a""b" AS TEXT)');
    assert.equal(keyText(mssqlDialect, 'i', ['NR']), 'RTRIM(CONVERT(nvarchar(450), i.[NR], 126))');
  });
});

describe('conditions of the mapping', () => {
  const holding = (condition: Condition): readonly (string | null)[] => {
    const database = new DatabaseSync(':memory:');
    database.exec("CREATE TABLE t (name TEXT, c TEXT); INSERT INTO t VALUES ('null', NULL), ('x', 'x'), ('1', '1')");
    const rows = database.prepare(`SELECT name FROM t r WHERE ${filterHolds(sqliteDialect, 'r', [condition])} ORDER BY name`).all();
    const inverse = database.prepare(`SELECT name FROM t r WHERE NOT (${filterHolds(sqliteDialect, 'r', [condition])})`).all();
    assert.equal(rows.length + inverse.length, 3, 'unknown for a row');
    database.close();
    return rows.map((row) => String(row['name']));
  };

  for (const [condition, expected] of [
    [{ column: 'c', in: ['x', null] }, ['x']],
    [{ column: 'c', in: [1] }, ['1']],
    [{ column: 'c', in: [] }, []],
    [{ column: 'c', notIn: ['x', null] }, ['1', 'null']],
    [{ column: 'c', notIn: [] }, ['1', 'null', 'x']],
    [{ column: 'c', isNull: true }, ['null']],
    [{ column: 'c', isNull: false }, ['1', 'x']],
  ] as const) {
    it(`holds for ${expected.join(', ') || 'no row'}: ${JSON.stringify(condition)}`, () => assert.deepEqual(holding(condition), expected));
  }

  it('takes a record without a deletion mark for present', () => {
    assert.equal(isPresent(sqliteDialect, 'r', { column: 'D', deleted: 'J', present: 'N' }), `(r."D" IS NULL OR r."D" NOT IN ('J'))`);
    assert.equal(isPresent(sqliteDialect, 'r', null), '1 = 1');
  });

  it('compares with texts in SQL Server, which turns them into what the column is', () => {
    assert.equal(
      filterHolds(mssqlDialect, 'i', [{ column: 'S', in: [1, true, 'x'] }]),
      "(i.[S] IS NOT NULL AND i.[S] IN (N'1', N'1', N'x'))",
    );
  });
});
