import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { DummyDriver, Kysely, MssqlAdapter, MssqlIntrospector, MssqlQueryCompiler } from 'kysely';
import sql from 'mssql';
import { limitAsTop } from '../../../../lib/erp/mssql/top-plugin';
import { bind, fromServer } from '../../../../lib/erp/mssql/values';
import type { Tables } from '../../../../lib/erp/tables';

describe('values from SQL Server', () => {
  const time = new Date('2026-03-28T09:00:00Z');
  const precise = Object.assign(new Date('2026-03-28T09:00:00.123Z'), { nanosecondsDelta: 0.0004567 });
  const cases: readonly (readonly [string, unknown, unknown, unknown])[] = [
    ['NULL', null, sql.Int, null],
    ['datetime', time, sql.DateTime, '2026-03-28T09:00:00'],
    ['datetime2', precise, sql.DateTime2, '2026-03-28T09:00:00.1234567'],
    ['datetime with milliseconds', new Date('2026-03-28T09:00:00.300Z'), sql.DateTime, '2026-03-28T09:00:00.3'],
    ['smalldatetime', time, sql.SmallDateTime, '2026-03-28T09:00:00'],
    ['date', new Date('0001-01-01T00:00:00Z'), sql.Date, '0001-01-01'],
    ['last date', new Date('9999-12-31T00:00:00Z'), sql.Date, '9999-12-31'],
    ['datetimeoffset', time, sql.DateTimeOffset, '2026-03-28T09:00:00Z'],
    ['time', new Date('1970-01-01T09:05:07Z'), sql.Time, '09:05:07'],
    ['bit', true, sql.Bit, 1],
    ['bit', false, sql.Bit, 0],
    ['int', 5, sql.Int, 5],
    ['bigint', '9007199254740991', sql.BigInt, 9007199254740991],
    ['bigint beyond 2^53', '9007199254740993', sql.BigInt, '9007199254740993'],
    ['text of digits', '0815', sql.NVarChar, '0815'],
    ['decimal', 1.5, sql.Decimal, 1.5],
    ['uniqueidentifier', '1E838A35-79B1-4C45-9B04-331F1B6C9B47', sql.UniqueIdentifier, '1E838A35-79B1-4C45-9B04-331F1B6C9B47'],
    ['varbinary', Buffer.from([1, 2]), sql.VarBinary, new Uint8Array([1, 2])],
  ];
  for (const [name, value, type, expected] of cases) {
    it(`tells ${name} as ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(fromServer(sql, value, type), expected);
    });
  }
});

describe('parameters for SQL Server', () => {
  const bound = (value: unknown) => {
    const request = new sql.Request();
    bind(sql, request, '1', value);
    const parameter = request.parameters['1'] ?? assert.fail();
    const sent: unknown = parameter.value;
    return [parameter.type, parameter.length, sent] as const;
  };
  const long = 'x'.repeat(4001);
  const cases: readonly (readonly [string, unknown, unknown, number | undefined, unknown])[] = [
    ['a text', 'a', sql.NVarChar, 4000, 'a'],
    ['a long text', long, sql.NVarChar, sql.MAX, long],
    ['NULL', null, sql.NVarChar, 4000, null],
    ['a whole number', 5, sql.Int, undefined, 5],
    ['the smallest of them', -2147483648, sql.BigInt, undefined, -2147483648],
    ['a large number', 3_000_000_000, sql.BigInt, undefined, 3_000_000_000],
    ['a fraction', 1.5, sql.Float, undefined, 1.5],
    ['a number that is not exact', 2 ** 60, sql.Float, undefined, 2 ** 60],
    ['bytes', new Uint8Array([1]), sql.VarBinary, sql.MAX, Buffer.from([1])],
  ];
  for (const [name, value, type, length, sent] of cases) {
    it(`go by the value's type: ${name}`, () => {
      assert.deepEqual(bound(value), [type, length, sent]);
    });
  }
  for (const value of [Number.NaN, Infinity, undefined, {}, new Date(0)]) {
    it(`refuse ${inspect(value)}`, () => {
      assert.throws(() => bound(value), { code: 'erp-refused', scope: 'item' });
    });
  }
});

describe('limit on SQL Server', () => {
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new MssqlAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (inner) => new MssqlIntrospector(inner),
      createQueryCompiler: () => new MssqlQueryCompiler(),
    },
    plugins: [limitAsTop()],
  });
  const journal = db.selectFrom('sync_journal');

  it('is TOP', () => {
    const { sql: text, parameters } = journal.select('id').where('state', '=', 'open').orderBy('id', 'desc').limit(5).compile();
    assert.equal(text, 'select top(5) "id" from "sync_journal" where "state" = @1 order by "id" desc');
    assert.deepEqual(parameters, ['open']);
  });

  it('is TOP within other queries', () => {
    const query = db.selectFrom('sync_link').select('id').where('id', 'in', journal.select('id').orderBy('id').limit(1));
    assert.match(query.compile().sql, /in \(select top\(1\) "id" from "sync_journal" order by "id"\)/);
  });

  it('leaves other queries as they are', () => {
    assert.equal(journal.select('id').compile().sql, 'select "id" from "sync_journal"');
  });
});
