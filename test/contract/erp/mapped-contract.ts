/** Contract: records of an ERP with tables of its own, read and written by the schema mapping. */
import assert from 'node:assert/strict';
import { openErpDatabase } from '../../../lib/erp/open';
import type { AppointmentMapping, RecordMapping, SchemaMapping, TaskMapping } from '../../../lib/erp/schema/mapping';
import { referenceMapping } from '../../../lib/erp/schema/reference-mapping';
import type { ErpDatabase, InboundResult, InboundWrite } from '../../../lib/erp/store';
import type { ErpRecord, Fields } from '../../../lib/model/item';
import {
  appointment,
  claimOf,
  createWrite,
  done,
  exchangeAppointment,
  leaseInbound,
  page,
  task,
  type ErpSubject,
  type OpenSubject,
} from './subject';

/** No triggers: what they do is the outbox contract's. */
const shared: Pick<RecordMapping, 'readFrom' | 'procedures' | 'update' | 'changes'> = {
  readFrom: null,
  update: {},
  procedures: { insert: null, update: null, delete: null },
  changes: { by: 'polling', everySeconds: 3600, deletionsEveryMinutes: 3600, deletions: { count: 10, share: 0.1 } },
};

/** A German-style table: composite key, a join table alone, texts for dates, codes, a deletion mark and branches. */
const visits: AppointmentMapping = {
  ...shared,
  table: 'BESUCH',
  key: [
    { column: 'MANDANT', generated: 'constant', value: 1 },
    { column: 'NR', generated: 'expression', expression: '(SELECT COALESCE(MAX(NR), 0) + 1 FROM BESUCH WHERE MANDANT = 1)' },
  ],
  employee: null,
  participants: { table: 'BESUCH_PERSON', record: ['MANDANT', 'NR'], employee: 'PERSON', insert: { ROLLE: 'T' } },
  insert: { FILIALE: 'W1' },
  changeStamp: { column: 'STAND', as: 'local' },
  deleted: { column: 'WEG', deleted: 'J', present: 'N' },
  filter: [{ column: 'FILIALE', in: ['W1', 'W2'] }],
  exceptions: null,
  equipment: null,
  fields: {
    subject: { column: 'BETREFF', format: 'plain' },
    body: { column: 'INHALT', format: 'rtf' },
    start: { column: 'TAG', timeColumn: 'VON', as: 'local', format: 'yyyyMMdd', timeFormat: 'HHmm' },
    end: { column: 'TAG', timeColumn: 'BIS', as: 'local', format: 'yyyyMMdd', timeFormat: 'HHmm', allDayEnd: 'last-day' },
    allDay: { column: 'GANZ', yes: 'J', no: 'N' },
    priority: {
      column: 'PRIO',
      codes: [
        { code: 'A', value: 1 },
        { code: 'B', value: 3 },
      ],
      otherwise: 3,
    },
  },
};

/** Tasks with a GUID, a text of fixed length, dates as numbers. */
const todos: TaskMapping = {
  ...shared,
  table: 'TODO',
  key: [{ column: 'ID', generated: 'guid' }],
  employee: 'WER',
  participants: null,
  insert: {},
  update: { GEAENDERT: { from: 'now-utc' } },
  changeStamp: { column: 'GEAENDERT', as: 'utc' },
  deleted: null,
  filter: [],
  fields: {
    subject: { column: 'TITEL', format: 'plain' },
    dueDate: { column: 'FAELLIG', as: 'local', format: 'yyyyMMdd' },
    status: {
      column: 'STATUS',
      codes: [
        { code: 10, value: 'notStarted' },
        { code: 90, value: 'completed' },
      ],
      otherwise: 'notStarted',
    },
    completedAt: { column: 'FERTIG', as: 'local' },
  },
};

/** A text of fixed length as the key, and another as the employee. */
const notes: TaskMapping = {
  ...shared,
  table: 'NOTIZ',
  key: [{ column: 'KENNUNG', generated: 'constant', value: 'Z' }],
  employee: 'WER',
  participants: null,
  insert: {},
  changeStamp: null,
  deleted: null,
  filter: [],
  fields: { subject: { column: 'TITEL', format: 'plain' } },
};

const mapping: SchemaMapping = { ...referenceMapping, appointment: visits, task: todos };

