/** Contract: what the generated triggers tell of any ERP, whatever its tables are called, and that the scripts leave nothing behind. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { erpTables, hostileMapping, occurrencesMapping, type Ground, type Names, type OpenGround } from './trigger-ground';

/** Columns of a record that differ from the usual. */
type Fields = Readonly<Partial<Record<keyof Names, string | null>>>;

interface Words {
  /** Inserts records by number. */
  readonly insert: (...records: readonly (readonly [no: string, fields?: Fields])[]) => string;
  readonly update: (set: Fields, where?: Fields) => string;
  readonly remove: (where?: Fields) => string;
  readonly takesPart: (person: string, no?: string) => string;
  readonly table: string;
}

/** The ERP's statements in the words of an engine. */
const wordsOf = ({ names, dialect: { quoteName: q, quoteValue: v } }: Ground): Words => {
  const table = q(names.record);
  const usual: Fields = { client: "M'1", person: 'anna', subject: 'a', branch: "W'", gone: 'N' };
  const entries = (fields: Fields): readonly (readonly [string, string])[] =>
    Object.entries(fields).map(
      ([name, value]) => [q(Object.entries(names).find(([known]) => known === name)?.[1] ?? name), v(value)] as const,
    );
  const conditions = (where: Fields): string =>
    Object.keys(where).length === 0
      ? ''
      : ` WHERE ${entries(where)
          .map(([column, value]) => `${column} = ${value}`)
          .join(' AND ')}`;
  const insertOne = (no: string, fields: Fields): string => {
    const columns = entries({ ...usual, no, ...fields });
    return `(${columns.map(([, value]) => value).join(', ')})`;
  };
  return {
    table,
    insert: (...records) => {
      const columns = entries({ ...usual, no: '', ...records[0]?.[1] }).map(([column]) => column);
      return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${records.map(([no, fields = {}]) => insertOne(no, fields)).join(', ')}`;
    },
    update: (set, where = {}) =>
      `UPDATE ${table} SET ${entries(set)
        .map(([column, value]) => `${column} = ${value}`)
        .join(', ')}${conditions(where)}`,
    remove: (where = {}) => `DELETE FROM ${table}${conditions(where)}`,
    takesPart: (person, no = '1') =>
      `INSERT INTO ${q(names.participant)} (${q(names.client)}, ${q(names.no)}, ${q(names.person)}) VALUES (${[`M'1`, no, person].map((value) => v(value)).join(', ')})`,
  };
};

interface Case {
  readonly promise: string;
  readonly before?: (words: Words) => readonly string[];
  readonly change: (words: Words) => readonly string[];
  /** `operation key@employee` in any order. */
  readonly rows: readonly string[];
}

const one = ({ insert }: Words): readonly string[] => [insert(['1'])];
const linked = (key: string, person = 'anna'): string =>
  `INSERT INTO sync_link (state, kind, employee_id, connection, sync_id, erp_id, erp_base, exchange_base)
   VALUES ('active', 'appointment', '${person}', 'main', 's${key.length}', '${key.replaceAll("'", "''")}', '{}', '{}')`;

const cases: readonly Case[] = [
  {
    promise: 'every record of a statement that inserts many',
    change: ({ insert }) => [insert(['1'], ['2', { person: 'john' }], ['3'])],
    rows: ["create M'1|1@anna", "create M'1|2@john", "create M'1|3@anna"],
  },
  {
    promise: 'every record of a statement that changes many, and no other',
    before: ({ insert }) => [insert(['1'], ['2'], ['3', { subject: 'b' }])],
    change: ({ update }) => [update({ subject: 'b' })],
    rows: ["update M'1|1@anna", "update M'1|2@anna"],
  },
  {
    promise: 'every record of a statement that deletes many',
    before: ({ insert }) => [insert(['1'], ['2'])],
    change: ({ remove }) => [remove()],
    rows: ["delete M'1|1@anna", "delete M'1|2@anna"],
  },
  { promise: 'keys whose parts hold the separator', change: ({ insert }) => [insert(['a|b'])], rows: ["create M'1|a\\|b@anna"] },
  { promise: 'no column that the mapping does not name', before: one, change: ({ update }) => [update({ other: 'x' })], rows: [] },
  { promise: 'no change that changes nothing', before: one, change: ({ update }) => [update({ subject: 'a', branch: "W'" })], rows: [] },
  { promise: 'a change of nothing but case', before: one, change: ({ update }) => [update({ subject: 'A' })], rows: ["update M'1|1@anna"] },
  { promise: 'a value that becomes empty', before: one, change: ({ update }) => [update({ subject: null })], rows: ["update M'1|1@anna"] },
  {
    promise: 'nothing of a record without an employee, until it gets one',
    change: ({ insert, update }) => [insert(['1', { person: null }]), update({ subject: 'b' }), update({ person: 'john' })],
    rows: ["create M'1|1@john"],
  },
  {
    promise: 'an employee in charge who goes',
    before: one,
    change: ({ update }) => [update({ person: null })],
    rows: ["delete M'1|1@anna"],
  },
  { promise: 'nothing of a record outside of the filter', change: ({ insert }) => [insert(['1', { branch: 'G' }])], rows: [] },
  {
    promise: 'a record that enters the filter',
    before: ({ insert }) => [insert(['1', { branch: 'G' }])],
    change: ({ update }) => [update({ branch: 'L' })],
    rows: ["update M'1|1@anna"],
  },
  {
    promise: 'nothing of a record that leaves the filter unlinked',
    before: one,
    change: ({ update }) => [update({ branch: 'G' })],
    rows: [],
  },
  {
    promise: 'everything of a linked record, in the filter or not',
    before: ({ insert }) => [insert(['1']), linked("M'1|1")],
    change: ({ update, remove }) => [update({ branch: 'G' }), update({ subject: 'b' }), remove()],
    rows: ["update M'1|1@anna", "update M'1|1@anna", "delete M'1|1@anna"],
  },
  {
    promise: 'a soft delete as a deletion, to participants too',
    before: ({ insert, takesPart }) => [insert(['1']), takesPart('john')],
    change: ({ update }) => [update({ gone: "J'" })],
    rows: ["delete M'1|1@anna", "delete M'1|1@john"],
  },
  {
    promise: 'a soft delete that is taken back as a creation',
    before: ({ insert, takesPart }) => [insert(['1', { gone: "J'" }]), takesPart('john')],
    change: ({ update }) => [update({ gone: null })],
    rows: ["create M'1|1@anna", "create M'1|1@john"],
  },
  {
    promise: 'nothing more of what is marked as deleted',
    before: ({ insert }) => [insert(['1', { gone: "J'" }])],
    change: ({ update, remove, takesPart }) => [update({ subject: 'b' }), takesPart('john'), remove()],
    rows: [],
  },
  {
    promise: 'another key as deletion and creation',
    before: ({ insert }) => [insert(['1'], ['2'])],
    change: ({ update }) => [update({ no: '9' }, { no: '1' })],
    rows: ["delete M'1|1@anna", "create M'1|9@anna"],
  },
  { promise: 'a participant who joins', before: one, change: ({ takesPart }) => [takesPart('john')], rows: ["create M'1|1@john"] },
  {
    promise: 'no participant of a record outside of the filter',
    before: ({ insert }) => [insert(['1', { branch: 'G' }])],
    change: ({ takesPart }) => [takesPart('john')],
    rows: [],
  },
  {
    promise: 'a change to participants and the one in charge, each once',
    before: ({ insert, takesPart }) => [insert(['1']), takesPart('john'), takesPart('anna')],
    change: ({ update }) => [update({ subject: 'b' })],
    rows: ["update M'1|1@anna", "update M'1|1@john"],
  },
  {
    promise: 'the employee in charge who changes as a deletion and a creation',
    before: ({ insert, takesPart }) => [insert(['1']), takesPart('eve')],
    change: ({ update }) => [update({ person: 'john' })],
    rows: ["delete M'1|1@anna", "create M'1|1@john", "update M'1|1@eve"],
  },
];

const queuedIn = async (ground: Ground): Promise<readonly string[]> =>
  (await ground.all('SELECT operation, erp_id, employee_id FROM sync_journal ORDER BY id')).map(
    (row) => `${String(row['operation'])} ${String(row['erp_id'])}@${String(row['employee_id'])}`,
  );

/** Without the order, which a set of rows has not. */
const sorted = (rows: readonly string[]): readonly string[] => rows.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

const upserts = (ground: Ground, { table, insert }: Words): readonly (readonly [string, readonly string[], readonly string[]])[] => {
  const { names } = ground;
  const { quoteName: q } = ground.dialect;
  const [client, no, subject, person, branch] = [names.client, names.no, names.subject, names.person, names.branch].map(q);
  if (ground.dialect.name === 'sqlite') {
    const both = insert(['1', { subject: 'b' }], ['2', { subject: 'b' }]);
    return [
      [
        'INSERT … ON CONFLICT DO UPDATE',
        [`${both} ON CONFLICT DO UPDATE SET ${subject} = excluded.${subject}`],
        ["update M'1|1@anna", "create M'1|2@anna"],
      ],
      ['INSERT OR REPLACE', [both.replace('INSERT', 'INSERT OR REPLACE')], ["create M'1|1@anna", "create M'1|2@anna"]],
    ];
  }
  const source = `(VALUES (N'1'), (N'2')) AS s (no) ON t.${no} = s.no`;
  const inserted = `INSERT (${client}, ${no}, ${person}, ${subject}, ${branch}) VALUES (N'M''1', s.no, N'anna', N'b', N'L')`;
  return [
    [
      'MERGE',
      [
        `MERGE INTO ${table} AS t USING ${source} WHEN MATCHED THEN UPDATE SET ${subject} = N'b' WHEN NOT MATCHED THEN ${inserted};`,
        `MERGE INTO ${table} AS t USING ${source} AND 1 = 0 WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED AND 1 = 0 THEN ${inserted};`,
      ],
      ["update M'1|1@anna", "create M'1|2@anna", "delete M'1|1@anna", "delete M'1|2@anna"],
    ],
  ];
};

/** A statement that a server says it does not know; what else goes wrong goes wrong. */
const isUnknownToServer = (thrown: unknown): boolean => thrown instanceof Error && /is not currently supported in/.test(thrown.message);

export const triggersContract = (open: OpenGround): void => {
  let ground: Ground;
  let words: Words;
  before(async () => {
    ground = await open();
    await ground.run(...erpTables(ground));
    words = wordsOf(ground);
  });
  after(() => ground.close());

  const empty = async (...tables: readonly string[]): Promise<void> => {
    for (const table of [...tables, 'sync_link', 'sync_journal']) await ground.run(`DELETE FROM ${table}`);
  };

  describe('triggers over names that end quotes and begin comments queue', () => {
    before(() => ground.apply(hostileMapping(ground)));
    beforeEach(() => empty(ground.dialect.quoteName(ground.names.participant), words.table));

    for (const { promise, before: prepare, change, rows } of cases) {
      it(promise, async () => {
        await ground.run(...(prepare?.(words) ?? []), 'DELETE FROM sync_journal');
        await ground.run(...change(words));
        assert.deepEqual(sorted(await queuedIn(ground)), sorted(rows));
      });
    }

    it('keys whose parts hold a backslash', async function () {
      // A server that puts one backslash for two cannot tell such keys apart.
      const [row] = await ground.all(String.raw`SELECT REPLACE('\', '\', '\\') AS doubled`);
      if (row?.['doubled'] !== '\\\\') this.skip();
      await ground.run(words.insert(['a\\b']));
      assert.deepEqual(await queuedIn(ground), ["create M'1|a\\\\b@anna"]);
    });

    it('nothing when the transaction is rolled back', async () => {
      await ground.run('BEGIN TRANSACTION', words.insert(['1']), words.update({ subject: 'b' }), 'ROLLBACK');
      assert.deepEqual(await queuedIn(ground), []);
    });

    it('nothing to the employee for whom we write, and to the others', async () => {
      await ground.run(words.insert(['1']), words.takesPart('john'), 'DELETE FROM sync_journal');
      await ground.engine.write((trx) =>
        ground.engine.writingFor(trx, 'anna', async () => {
          await sql.raw(words.update({ subject: 'b' })).execute(trx);
        }),
      );
      assert.deepEqual(await queuedIn(ground), ["update M'1|1@john"]);
      await ground.run(words.update({ subject: 'c' }));
      assert.equal((await queuedIn(ground)).length, 3, 'the ERP itself is heard again');
    });

    it('what one statement inserts, changes and deletes', async function () {
      for (const [name, statements, rows] of upserts(ground, words)) {
        await empty(words.table);
        await ground.run(words.insert(['1']), 'DELETE FROM sync_journal');
        try {
          await ground.run(...statements);
        } catch (thrown) {
          if (isUnknownToServer(thrown)) return this.skip();
          throw thrown;
        }
        assert.deepEqual(sorted(await queuedIn(ground)), sorted(rows), name);
      }
    });
  });

  describe('triggers over rows that are occurrences queue', () => {
    const row = (stem: number | null, subject = 'x'): string =>
      `INSERT INTO serientermin (mitarbeiter_id, betreff, stamm_id) VALUES (1, '${subject}', ${stem ?? 'NULL'})`;
    let stem = 0;
    before(() => ground.apply(occurrencesMapping));
    beforeEach(async () => {
      await empty('serientermin');
      await ground.run(row(null));
      stem = Number((await ground.all('SELECT max(id) AS id FROM serientermin'))[0]?.['id']);
      await ground.run(row(stem), 'DELETE FROM sync_journal');
    });

    for (const [promise, change] of [
      ['an added one', () => row(stem)],
      ['a changed one', () => `UPDATE serientermin SET betreff = 'y' WHERE stamm_id = ${stem}`],
      ['a deleted one', () => `DELETE FROM serientermin WHERE stamm_id = ${stem}`],
    ] as const) {
      it(`an update of the record for ${promise}`, async () => {
        await ground.run(change());
        assert.deepEqual(await queuedIn(ground), [`update ${stem}@1`]);
      });
    }

    it('nothing for an unmapped column of one', async () => {
      await ground.run(`UPDATE serientermin SET sonst = 'y' WHERE stamm_id = ${stem}`);
      assert.deepEqual(await queuedIn(ground), []);
    });

    it('a deletion for a record that becomes an occurrence of another', async () => {
      await ground.run(row(null));
      const other = Number((await ground.all('SELECT max(id) AS id FROM serientermin'))[0]?.['id']);
      await ground.run('DELETE FROM sync_journal', `UPDATE serientermin SET stamm_id = ${stem} WHERE id = ${other}`);
      assert.deepEqual(sorted(await queuedIn(ground)), sorted([`delete ${other}@1`, `update ${stem}@1`]));
    });

    it('a creation for an occurrence that becomes a record', async () => {
      const occurrence = Number((await ground.all('SELECT max(id) AS id FROM serientermin'))[0]?.['id']);
      await ground.run(`UPDATE serientermin SET stamm_id = NULL WHERE id = ${occurrence}`);
      assert.deepEqual(sorted(await queuedIn(ground)), sorted([`create ${occurrence}@1`, `update ${stem}@1`]));
    });
  });

  describe('the scripts', () => {
    it('find nothing to complain of after they were applied, twice', async () => {
      await ground.apply(hostileMapping(ground));
      assert.deepEqual(await ground.apply(hostileMapping(ground)), []);
      const errors = (await ground.check(hostileMapping(ground))).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
    });

    it('tell triggers of another mapping from their own', async () => {
      await ground.apply(hostileMapping(ground));
      const codes = (await ground.check(occurrencesMapping)).map(({ code }) => code);
      assert.ok(codes.includes('erp-trigger-missing'), codes.join());
      await ground.apply(occurrencesMapping);
      assert.deepEqual(
        (await ground.check(occurrencesMapping)).filter(({ severity }) => severity === 'error'),
        [],
      );
      await ground.run(words.insert(['left']));
      assert.ok(!(await queuedIn(ground)).some((row) => row.includes('left')), 'the other mapping’s triggers are gone');
    });

    it('leave the ERP as it was', async () => {
      await ground.uninstall(hostileMapping(ground));
      const before = await ground.objects();
      await ground.apply(hostileMapping(ground));
      assert.notDeepEqual(await ground.objects(), before);
      assert.deepEqual(await ground.uninstall(hostileMapping(ground)), []);
      assert.deepEqual(await ground.objects(), before);
    });
  });
};
