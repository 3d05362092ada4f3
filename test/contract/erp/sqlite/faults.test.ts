import assert from 'node:assert/strict';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { InboundWrite } from '../../../../lib/erp/store';
import { appointment, createWrite, done, exchangeAppointment, leaseInbound, page } from '../subject';
import { openSqliteSubject, type SqliteSubject } from '../sqlite-subject';

/** What the other end of a kill finds: the files as they are on disk at this moment. */
const isWhole = (file: string): { readonly records: string; readonly row: string; readonly link: string } => {
  const database = new DatabaseSync(file);
  const one = (sql: string): string => String(Object.values(database.prepare(sql).get() ?? {})[0] ?? 'none');
  const state = {
    records: one('SELECT group_concat(subject) FROM appointment'),
    row: one("SELECT state FROM sync_journal WHERE direction = 'inbound' ORDER BY id DESC LIMIT 1"),
    link: one('SELECT group_concat(change_key) FROM sync_link'),
  };
  assert.equal(one('SELECT count(*) FROM sync_writing'), '0', 'own writes must be marked inside their transaction only');
  assert.equal(one("SELECT count(*) FROM sync_journal WHERE direction = 'outbound'"), '0');
  database.close();
  return state;
};

const copyFiles = (file: string, to: string): void => {
  copyFileSync(file, to);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${to}-wal`);
  else rmSync(`${to}-wal`, { force: true });
  rmSync(`${to}-shm`, { force: true });
};

interface Scene {
  readonly subject: SqliteSubject;
  readonly write: InboundWrite;
}

describe('a commit that dies at any statement', () => {
  let atStatement: ((sql: string) => void) | null = null;
  let subject: SqliteSubject;
  beforeEach(async () => {
    atStatement = null;
    subject = await openSqliteSubject({ beforeStatement: (sql) => atStatement?.(sql) });
  });
  afterEach(() => subject.close());

  const created = async (): Promise<Scene> => ({ subject, write: createWrite(await leaseInbound(subject.database)) });
  const existing = async (operation: 'update' | 'delete') => {
    const { write } = await created();
    await subject.database.store.commitInbound([write]);
    const [link] = await subject.database.store.linksBySyncId(['s1']);
    if (link === undefined) throw new Error('no link');
    return { link, journalId: await leaseInbound(subject.database, { operation }) };
  };
  const scenes: Readonly<Record<string, () => Promise<Scene>>> = {
    create: created,
    update: async () => {
      const { link, journalId } = await existing('update');
      const update = { ...link, changeKey: 'k2', exchangeId: 'X1', exchangeBase: exchangeAppointment };
      const action = { type: 'update', erpId: '1', changes: { subject: 'Neu' }, expected: appointment(), link: update } as const;
      return { subject, write: { journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action } };
    },
    delete: async () => {
      const { link, journalId } = await existing('delete');
      const action = { type: 'delete', erpId: '1', expected: appointment(), linkId: link.id, version: link.version } as const;
      return { subject, write: { journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action } };
    },
  };

  for (const [name, prepare] of Object.entries(scenes)) {
    it(`leaves ${name} undone or done as a whole on disk`, async () => {
      const { write } = await prepare();
      const before = isWhole(subject.file);
      const found: ReturnType<typeof isWhole>[] = [];
      const copy = `${subject.file}.copy`;
      atStatement = () => {
        copyFiles(subject.file, copy);
        found.push(isWhole(copy));
      };
      const [result] = await subject.database.store.commitInbound([write]);
      atStatement = null;
      assert.equal(result?.status, 'written');
      const after = isWhole(subject.file);
      assert.ok(found.length >= 8, `only ${found.length} statements were seen`);
      assert.notDeepEqual(after, before);
      for (const state of found) assert.deepEqual(state, before);
    });

    it(`takes ${name} back when any statement fails`, async () => {
      const { write } = await prepare();
      const before = isWhole(subject.file);
      for (let failing = 0; failing < 100; failing++) {
        let count = 0;
        atStatement = () => {
          if (count++ === failing) throw new Error('power failure');
        };
        const outcome = await subject.database.store.commitInbound([write]).catch((error: unknown) => error);
        atStatement = null;
        if (count <= failing) {
          assert.ok(failing >= 8, `only ${failing} statements were seen`);
          assert.ok(Array.isArray(outcome));
          return;
        }
        assert.deepEqual(isWhole(subject.file), before, `statement ${failing}`);
      }
      assert.fail('it never came through');
    });
  }

  /** Two creates, a change and a deletion in one batch. */
  const batch = async (): Promise<readonly InboundWrite[]> => {
    const { database } = subject;
    const write = async (exchangeId: string, syncId: string): Promise<InboundWrite> => {
      const made = createWrite(await leaseInbound(database, { exchangeId }));
      if (made.action.type !== 'create') throw new Error('no create');
      return { ...made, action: { ...made.action, link: { ...made.action.link, exchangeId, syncId } } };
    };
    await database.store.commitInbound([await write('U', 'u'), await write('D', 'd')]);
    const [changed] = await database.store.linksBySyncId(['u']);
    const [removed] = await database.store.linksBySyncId(['d']);
    if (changed === undefined || removed === undefined) throw new Error('no links');
    const shared = { instance: 'a', outcome: done, kind: 'appointment', employeeId: '1' } as const;
    const expected = appointment();
    const link = { ...changed, changeKey: 'k2', exchangeId: 'U', exchangeBase: exchangeAppointment };
    const update = { type: 'update', erpId: changed.erpId, changes: { subject: 'Neu' }, expected, link } as const;
    return [
      await write('X2', 's2'),
      { ...shared, journalId: await leaseInbound(database, { operation: 'update', exchangeId: 'U' }), action: update },
      await write('X3', 's3'),
      {
        ...shared,
        journalId: await leaseInbound(database, { operation: 'delete', exchangeId: 'D' }),
        action: { type: 'delete', erpId: removed.erpId, expected, linkId: removed.id, version: removed.version },
      },
    ];
  };

  /** Record, link and row of every write of the batch, as they are on disk: whole (`done`), untouched (`left`), or something in between. */
  const stateOfBatch = (writes: readonly InboundWrite[], file = subject.file): readonly string[] => {
    const database = new DatabaseSync(file);
    const states = writes.map(({ journalId, action }) => {
      const row = database.prepare('SELECT state, exchange_id FROM sync_journal WHERE id = ?').get(journalId);
      const link = database.prepare('SELECT erp_id, change_key FROM sync_link WHERE exchange_id = ?').get(String(row?.['exchange_id']));
      const erpId = action.type === 'create' ? String(link?.['erp_id']) : action.erpId;
      const subjectNow = String(database.prepare('SELECT subject FROM appointment WHERE id = ?').get(erpId)?.['subject'] ?? 'none');
      const ended = row?.['state'] === 'done';
      const linked = action.type === 'update' ? link?.['change_key'] === 'k2' : (link !== undefined) === (action.type === 'create');
      const written = action.type === 'update' ? subjectNow === 'Neu' : (subjectNow !== 'none') === (action.type === 'create');
      return ended && linked && written ? 'done' : ended || linked || written ? `torn ${action.type}` : 'left';
    });
    const count = (sql: string) => Number(database.prepare(sql).get()?.['n']);
    assert.equal(count('SELECT count(*) AS n FROM sync_writing'), 0);
    assert.equal(count("SELECT count(*) AS n FROM sync_journal WHERE direction = 'outbound'"), 0);
    assert.equal(count('SELECT count(*) AS n FROM appointment'), count('SELECT count(*) AS n FROM sync_link'));
    database.close();
    return states;
  };

  it('leaves a batch undone or done as a whole on disk', async () => {
    const writes = await batch();
    const copy = `${subject.file}.copy`;
    let seen = 0;
    atStatement = () => {
      seen++;
      copyFiles(subject.file, copy);
      assert.deepEqual(
        stateOfBatch(writes, copy),
        writes.map(() => 'left'),
      );
    };
    const results = await subject.database.store.commitInbound(writes);
    atStatement = null;
    assert.ok(seen >= 15, `only ${seen} statements were seen`);
    assert.ok(results.every(({ status }) => status === 'written'));
    assert.deepEqual(
      stateOfBatch(writes),
      writes.map(() => 'done'),
    );
  });

  for (const [name, fails] of [
    ['one statement fails', (count: number, failing: number) => count === failing],
    ['a statement and all after it for a while fail', (count: number, failing: number) => count >= failing && count < failing + 6],
  ] as const) {
    it(`says of every write of a batch what became of it when ${name}`, async () => {
      for (let failing = 0; failing < 200; failing++) {
        const writes = await batch();
        let count = 0;
        atStatement = () => {
          if (fails(count++, failing)) throw new Error('power failure');
        };
        const results = await subject.database.store.commitInbound(writes).catch(() => null);
        atStatement = null;
        const told = results?.map(({ status }) => (status === 'written' ? 'done' : 'left')) ?? writes.map(() => 'left');
        assert.deepEqual(stateOfBatch(writes), told, `statement ${failing}`);
        if (count <= failing) {
          assert.ok(failing >= 15, `only ${failing} statements were seen`);
          return;
        }
        await subject.close();
        subject = await openSqliteSubject({ beforeStatement: (sql) => atStatement?.(sql) });
      }
      assert.fail('it never came through');
    });
  }

  it('fails the poison of a batch alone, and tells an item that is linked already', async () => {
    const writes = await batch();
    const [first, second, third, fourth] = writes;
    if (first?.action.type !== 'create' || second === undefined || third?.action.type !== 'create' || fourth === undefined)
      throw new Error();
    const poison: InboundWrite = { ...first, action: { ...first.action, record: appointment({ activityTypeId: 'none' }) } };
    const linked: InboundWrite = { ...third, action: { ...third.action, link: { ...third.action.link, syncId: 'u' } } };
    const results = await subject.database.store.commitInbound([poison, second, linked, fourth]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['failed', 'written', 'changed', 'written'],
    );
    assert.deepEqual(stateOfBatch(writes), ['left', 'done', 'left', 'done']);
  });

  it('stores a page and its state together', async () => {
    const state = () =>
      subject.erp.all('SELECT (SELECT count(*) FROM sync_journal) AS entries, (SELECT count(*) FROM sync_folder_state) AS folders');
    for (let failing = 0; failing < 10; failing++) {
      let count = 0;
      atStatement = () => {
        if (count++ === failing) throw new Error('power failure');
      };
      const failed = await subject.database.store.appendInbound(page(['X1', 'X2'])).then(
        () => false,
        () => true,
      );
      atStatement = null;
      assert.deepEqual({ ...(await state())[0] }, failed ? { entries: 0, folders: 0 } : { entries: 2, folders: 1 });
      if (!failed) return;
    }
    assert.fail('it never came through');
  });
});