const tables = [
  `CREATE TABLE BESUCH (MANDANT int NOT NULL, NR int NOT NULL, BETREFF nvarchar(80) NOT NULL, INHALT nvarchar(2000) NULL, TAG varchar(8) NULL,
    VON varchar(4) NULL, BIS varchar(4) NULL, GANZ char(1) NULL, PRIO char(1) NULL, WEG char(1) NULL, FILIALE varchar(5) NULL, STAND varchar(30) NULL,
    PRIMARY KEY (MANDANT, NR))`,
  'CREATE TABLE BESUCH_PERSON (MANDANT int NOT NULL, NR int NOT NULL, PERSON int NOT NULL, ROLLE char(1) NOT NULL, PRIMARY KEY (MANDANT, NR, PERSON))',
  `CREATE TABLE TODO (ID uniqueidentifier NOT NULL PRIMARY KEY, WER int NOT NULL, TITEL char(40) NOT NULL, FAELLIG int NULL, STATUS int NULL,
    FERTIG datetime NULL, GEAENDERT datetime NULL)`,
  'CREATE TABLE NOTIZ (KENNUNG char(10) NOT NULL PRIMARY KEY, WER char(5) NOT NULL, TITEL nvarchar(40) NOT NULL)',
];

export const mappedContract = (open: OpenSubject): void => {
  describe('tables of its own, by the mapping', () => {
    let subject: ErpSubject;
    let database: ErpDatabase;
    beforeEach(async () => {
      subject = await open();
      for (const statement of tables) await subject.erp.run(statement);
      const { connection, now } = subject;
      database = await openErpDatabase({ connection, timeZone: 'Europe/Vienna', tenant: 'test', mapping, now });
    });
    afterEach(async () => {
      await database.close();
      for (const table of ['BESUCH_PERSON', 'BESUCH', 'TODO', 'NOTIZ']) await subject.erp.run(`DROP TABLE ${table}`);
      await subject.close();
    });

    const createOf = async (record: ErpRecord, name: string, employeeId = '1'): Promise<InboundWrite> => {
      const { kind } = record;
      const write = createWrite(await leaseInbound(database, { exchangeId: name, kind, employeeId }), { kind, employeeId });
      if (write.action.type !== 'create') throw new Error('no create');
      const link = { ...write.action.link, kind, employeeId, exchangeId: name, syncId: name };
      return { ...write, action: { type: 'create', record, link } };
    };
    const create = async (record: ErpRecord, name = 'X'): Promise<string> => {
      const [result] = await database.store.commitInbound([await createOf(record, name)]);
      assert.equal(result?.status, 'written', JSON.stringify(result));
      return result.erpId;
    };
    const entryOf = async (kind: ErpRecord['kind'], id: string) => {
      const [entry] = await database.records.read(kind, [id]);
      assert.ok(entry, `no record ${id}`);
      return entry;
    };
    const change = async (kind: ErpRecord['kind'], erpId: string, changes: Fields, name = 'X'): Promise<InboundResult | undefined> => {
      const [known] = await database.store.linksBySyncId([name]);
      assert.ok(known);
      const { id, version, erpBase } = known;
      const link = {
        id,
        version,
        erpBase: { ...erpBase, ...changes },
        exchangeBase: exchangeAppointment,
        exchangeId: name,
        changeKey: 'k2',
      };
      const expected = (await entryOf(kind, erpId)).record;
      const journalId = await leaseInbound(database, { operation: 'update', exchangeId: name, kind });
      const action = { type: 'update', erpId, changes, expected, link } as const;
      return (await database.store.commitInbound([{ journalId, instance: 'a', outcome: done, kind, employeeId: '1', action }]))[0];
    };
    const remove = async (kind: ErpRecord['kind'], erpId: string, name = 'X'): Promise<void> => {
      const [known] = await database.store.linksBySyncId([name]);
      assert.ok(known);
      const expected = (await entryOf(kind, erpId)).record;
      const journalId = await leaseInbound(database, { operation: 'delete', exchangeId: name, kind });
      const action = { type: 'delete', erpId, expected, linkId: known.id, version: known.version } as const;
      const [result] = await database.store.commitInbound([{ journalId, instance: 'a', outcome: done, kind, employeeId: '1', action }]);
      assert.equal(result?.status, 'written', JSON.stringify(result));
    };
    /** The one value that a query gives. */
    const value = async (query: string): Promise<unknown> => Object.values((await subject.erp.all(query))[0] ?? {})[0];
    const visit = (nr: number, fields: { readonly day?: string; readonly branch?: string | null; readonly client?: number } = {}) =>
      subject.erp
        .run(
          "INSERT INTO BESUCH (MANDANT, NR, BETREFF, TAG, VON, BIS, FILIALE) VALUES (?, ?, 'b', ?, '0900', '1000', ?)",
          fields.client ?? 1,
          nr,
          fields.day ?? '20260328',
          fields.branch === undefined ? 'W1' : fields.branch,
        )
        .then(() => subject.erp.run("INSERT INTO BESUCH_PERSON VALUES (?, ?, 1, 'L')", fields.client ?? 1, nr));

    const record = appointment({ subject: 'Grüße', body: 'Über {alles}\n😀', priority: 1 });

    it('writes a record into the columns, and reads it as it was', async () => {
      const id = await create(record);
      assert.equal(id, '1|1');
      const [row] = await subject.erp.all('SELECT TAG, VON, BIS, GANZ, PRIO, WEG, FILIALE FROM BESUCH');
      assert.deepEqual(Object.values(row ?? {}), ['20260328', '0900', '1000', 'N', 'A', 'N', 'W1']);
      assert.deepEqual(Object.values((await subject.erp.all('SELECT NR, PERSON, ROLLE FROM BESUCH_PERSON'))[0] ?? {}), [1, 1, 'T']);
      const entry = await entryOf('appointment', id);
      assert.deepEqual(entry.record, record);
      assert.deepEqual([entry.employeeIds, entry.inFilter], [['1'], true]);
    });

    it('keeps what it read back as the base of the link, in what the columns can hold', async () => {
      await create(appointment({ priority: 2, location: 'Wien', start: '2026-03-28T09:00:30' }));
      const [link] = await database.store.linksBySyncId(['X']);
      assert.deepEqual(link?.erpBase, appointment({ priority: 3 }));
      await change('appointment', '1|1', { priority: 4, subject: 'Neu' });
      const [next] = await database.store.linksBySyncId(['X']);
      assert.deepEqual(next?.erpBase, appointment({ priority: 3, subject: 'Neu' }));
    });

    it('fails a record that the ERP cannot hold alone, and numbers the others one after the other', async () => {
      const night = appointment({ start: '2026-03-28T22:00:00', end: '2026-03-29T01:00:00' });
      const series = appointment({ recurrenceRule: 'FREQ=DAILY' });
      const writes = [
        await createOf(record, 'A'),
        await createOf(night, 'B'),
        await createOf(record, 'C', '2'),
        await createOf(series, 'D'),
      ];
      const results = await database.store.commitInbound(writes);
      assert.deepEqual(
        results.map((result) =>
          result.status === 'failed' ? result.error.code : result.status === 'written' ? result.erpId : result.status,
        ),
        ['1|1', 'erp-cannot-hold', '1|2', 'erp-cannot-hold'],
      );
    });

    it('leaves the formatting of a text alone that nobody changed', async () => {
      const id = await create(record);
      const formatted = '{\\rtf1 \\b Fett\\b0  und normal\\par}';
      await subject.erp.run('UPDATE BESUCH SET INHALT = ?', formatted);
      assert.equal((await change('appointment', id, { subject: 'Neu', priority: 3 }))?.status, 'written');
      assert.equal(await value('SELECT INHALT FROM BESUCH'), formatted);
      assert.equal(await value('SELECT PRIO FROM BESUCH'), 'B');
      assert.equal((await change('appointment', id, { body: 'anders' }))?.status, 'written');
      assert.equal((await entryOf('appointment', id)).record.body, 'anders');
    });

    it('marks a record as deleted, and leaves one that others take part in', async () => {
      const [alone, together] = [await create(record, 'X'), await create(record, 'Y')];
      await subject.erp.run("INSERT INTO BESUCH_PERSON VALUES (1, 2, 3, 'T')");
      await remove('appointment', alone, 'X');
      await remove('appointment', together, 'Y');
      assert.deepEqual(await database.records.read('appointment', [alone]), []);
      assert.equal(await value('SELECT WEG FROM BESUCH WHERE NR = 1'), 'J');
      assert.deepEqual((await entryOf('appointment', together)).employeeIds, ['3']);
    });

    it('queues what is in the filter at a first synchronisation, and tells which records are', async () => {
      await visit(7);
      await visit(8, { branch: 'W3' });
      await visit(9, { branch: null });
      await subject.erp.run("INSERT INTO BESUCH (MANDANT, NR, BETREFF, TAG, WEG, FILIALE) VALUES (1, 10, 'weg', '20260328', 'J', 'W1')");
      await database.store.appendInbound(page([], { first: true }));
      const claimed = await database.store.claim(claimOf('outbound'));
      assert.deepEqual(
        claimed.map(({ entry }) => entry.erpId),
        ['1|7'],
      );
      const read = await database.records.read('appointment', ['1|7', '1|8', '1|9', '1|10', '1', '1|x', '2|7']);
      assert.deepEqual(
        read.map(({ id, inFilter }) => [id, inFilter]),
        [
          ['1|7', true],
          ['1|8', false],
          ['1|9', false],
        ],
      );
    });

    it('lists a window of more than one page, whatever the columns and keys', async () => {
      for (let nr = 1; nr <= 150; nr += 1) {
        await visit(nr);
        await visit(nr, { client: 2 });
      }
      await visit(900, { day: '20260329' });
      await visit(901, { day: '20270328' });
      await subject.erp.run("UPDATE BESUCH SET GANZ = 'J' WHERE NR = 900");
      const ids = async (from: string, to: string) =>
        (await database.records.listWindow('appointment', '1', `${from}T00:00:00`, `${to}T00:00:00`)).map(({ id }) => id);
      const found = await ids('2026-03-28', '2026-03-29');
      assert.equal(new Set(found).size, 300);
      assert.ok(found.includes('2|150'));
      assert.deepEqual(await ids('2026-03-29', '2026-03-30'), ['1|900']);
    });

    it('names a task by its GUID as the database writes it', async () => {
      const id = await create(task({ subject: 'Anrufen', dueDate: '2026-03-28' }));
      assert.match(id, /^[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}$/);
      assert.equal(await value('SELECT FAELLIG FROM TODO'), 20260328);
      assert.deepEqual((await entryOf('task', id)).record, task({ subject: 'Anrufen', dueDate: '2026-03-28' }));
    });

    it('finds records by keys and employees of fixed length', async () => {
      await database.close();
      const { connection, now } = subject;
      database = await openErpDatabase({
        connection,
        timeZone: 'Europe/Vienna',
        tenant: 'test',
        mapping: { ...mapping, task: notes },
        now,
      });
      const keys = ['A 1', "b'2", 'c|3\\'];
      for (const key of keys) await subject.erp.run("INSERT INTO NOTIZ VALUES (?, '1', 'alt')", key);
      await subject.erp.run("INSERT INTO NOTIZ VALUES ('D4', '12', 'alt')");
      const id = await create(task());
      const found = await database.records.listWindow('task', '1', '2026-01-01T00:00:00', '2026-02-01T00:00:00');
      assert.deepEqual(found.map((entry) => entry.id).sort(), [...keys, id].sort());
      assert.deepEqual((await database.records.read('task', [...keys, 'none'])).map((entry) => entry.id).sort(), [...keys].sort());
      assert.deepEqual(found[0]?.employeeIds, ['1']);
      await change('task', id, { subject: 'Neu' });
      assert.deepEqual((await subject.erp.all("SELECT KENNUNG FROM NOTIZ WHERE TITEL = 'Neu'")).length, 1);
      await remove('task', id);
      assert.equal(await value('SELECT count(*) AS n FROM NOTIZ'), 4);
    });

    it('stamps when a task was completed, and takes it back', async () => {
      const id = await create(task());
      assert.equal(await value('SELECT FERTIG FROM TODO'), null);
      await change('task', id, { status: 'completed' });
      assert.notEqual(await value('SELECT FERTIG FROM TODO'), null);
      assert.deepEqual((await entryOf('task', id)).record, task({ status: 'completed', percentComplete: 100 }));
      const { modifiedAt } = await entryOf('task', id);
      assert.ok(Math.abs(Date.parse(modifiedAt ?? '') - subject.now().getTime()) < 1000, String(modifiedAt));
      await change('task', id, { status: 'inProgress' });
      assert.equal(await value('SELECT FERTIG FROM TODO'), null);
      await remove('task', id);
      assert.equal(await value('SELECT count(*) AS n FROM TODO'), 0);
    });
  });
};
