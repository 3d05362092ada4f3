import assert from 'node:assert/strict';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { InboundWrite } from '../../../lib/erp/store';
import { appointment, createWrite, done, exchangeAppointment, leaseInbound, page } from './subject';
import { openSqliteSubject, type SqliteSubject } from './sqlite-subject';

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
      const action = { type: 'delete', erpId: '1', expected: appointment(), linkId: link.id } as const;
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
      assert.deepEqual({ ...state()[0] }, failed ? { entries: 0, folders: 0 } : { entries: 2, folders: 1 });
      if (!failed) return;
    }
    assert.fail('it never came through');
  });
});
