/** Everything that goes to SQL Server, judged without one: the adapter's statements, and the scripts that are generated from mappings. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import omit from 'lodash/omit';
import { mssqlDialect } from '../../../../lib/erp/schema/quote';
import { requireMapping } from '../../../../lib/erp/schema/read-mapping';
import { referenceSchema } from '../../../../lib/erp/schema/reference';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { installStatements, rightsStatements, uninstallStatements } from '../../../../lib/erp/schema/script';
import type { Row } from '../../../../lib/erp/engine';
import { entryFromRow, type JournalRow } from '../../../../lib/erp/rows';
import type { InboundWrite } from '../../../../lib/erp/store';
import { defaultKindOptions, defaultOptions } from '../../../../lib/model/employee-options';
import { kinds } from '../../../../lib/model/kind';
import type { Link } from '../../../../lib/model/link';
import { appointment, createWrite, done, exchangeAppointment, inboundEntry, link, page, task } from '../../../contract/erp/subject';
import { recordMssql, type Recorded } from '../../../support/recorded-mssql';
import { brokenRules, gapReasons, unreadable } from '../../../support/t-sql';

const folder = path.join(__dirname, '../../../../docs/mappings');
const worked = (name: string): SchemaMapping => requireMapping(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
const { appointment: series } = referenceMapping;
assert.ok(series);
const rowsOfOccurrences: SchemaMapping = {
  ...referenceMapping,
  appointment: {
    ...series,
    exceptions: null,
    changes: { by: 'polling', everySeconds: 5, deletionsEveryMinutes: 15, deletions: { count: 10, share: 0.1 } },
    fields: { ...omit(series.fields, 'timeZone'), recurrenceRule: { occurrencesOf: 'head_id', days: 30 } },
  },
};
const mappings: Readonly<Record<string, SchemaMapping>> = {
  reference: referenceMapping,
  rows: rowsOfOccurrences,
  german: worked('german'),
  procedures: worked('procedures'),
};

interface Text {
  readonly what: string;
  readonly sql: string;
  readonly optional: boolean;
}

const generated = (name: string, mapping: SchemaMapping): readonly Text[] =>
  Object.entries({
    install: installStatements(mapping, mssqlDialect),
    uninstall: uninstallStatements(mapping, mssqlDialect),
    rights: rightsStatements(mapping, mssqlDialect),
  }).flatMap(([script, statements]) =>
    statements.map(({ purpose, sql, optional }) => ({ what: `${name}, ${script}: ${purpose}`, sql, optional })),
  );

const journalTableRow: JournalRow = {
  id: 2,
  direction: 'outbound',
  kind: 'appointment',
  operation: 'update',
  employee_id: '1',
  connection: 'main',
  erp_id: '1',
  exchange_id: 'X1',
  state: 'leased',
  attempt: 1,
  note: null,
  note_code: null,
  lease_owner: 'a',
  lease_until: null,
  not_before: '',
  created_at: '2026-03-28T08:00:00.000Z',
  finished_at: null,
};
const journalRow: Row = { ...journalTableRow, details: null };
const inboundRow: Row = { ...journalRow, direction: 'inbound' };
const stored: Link = { ...link(), id: 1, version: 1, decision: null, meetingRole: null };
const linkRow: Row = {
  id: 1,
  version: 1,
  state: 'active',
  kind: 'appointment',
  employee_id: '1',
  connection: 'main',
  sync_id: 's1',
  erp_id: '1',
  exchange_id: 'X1',
  change_key: 'k',
  erp_base: JSON.stringify(appointment()),
  exchange_base: JSON.stringify(exchangeAppointment),
  listed: 0,
  gone_at: null,
  decision: null,
  meeting_role: null,
  journal_id: 2,
};

const firstRun = { mode: 'merge', startDate: null, changedSince: null } as const;
const runRow: Row = {
  id: 1,
  connection: 'main',
  employee_id: '1',
  kind: 'task',
  state: 'running',
  settings: JSON.stringify(firstRun),
  counts: '{}',
  outcome: null,
  first_entry: 1,
  last_entry: 2,
  created_at: '2026-03-28T08:00:00.000Z',
  started_at: null,
  listed_at: null,
  finished_at: null,
  reported_at: null,
  direction: 'inbound',
  note_code: 'create',
  count: 1,
};

/** A deleted occurrence. */
const exceptionRow = (day: string): Row => ({ record_key: '1', c0: `${day}T09:00:00`, c1: 1 });

