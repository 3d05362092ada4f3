/** Contract: claiming, leases and what persons do with rows. */
import assert from 'node:assert/strict';
import {
  addAppointment,
  addTask,
  appointment,
  claimOf,
  done,
  exchangeAppointment,
  inboundEntry,
  leaseInbound,
  link,
  newAppointment,
  page,
  type ErpSubject,
  type OpenSubject,
} from './subject';

export const journalContract = (open: OpenSubject): void => {
  describe('journal', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const add = () => addAppointment(subject.erp);
    const touch = (text: string, id: string) => subject.erp.run('UPDATE appointment SET subject = ? WHERE id = ?', text, id);
    const claimIds = async (direction: 'inbound' | 'outbound', instance = 'a', limit = 10) =>
      (await subject.database.store.claim(claimOf(direction, instance, limit))).map(({ entry }) => entry.id);
    /** Ids of all rows, oldest first: what a test calls the first, the second, … row. */
    const rowIds = async (): Promise<readonly number[]> =>
      (await subject.erp.all('SELECT id FROM sync_journal ORDER BY id')).map((row) => Number(row['id']));
    /** Claims, and says which rows it got by their places in the journal. */
    const claimPlaces = async (direction: 'inbound' | 'outbound', instance = 'a', limit = 10): Promise<readonly number[]> => {
      const claimed = await claimIds(direction, instance, limit);
      const all = await rowIds();
      return claimed.map((id) => all.indexOf(id) + 1);
    };
    /** Leases the only row that is waiting. */
    const claimOne = async (direction: 'inbound' | 'outbound', instance = 'a'): Promise<number> => {
      const [id, ...others] = await claimIds(direction, instance);
      assert.ok(id !== undefined && others.length === 0);
      return id;
    };

    it('gives the newest row of an item and ends the older ones as superseded, oldest item first', async () => {
      const first = await add();
      await add();
      await touch('a', first);
      await touch('b', first);
      assert.deepEqual(await claimPlaces('outbound'), [4, 2]);
      const superseded = await subject.database.store.list({ states: ['skipped'] });
      const [one, , three] = await rowIds();
      assert.deepEqual(
        superseded.map((entry) => [entry.id, entry.noteCode]),
        [
          [three, 'superseded'],
          [one, 'superseded'],
        ],
      );
    });

    it('claims no more than asked and goes on with the rest', async () => {
      for (let count = 0; count < 5; count++) await add();
      assert.deepEqual(await claimPlaces('outbound', 'a', 2), [1, 2]);
      assert.deepEqual(await claimPlaces('outbound', 'a', 2), [3, 4]);
      assert.deepEqual(await claimPlaces('outbound', 'a', 2), [5]);
    });

    it('fills a batch although one item has many rows', async () => {
      const first = await add();
      for (let count = 0; count < 20; count++) await touch(String(count), first);
      await add();
      assert.equal((await claimIds('outbound', 'a', 2)).length, 2);
    });

    it('gives no item of which another row is leased', async () => {
      const first = await add();
      const journalId = await claimOne('outbound');
      await touch('again', first);
      assert.deepEqual(await claimIds('outbound', 'b'), []);
      await subject.database.store.close([{ journalId, instance: 'a', outcome: done, link: { type: 'keep' } }]);
      assert.deepEqual(await claimPlaces('outbound', 'b'), [2]);
    });

    it('gives no item that is leased in the other direction, joined by its link', async () => {
      const { store } = subject.database;
      const erpId = await add();
      await store.savePending([link({ erpId })]);
      await store.appendInbound(page(['X1']));
      const [outbound] = await store.claim(claimOf('outbound'));
      assert.equal(outbound?.link?.syncId, 's1');
      assert.deepEqual(await claimIds('inbound'), []);
      await store.release([outbound.entry.id], 'a', { waitMs: 0, counts: true, note: '', noteCode: 'x' });
      const [inbound] = await store.claim(claimOf('inbound'));
      assert.equal(inbound?.link?.erpId, erpId);
      assert.deepEqual(await claimIds('outbound'), []);
    });

    it('gives the asked kinds only', async () => {
      await addTask(subject.erp);
      const request = claimOf('outbound');
      assert.deepEqual(await subject.database.store.claim({ ...request, kinds: ['appointment'] }), []);
      assert.equal((await subject.database.store.claim({ ...request, kinds: ['task'] })).length, 1);
    });

    it('tells ids apart by case', async () => {
      await subject.database.store.appendInbound(page(['AAa', 'AAA']));
      assert.equal((await claimIds('inbound')).length, 2);
    });

    it('gives inbound rows of the asked connection only', async () => {
      await subject.database.store.appendInbound({ ...page(['X1']), connection: 'other' });
      assert.deepEqual(await claimIds('inbound'), []);
    });

    it('waits after a release, counts the attempt only when told, and hurries on demand', async () => {
      const { store } = subject.database;
      await add();
      const id = await claimOne('outbound');
      await store.release([id], 'a', { waitMs: 10_000, counts: false, note: 'busy', noteCode: 'server-busy' });
      assert.deepEqual(await claimIds('outbound'), []);
      assert.equal(await store.hurry('2'), 0);
      assert.equal(await store.hurry('1'), 1);
      const [claimed] = await store.claim(claimOf('outbound'));
      assert.equal(claimed?.entry.attempt, 1);
      await store.release([id], 'a', { waitMs: 10_000, counts: true, note: 'busy', noteCode: 'server-busy' });
      subject.pass(10_001);
      assert.equal((await store.claim(claimOf('outbound')))[0]?.entry.attempt, 2);
    });

    it('lets a newer change of a waiting item through at once, and not an older one', async () => {
      const { store } = subject.database;
      const erpId = await add();
      const older = await claimOne('outbound');
      await store.release([older], 'a', { waitMs: 10_000, counts: true, note: '', noteCode: 'x' });
      await touch('newer', erpId);
      const newer = await claimOne('outbound');
      assert.ok(newer > older);
      await store.release([newer], 'a', { waitMs: 10_000, counts: true, note: '', noteCode: 'x' });
      assert.equal(await store.reopen(older), true);
      assert.deepEqual(await claimIds('outbound'), []);
    });

    it('opens rows whose lease ended and fails them after the last attempt', async () => {
      const { store } = subject.database;
      await add();
      const id = await claimOne('outbound');
      subject.pass(30_000);
      assert.deepEqual(await store.expireLeases(2), []);
      assert.deepEqual(await claimIds('outbound', 'b'), []);
      subject.pass(60_001);
      assert.deepEqual(await store.expireLeases(2), []);
      assert.deepEqual(await claimIds('outbound', 'b'), [id]);
      subject.pass(60_001);
      const [failed] = await store.expireLeases(2);
      assert.equal(failed?.state, 'failed');
      assert.equal(failed.noteCode, 'lease-expired');
    });

    it('refuses the late answer of an instance that lost its lease', async () => {
      const { store } = subject.database;
      await add();
      const journalId = await claimOne('outbound', 'a');
      subject.pass(60_001);
      await store.expireLeases(5);
      await claimIds('outbound', 'b');
      assert.deepEqual(await store.close([{ journalId, instance: 'a', outcome: done, link: { type: 'keep' } }]), [false]);
      assert.equal((await store.entry(journalId))?.entry.leaseOwner, 'b');
    });

    it('opens what another life of the instance had leased, and does not count the restart as an attempt', async () => {
      const { store } = subject.database;
      await add();
      const id = await claimOne('outbound');
      assert.equal(await store.leasedCount('a', 'outbound', null), 1);
      assert.deepEqual(await store.leaseOwners(), ['a']);
      assert.equal(await store.releaseOwn('b'), 0);
      assert.equal(await store.releaseOwn('a'), 1);
      assert.deepEqual(await store.leaseOwners(), []);
      assert.deepEqual(await claimIds('outbound'), [id]);
      assert.equal((await store.entry(id))?.entry.attempt, 1);
    });

    it('gives two instances that claim at once no row twice and forgets none', async () => {
      for (let count = 0; count < 60; count++) await subject.erp.run(newAppointment);
      const second = await subject.openSecond();
      const taken: number[] = [];
      const work = async (database: typeof second, instance: string) => {
        while (true) {
          const rows = await database.store.claim(claimOf('outbound', instance, 3));
          if (rows.length === 0) return;
          taken.push(...rows.map(({ entry }) => entry.id));
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      };
      await Promise.all([work(subject.database, 'a'), work(second, 'b')]);
      assert.equal(taken.length, 60);
      assert.equal(new Set(taken).size, 60);
    });

    it('leases appended rows at once unless their item is leased already', async () => {
      const { store } = subject.database;
      assert.equal((await store.appendLeased([inboundEntry(), inboundEntry({ exchangeId: 'X2' })], 'a', 1000)).length, 2);
      assert.deepEqual(await store.appendLeased([inboundEntry()], 'a', 1000), []);
      assert.equal((await store.list({ states: ['open'] })).length, 1);
    });

    it('stores the page of a folder with its state, and existing records of the first page', async () => {
      const { store } = subject.database;
      const linked = await add();
      const queued = await add();
      const neither = await add();
      await subject.erp.run('DELETE FROM sync_journal WHERE erp_id <> ?', queued);
      await store.savePending([link({ erpId: linked })]);
      assert.equal(await store.folderState('main', '1', 'appointment'), null);
      const syncState = 'x'.repeat(100_000);
      await store.appendInbound(page(['X1', 'X2'], { first: true, syncState }));
      assert.equal(await store.folderState('main', '1', 'appointment'), syncState);
      assert.deepEqual(await store.unfinishedExchangeIds('main', ['X2', 'X3']), ['X2']);
      assert.deepEqual(await store.toldDeletions('main', ['X2', 'X3']), [], 'nothing of a deletion was told');
      assert.deepEqual(
        (await store.list({ direction: 'outbound' })).map((entry) => entry.erpId),
        [neither, queued],
      );
      await store.resetFolderState('main', '1', 'appointment');
      assert.equal(await store.folderState('main', '1', 'appointment'), null);
    });

    it('knows the items that the sync created until a list of changes has told of them', async () => {
      const { store } = subject.database;
      const unlisted = () => store.unlistedItems('main', '1', 'appointment');
      // X1 came from a list; X2 is being created, then created.
      await store.savePending([link({ erpId: await add() })]);
      const created = await add();
      const [pending] = await store.savePending([
        link({ state: 'pending', syncId: 's2', erpId: created, exchangeId: null, changeKey: null }),
      ]);
      assert.ok(pending);
      assert.deepEqual(await unlisted(), []);
      const [row] = (await store.claim(claimOf('outbound'))).filter(({ entry }) => entry.erpId === created);
      assert.ok(row);
      const update = { ...pending, exchangeId: 'X2', changeKey: 'k2' };
      await store.close([{ journalId: row.entry.id, instance: 'a', outcome: done, link: { type: 'update', update } }]);
      assert.deepEqual(await unlisted(), ['X2']);
      assert.deepEqual(await store.unlistedItems('main', '2', 'appointment'), []);
      await store.appendInbound({ ...page([]), listed: ['X2'] });
      assert.deepEqual(await unlisted(), []);
      // Found under a new id, which no list told of: moved once more before that, its end would never be told.
      const again = await leaseInbound(subject.database, { operation: 'delete', exchangeId: 'X2' });
      const moved = { ...update, version: pending.version + 1, exchangeId: 'X3' };
      await store.close([{ journalId: again, instance: 'a', outcome: done, link: { type: 'update', update: moved } }]);
      assert.deepEqual(await unlisted(), ['X3']);
    });

    it('lists, pages and counts', async () => {
      const { store } = subject.database;
      await store.appendInbound(page(['X1', 'X2', 'X3']));
      await add();
      subject.pass(5000);
      const newestFirst = (await rowIds()).toReversed();
      const firstPage = (await store.list({ limit: 2 })).map((entry) => entry.id);
      assert.deepEqual(firstPage, newestFirst.slice(0, 2));
      assert.deepEqual(
        (await store.list({ limit: 2, before: firstPage[1] ?? 0 })).map((entry) => entry.id),
        newestFirst.slice(2),
      );
      assert.deepEqual(await store.list({ states: ['failed'] }), []);
      assert.deepEqual(await store.list({ employeeId: '2' }), []);
      assert.equal((await store.list({ kind: 'appointment', direction: 'inbound', states: ['open'] })).length, 3);
      const { rows, oldestOpenMs } = await store.counts();
      assert.deepEqual(rows.map((row) => `${row.direction} ${row.state} ${row.count}`).sort(), ['inbound open 3', 'outbound open 1']);
      assert.ok(oldestOpenMs !== null && oldestOpenMs >= 4000);
    });

    it('reopens what ended and finishes what has not, by a person’s decision', async () => {
      const { store } = subject.database;
      await add();
      const journalId = (await rowIds())[0] ?? 0;
      assert.equal(await store.reopen(journalId), false);
      await claimIds('outbound');
      const conflict = { state: 'conflict', note: 'both changed', noteCode: 'conflict', details: { erp: 'ä', exchange: 1 } } as const;
      await store.close([{ journalId, instance: 'a', outcome: conflict, link: { type: 'keep' } }]);
      assert.deepEqual((await store.entry(journalId))?.details, { erp: 'ä', exchange: 1 });
      assert.equal(await store.finish(journalId, 'skipped', 'not needed'), true);
      assert.equal(await store.finish(journalId, 'done', 'again'), false);
      assert.equal(await store.reopen(journalId), true);
      const [claimed] = await store.claim(claimOf('outbound'));
      assert.equal(claimed?.entry.attempt, 1);
      assert.equal(await store.entry(journalId + 1_000_000), null);
    });

    it('shows a problem once and ends it when the mailbox answers again', async () => {
      const { store } = subject.database;
      const problem = { connection: 'main', employeeId: '1', kind: 'task', code: 'mailbox-not-found', text: 'There is none.' } as const;
      assert.equal(await store.noteProblem(problem), true);
      assert.equal(await store.noteProblem({ ...problem, text: 'Still none.' }), false);
      assert.equal((await store.list({}))[0]?.note, 'Still none.');
      assert.deepEqual((await store.counts()).rows, []);
      assert.deepEqual(await claimIds('inbound'), []);
      assert.equal(await store.clearProblems('main', '2'), 0);
      assert.equal(await store.clearProblems('main', '1'), 1);
      assert.equal(await store.noteProblem(problem), true);
    });

    it('closes rows with their link, and leaves them when the link moved on', async () => {
      const { store } = subject.database;
      const erpId = await add();
      const [pending] = await store.savePending([link({ erpId, state: 'pending', exchangeId: null, changeKey: null })]);
      assert.ok(pending);
      const [again] = await store.savePending([link({ erpId, state: 'pending', exchangeId: null, changeKey: null, syncId: 'other' })]);
      assert.equal(again?.syncId, 's1');
      const journalId = await claimOne('outbound');
      const update = {
        id: pending.id,
        version: 1,
        erpBase: appointment(),
        exchangeBase: exchangeAppointment,
        exchangeId: 'X1',
        changeKey: 'k',
      };
      const closing = { journalId, instance: 'a', outcome: done, link: { type: 'update', update } } as const;
      assert.deepEqual(await store.close([{ ...closing, link: { type: 'update', update: { ...update, version: 7 } } }]), [false]);
      assert.equal((await store.entry(journalId))?.entry.state, 'leased');
      assert.deepEqual(await store.close([{ ...closing, enqueue: [inboundEntry({ operation: 'update' })] }]), [true]);
      const [active] = await store.linksByExchangeId('main', ['X1', 'x1']);
      assert.equal(active?.state, 'active');
      assert.equal(active.version, 2);
      const [claimed] = await store.claim(claimOf('inbound'));
      assert.ok(claimed);
      const removal = { type: 'remove', linkId: active.id, version: active.version } as const;
      assert.deepEqual(await store.close([{ journalId: claimed.entry.id, instance: 'a', outcome: done, link: removal }]), [true]);
      assert.deepEqual(await store.linksBySyncId(['s1']), []);
    });
  });
};
