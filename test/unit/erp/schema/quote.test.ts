import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { mssqlDialect, sqliteDialect, tableParts } from '../../../../lib/erp/schema/quote';

/** What a reader of the server's grammar would take for the name or text within. */
const within = (quoted: string, pattern: RegExp, twice: string, once: string): string => {
  const match = pattern.exec(quoted);
  assert.ok(match?.[1] !== undefined, quoted);
  return match[1].replaceAll(twice, once);
};
const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((one) => one !== '' && !one.includes('\u0000'));
const hostile = fc.oneof(
  text,
  fc.array(fc.constantFrom(']', '[', "'", '"', ';', '--', '/*', '*/', '\\', 'x', ' '), { minLength: 1 }).map((parts) => parts.join('')),
);

describe('quoting', () => {
  it('keeps any name in brackets and any text in quotes on SQL Server', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        assert.equal(within(mssqlDialect.quoteName(name), /^\[((?:[^\]]|\]\])*)\]$/, ']]', ']'), name);
        assert.equal(within(mssqlDialect.quoteValue(name), /^N'((?:[^']|'')*)'$/, "''", "'"), name);
      }),
    );
  });

  it('gives SQLite any name and any text as it is', () => {
    const database = new DatabaseSync(':memory:');
    fc.assert(
      fc.property(hostile, hostile, (name, value) => {
        const row = database.prepare(`SELECT ${sqliteDialect.quoteValue(value)} AS ${sqliteDialect.quoteName(name)}`).get();
        assert.deepEqual(Object.entries(row ?? {}), [[name, value]]);
      }),
    );
    database.close();
  });

  it('takes apart a table with its schema, and leaves the long form as it is', () => {
    assert.deepEqual(tableParts('dbo.a'), { schema: 'dbo', name: 'a' });
    assert.deepEqual(tableParts({ name: 'a.b' }), { schema: null, name: 'a.b' });
    assert.equal(mssqlDialect.quoteTable({ schema: 'x]', name: 'a.b]; DROP' }), '[x]]].[a.b]]; DROP]');
  });
});