/** Lets the adapter do all that it can, so that it words all its statements; `rule`: of the appointment that the server is thought to hold. */
const wordAll = async (mapping: SchemaMapping, affected: bigint, rule: string | null): Promise<Recorded> => {
  const records = { appointment: appointment({ recurrenceRule: rule }), task: task({ startDate: '2026-03-28', dueDate: '2026-03-28' }) };
  const recorded = await recordMssql({
    mapping,
    records,
    affected,
    answers: [
      [
        /from .sync_series/i,
        [{ kind: 'appointment', erp_id: '1', recurrence_rule: 'FREQ=DAILY', time_zone: null, expanded_until: '2026-03-29T00:00:00' }],
      ],
      [
        /from .sync_occurrence/i,
        [
          { erp_id: '1', original_start: '', row_key: null, content: JSON.stringify(appointment({ recurrenceRule: 'FREQ=DAILY' })) },
          { erp_id: '1', original_start: '2026-03-28T09:00:00', row_key: '1', content: null, gone_at: null },
          { erp_id: '1', original_start: '2026-04-18T09:00:00', row_key: null, content: null },
        ],
      ],
      [
        /from .sync_change_mark/i,
        [{ kind: 'appointment', version: 1, source: '', mark: '', collected_at: '2026-03-27T08:00:00.000Z', compared_at: '' }],
      ],
      [/AS record_key(?!.*AS in_charge).* ORDER BY r\.\[id\]/s, [{ record_key: '1' }]],
      [/JOIN \[appointment_exception\]/, [exceptionRow('2026-04-04'), exceptionRow('2026-04-11')]],
      [/ AS oldest/, [{ id: 1, oldest: 1, newest: 2 }]],
      [/DECLARE @leased/, [{ id: 2 }]],
      [/o\.id, j\.id AS newest/, [{ id: 1, newest: 2 }]],
      [/sp_getapplock/, [{ result: 0 }]],
      [/exchange_erp_key/, [{ exchange_erp_key: '1' }]],
      [/exchange_erp_output_0/, [{ exchange_erp_output_0: '1' }]],
      [/^EXEC \[dbo\]/, [{ TodoId: 1 }]],
      [/from "sync_run"|from \[sync_run\]/i, [runRow]],
      [/union all/i, [{ ...linkRow, id: 3, direction: 'inbound', note_code: 'conflict', link_id: 1 }]],
      [/join "sync_link"|join \[sync_link\]/i, [linkRow]],
      [/from "sync_link"|from \[sync_link\]/i, [linkRow]],
      [/from "sync_journal"|from \[sync_journal\]/i, [journalRow, inboundRow]],
    ],
  });
  const { store, records: erp } = recorded.database;
  const tried = async (work: () => Promise<unknown>): Promise<void> => {
    // What a server that is only thought of answers is no matter; what was sent to it is.
    await work().catch(() => undefined);
  };
  const exceptions = ['2026-04-11', '2026-04-18'].map((day) => ({
    originalStart: `${day}T09:00:00`,
    deleted: false,
    changes: { subject: 'Neu', start: `${day}T10:00:00` },
  }));
  const shared = { journalId: 2, instance: 'a', outcome: done, employeeId: '1' } as const;
  const update = { id: 1, version: 1, erpBase: appointment(), exchangeBase: exchangeAppointment, exchangeId: 'X1', changeKey: 'k2' };
  for (const kind of recorded.database.kinds) {
    const record = records[kind];
    const [stored] = await erp.read(kind, ['1']);
    assert.ok(stored, `the thought-of record of ${kind} can be read`);
    const expected = stored.record;
    const created = createWrite(2);
    if (created.action.type !== 'create') throw new Error('no creation');
    const actions: readonly InboundWrite['action'][] = [
      { ...created.action, record, link: { ...created.action.link, kind } },
      { type: 'update', erpId: '1', changes: { subject: 'Neu', body: 'Text' }, expected, link: update },
      {
        type: 'update',
        erpId: '1',
        changes: kind === 'task' ? { status: 'completed' } : { recurrenceRule: 'FREQ=DAILY;COUNT=3' },
        expected,
        link: update,
      },
      ...(kind === 'task' ? [] : [{ type: 'update', erpId: '1', changes: { exceptions }, expected, link: update } as const]),
      { type: 'delete', erpId: '1', expected, linkId: 1, version: 1 },
    ];
    for (const action of actions) {
      await tried(() => store.commitInbound([{ ...shared, kind, action }]));
      // By one who only takes part.
      await tried(() => store.commitInbound([{ ...shared, kind, employeeId: '2', action }]));
      await tried(() =>
        store.commitInbound([
          { ...shared, kind, action },
          { ...shared, journalId: 3, kind, action },
        ]),
      );
    }
    await tried(() => erp.listWindow(kind, '1', '2026-03-01T00:00:00', '2026-04-01T00:00:00'));
    await tried(() => store.linksOfEmployee('1', kind));
    await tried(() => store.unlistedItems('main', '1', kind));
    await tried(() => store.appendInbound({ ...page(['X1', 'X2'], { first: true }), kind, listed: ['X3'] }));
    const pair = { link: { ...link({ kind }), exchangeId: 'X1' }, inbound: true, outbound: true };
    const run = { id: 1, left: {}, last: true };
    await tried(() => store.appendInbound({ ...page(['X1']), kind, pairs: [pair], records: ['1'], run }));
    await tried(() => store.unlinkedRecords('1', kind));
    await tried(() => store.folderState('main', '1', kind));
    await tried(() => store.resetFolderState('main', '1', kind));
    const relinked = [{ linkId: 1, version: 1, oldExchangeId: 'X1', exchangeId: 'X2', changeKey: 'k' }];
    const relisting = { connection: 'main', employeeId: '1', kind, mailbox: 'anna@x.test', relinked, missing: ['X3'] };
    await tried(() => store.relist({ ...relisting, left: [{ id: 2, version: 1, erpId: '2' }], keepState: false }));
    await tried(() => store.relist({ ...relisting, left: [], keepState: true }));
  }
  await tried(() => store.folderMailboxes('main'));
  for (const direction of ['inbound', 'outbound'] as const) {
    await tried(() =>
      store.claim({ direction, kinds, instance: 'a', limit: 1, leaseMs: 1, ...(direction === 'inbound' ? { connection: 'main' } : {}) }),
    );
    await tried(() => store.leasedCount('a', direction, direction === 'inbound' ? 'main' : null));
  }
  for (const work of [
    () => erp.employees(),
    () => erp.activityTypes(),
    () => store.collectChanges(),
    () => store.appendLeased([inboundEntry()], 'a', 1),
    () => store.linksByExchangeId('main', ['X1', 'X2']),
    () => store.linksBySyncId(['s1']),
    () => store.unfinishedExchangeIds('main', ['X1']),
    () => store.toldDeletions('main', ['X1']),
    () => store.unheededDeletions('main', ['X1']),
    () => store.release([2], 'a', { waitMs: 0, counts: true, note: 'n', noteCode: 'c' }),
    () => store.release([2], 'a', { waitMs: 1, counts: false, note: 'n', noteCode: 'c' }),
    () => store.expireLeases(1),
    () => store.expireLeases(5),
    () => store.reopenDue('outbound', kinds),
    () => store.leaseOwners(),
    () => store.releaseOwn('a'),
    () => store.close([{ ...shared, link: { type: 'update', update }, enqueue: [inboundEntry()] }]),
    () => store.close([{ ...shared, link: { type: 'remove', linkId: 1, version: 1 } }]),
    () => store.savePending([link({ erpId: '9' })]),
    () => store.list({ states: ['open', 'failed'], employeeId: '1', kind: 'task', direction: 'inbound', limit: 5, before: 9 }),
    () => store.list({}),
    () => store.firstRuns.plan('main', [{ employeeId: '9', kind: 'task' }], firstRun),
    () => store.firstRuns.restart('main', [{ employeeId: '1', kind: 'task' }], firstRun),
    () => store.firstRuns.begin(1),
    () => store.firstRuns.list({ connection: 'main', states: ['waiting', 'running'], unreported: true }),
    () => store.firstRuns.unfinishedRows(),
    () => store.firstRuns.finish([1]),
    () => store.firstRuns.reported([1, 2]),
    () => store.entry(2),
    () => store.counts(),
    () => store.reopen(2),
    () => store.finish(2, 'done', 'n'),
    () => store.decide(2, { take: 'erp' }),
    () => store.close([{ ...shared, link: { type: 'park', linkId: 1 } }]),
    () => store.expectRewrites([1]),
    () => store.keepDetails([{ journalId: 1, details: {} }]),
    () => store.hurry('1'),
    () => store.hurry(null),
    () => store.noteProblem({ connection: 'main', employeeId: '1', kind: 'task', code: 'x', text: 't' }),
    () => store.clearProblems('main', '1'),
    () => store.employeeOptions(),
    () =>
      store.saveEmployeeOptions('1', { ...defaultOptions, task: { ...defaultKindOptions, direction: 'off' } }, [
        { kind: 'task', direction: 'inbound', reopen: ['direction-off'], settle: true, ask: { links: [stored], note: 'n' } },
        { kind: 'task', direction: 'outbound', reopen: [], settle: false, ask: { links: [stored], note: 'n' } },
      ]),
    () => store.parkedCount(),
    () => store.employeeCounts(),
    () => store.deletionCounts('1', 'task', 'inbound', '2026-03-28T08:00:00.000Z'),
    () => store.deletionCounts('1', 'task', 'outbound', '2026-03-28T08:00:00.000Z'),
    () => store.askedRemovals([entryFromRow(journalTableRow), entryFromRow({ ...journalTableRow, direction: 'inbound' })]),
    () => store.releaseHeld([2]),
  ])
    await tried(work);
  return recorded;
};

