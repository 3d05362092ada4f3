/** Contract: first synchronisations and the pages that belong to them (requirement S6). */
import assert from 'node:assert/strict';
import omit from 'lodash/omit';
import { noCounts, type FirstRunSettings } from '../../../lib/model/first-run';
import type { NewLink } from '../../../lib/model/link';
import type { PairToLink } from '../../../lib/erp/store';
import { addAppointment, claimOf, link, page, type ErpSubject, type OpenSubject } from './subject';

const settings: FirstRunSettings = { mode: 'merge', startDate: null, changedSince: null };
const folder = { employeeId: '1', kind: 'appointment' } as const;

const pair = (erpId: string, exchangeId: string, fields: Partial<Omit<PairToLink, 'link'> & NewLink> = {}): PairToLink => {
  const { inbound = true, outbound = true, ...others } = fields;
  return { link: { ...link({ erpId, syncId: `s-${exchangeId}`, ...others }), exchangeId }, inbound, outbound };
};

export const firstRunsContract = (open: OpenSubject): void => {
  describe('first synchronisations', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const begun = async (): Promise<number> => {
      const { firstRuns } = subject.database.store;
      await firstRuns.plan('main', [folder], settings);
      const [run] = await firstRuns.list({ states: ['waiting'] });
      assert.ok(run);
      assert.equal(await firstRuns.begin(run.id), true);
      return run.id;
    };
    const rows = async () =>
      (await subject.database.store.list({}))
        .map(({ direction, operation, erpId, exchangeId }) => [direction, operation, erpId ?? exchangeId])
        .toReversed();
    const run = async (id: number) => (await subject.database.store.firstRuns.list({})).find((one) => one.id === id);

    it('are planned once for a folder that was never read, and not for one that was', async () => {
      const { store } = subject.database;
      const task = { employeeId: '1', kind: 'task' } as const;
      await store.appendInbound({ ...page([]), kind: 'task' });
      for (let time = 0; time < 2; time += 1) await store.firstRuns.plan('main', [folder, task], settings);
      const planned = await store.firstRuns.list({ connection: 'main' });
      assert.deepEqual(
        planned.map((one) => omit(one, 'id', 'createdAt')),
        [
          {
            connection: 'main',
            ...folder,
            state: 'waiting',
            settings,
            counts: noCounts,
            listed: false,
            outcome: null,
            startedAt: null,
            finishedAt: null,
          },
        ],
      );
      assert.deepEqual(await store.firstRuns.list({ connection: 'other' }), []);
    });

    it('begin once, link pairs with their rows, and are listed when the last page is stored', async () => {
      const { store } = subject.database;
      const [one, two, three] = [await addAppointment(subject.erp), await addAppointment(subject.erp), await addAppointment(subject.erp)];
      await subject.erp.run('DELETE FROM sync_journal');
      assert.deepEqual(await store.unlinkedRecords('1', 'appointment'), [one, two, three]);
      const id = await begun();
      assert.equal(await store.firstRuns.begin(id), false);
      await store.appendInbound({
        ...page(['X9']),
        pairs: [pair(one, 'X1'), pair(two, 'X2', { inbound: false, outbound: false })],
        run: { id, left: { mode: 1 }, last: false },
      });
      assert.deepEqual(await rows(), [
        ['inbound', 'create', 'X9'],
        ['inbound', 'update', 'X1'],
        ['outbound', 'update', one],
      ]);
      assert.deepEqual(await store.unlinkedRecords('1', 'appointment'), [three]);
      assert.equal((await run(id))?.listed, false);
      await store.appendInbound({ ...page([]), records: 'unlinked', run: { id, left: { mode: 2 }, last: true } });
      const listed = await run(id);
      assert.deepEqual(listed?.counts, { linked: 2, inbound: 2, outbound: 2, left: { mode: 3 } });
      assert.equal(listed.listed, true);
      assert.deepEqual([...(await store.firstRuns.unfinishedRows())], [[id, 4]]);
    });

    it('queue the Exchange item where one half of a pair was linked meanwhile', async () => {
      const { store } = subject.database;
      const [one, two] = [await addAppointment(subject.erp), await addAppointment(subject.erp)];
      await subject.erp.run('DELETE FROM sync_journal');
      await store.savePending([link({ state: 'pending', erpId: one, exchangeId: null, changeKey: null })]);
      const id = await begun();
      await store.appendInbound({
        ...page([]),
        pairs: [pair(one, 'X1'), pair(two, 'X2', { outbound: false })],
        run: { id, left: {}, last: true },
      });
      assert.deepEqual(await rows(), [
        ['inbound', 'create', 'X1'],
        ['inbound', 'update', 'X2'],
      ]);
      assert.deepEqual(
        (await store.linksByExchangeId('main', ['X1', 'X2'])).map(({ erpId }) => erpId),
        [two],
      );
    });

    it('queue only the records that are named, where some are', async () => {
      const { store } = subject.database;
      const [one, two] = [await addAppointment(subject.erp), await addAppointment(subject.erp)];
      await subject.erp.run('DELETE FROM sync_journal');
      await store.appendInbound({ ...page([]), records: [two, 'unknown'] });
      assert.deepEqual(await rows(), [['outbound', 'create', two]]);
      await store.appendInbound({ ...page([]), records: 'unlinked' });
      assert.deepEqual(await rows(), [
        ['outbound', 'create', two],
        ['outbound', 'create', one],
      ]);
    });

    it('end with what became of their rows, and of no others', async () => {
      const { store } = subject.database;
      const existing = await addAppointment(subject.erp);
      await subject.erp.run('DELETE FROM sync_journal');
      await store.appendInbound({ ...page(['X0']), kind: 'task' });
      const id = await begun();
      await store.appendInbound({ ...page(['X1', 'X2', 'X3']), records: 'unlinked', run: { id, left: {}, last: true } });
      await store.appendInbound(page(['X4']));
      const outcomes = [
        ['X1', 'done', 'create'],
        ['X2', 'skipped', 'echo'],
        ['X3', 'failed', 'x'],
        ['X4', 'done', 'create'],
        [existing, 'done', 'create'],
      ] as const;
      const claimed = [...(await store.claim(claimOf('inbound'))), ...(await store.claim(claimOf('outbound')))];
      const end = (names: readonly string[]) =>
        store.close(
          outcomes.flatMap(([item, state, noteCode]) => {
            const row = claimed.find(({ entry }) => (entry.exchangeId ?? entry.erpId) === item && entry.kind === 'appointment');
            return row === undefined || !names.includes(item)
              ? []
              : [{ journalId: row.entry.id, instance: 'a', outcome: { state, note: '', noteCode }, link: { type: 'keep' as const } }];
          }),
        );
      await end(['X1', 'X2', 'X4']);
      assert.deepEqual([...(await store.firstRuns.unfinishedRows())], [[id, 2]]);
      await end(['X3', existing]);
      assert.deepEqual([...(await store.firstRuns.unfinishedRows())], []);
      await store.firstRuns.finish([id]);
      const ended = await run(id);
      assert.equal(ended?.state, 'done');
      assert.deepEqual(ended.outcome, { createdInErp: 1, createdInExchange: 1, changed: 0, failed: 1, conflicts: 0, skipped: { echo: 1 } });
      assert.deepEqual(
        (await store.firstRuns.list({ unreported: true })).map((one) => one.id),
        [id],
      );
      await store.firstRuns.reported([id]);
      assert.deepEqual(await store.firstRuns.list({ unreported: true }), []);
    });

    it('start again in place of one under way, whose pages are refused from then on; a lost state asks for the same again', async () => {
      const { store } = subject.database;
      const id = await begun();
      const others: FirstRunSettings = { mode: 'erp', startDate: '2026-01-01', changedSince: null };
      await store.firstRuns.restart('main', [folder], others);
      await assert.rejects(store.appendInbound({ ...page(['X1']), run: { id, left: {}, last: true } }), { code: 'first-run-stopped' });
      assert.deepEqual(await rows(), []);
      const [second] = await store.firstRuns.list({ states: ['waiting'] });
      assert.ok(second);
      await store.appendInbound(page([]));
      await store.firstRuns.begin(second.id);
      assert.equal(await store.folderState('main', '1', 'appointment'), null);
      await store.appendInbound({ ...page([]), run: { id: second.id, left: {}, last: true } });
      await store.firstRuns.finish([second.id]);
      await store.resetFolderState('main', '1', 'appointment');
      await store.firstRuns.plan('main', [folder], settings);
      assert.deepEqual(
        (await store.firstRuns.list({ states: ['waiting'] })).map((one) => one.settings),
        [others],
      );
    });
  });
};