describe('T-SQL without a server', () => {
  const texts: Text[] = [...referenceSchema(mssqlDialect).map((sql) => ({ what: 'reference schema', sql, optional: false }))];
  before(async () => {
    for (const [name, mapping] of Object.entries(mappings)) {
      texts.push(...generated(name, mapping));
      const statements = new Set<string>();
      for (const [affected, rule] of [
        [1n, null],
        [0n, null],
        ...(mapping.appointment?.fields.recurrenceRule === undefined ? [] : [[1n, 'FREQ=DAILY'] as const]),
      ] as const)
        for (const sql of (await wordAll(mapping, affected, rule)).statements) statements.add(sql);
      texts.push(...[...statements].map((sql) => ({ what: `${name}: the adapter`, sql, optional: false })));
    }
  });

  it('is everything that the adapter words', () => {
    const own = texts.filter(({ what }) => what === 'reference: the adapter').map(({ sql }) => sql);
    assert.ok(own.length >= 60, `only ${own.length} statements`);
    for (const fragment of [
      /INSERT INTO \[appointment\]/,
      /update \[appointment\]/i,
      /delete from \[appointment\]/i,
      /INSERT INTO \[appointment_exception\]/,
      /update \[appointment_exception\] .*\[original_start\] = /is,
      /delete from \[appointment_exception\] .*\[original_start\] = /is,
      /DECLARE @leased/,
      /note_code = N'superseded'/,
      /insert into .sync_link/i,
      /update .sync_link/i,
      /delete from .sync_link/i,
      /insert into .sync_journal/i,
      /insert into .sync_folder_state/i,
      /sp_set_session_context/,
      /sp_getapplock/,
    ])
      assert.ok(
        own.some((sql) => fragment.test(sql)),
        `no statement like ${fragment}`,
      );
    const ofRows = texts.filter(({ what }) => what === 'rows: the adapter').map(({ sql }) => sql);
    for (const fragment of [
      /insert into .sync_occurrence/i,
      /update .sync_occurrence. set .gone_at/i,
      /from .sync_occurrence. where .kind. = .* and .row_key. in/i,
      /delete from .sync_occurrence/i,
      /INSERT INTO \[appointment\] .*\[head_id\]/,
    ])
      assert.ok(
        ofRows.some((sql) => fragment.test(sql)),
        `no statement like ${fragment}`,
      );
    const procedures = texts.filter(({ what }) => what === 'procedures: the adapter').map(({ sql }) => sql);
    for (const fragment of [
      /EXEC \[dbo\]\.\[ActivityCreate\]/,
      /EXEC \[dbo\]\.\[ActivityChange\]/,
      /EXEC \[dbo\]\.\[ActivityRemove\]/,
      /EXEC \[dbo\]\.\[TodoCreate\]/,
    ])
      assert.ok(
        procedures.some((sql) => fragment.test(sql)),
        `no statement like ${fragment}`,
      );
  });

  it('keeps to the words that every server knows', () => {
    for (const { what, sql, optional } of texts) assert.deepEqual(brokenRules(sql, optional), [], `${what}\n${sql}`);
  });

  it('can be read by a parser, but for what is named as unknown to it', () => {
    const left = new Set<string>();
    const faults = new Set(
      texts.flatMap(({ what, sql }) => unreadable(sql, (reason) => left.add(reason)).map((fault) => `${what}: ${fault}`)),
    );
    assert.deepEqual([...faults], []);
    assert.deepEqual([...left].sort(), [...gapReasons].sort(), 'every exception is needed');
  });

  it('holds no value of a record, an employee or a connection', () => {
    for (const { what, sql } of texts)
      if (what.endsWith('the adapter')) assert.doesNotMatch(sql, /Besuch|Anrufen|2026-03-2|'main'|'X1'|'s1'/, what);
  });

  for (const [rule, sql] of [
    ['MERGE', 'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE;'],
    ['CREATE OR ALTER', 'CREATE OR ALTER VIEW v AS SELECT 1 AS a'],
    ['OUTPUT without INTO', 'UPDATE t SET a = 1 OUTPUT inserted.id WHERE b = 2'],
    ['OUTPUT with an alias', 'DELETE FROM t OUTPUT deleted.id x INTO @t WHERE b = 2'],
    ['UPDATE … OUTPUT … FROM', 'UPDATE x SET a = 1 OUTPUT inserted.id INTO @t FROM t x'],
    ['through a CTE', 'WITH c AS (SELECT TOP (1) id FROM t) DELETE FROM c'],
    ['several columns', 'ALTER TABLE t ADD a decimal(1, 2) NULL, b int NULL'],
    ['ALTER DATABASE', 'ALTER DATABASE erp SET READ_COMMITTED_SNAPSHOT ON'],
    ['sys.dm_', 'SELECT 1 FROM [sys].[x] JOIN sys.dm_exec_sessions s ON 1 = 1'],
    ['SQL Server 2017', "SELECT STRING_AGG(a, N',') FROM t"],
  ] as const) {
    it(`would be told of ${rule}`, () => {
      assert.ok(brokenRules(sql)[0]?.includes(rule), JSON.stringify(brokenRules(sql)));
    });
  }

  it('is not told of words in constants, names and comments', () => {
    assert.deepEqual(
      brokenRules("SELECT N'MERGE; it''s || sys.dm_x' AS [WAITFOR] FROM t -- CREATE OR ALTER\nWHERE a = 1 /* TRIM(x) */"),
      [],
    );
  });
});
