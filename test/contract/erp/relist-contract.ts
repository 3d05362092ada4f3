/** Contract: links follow their items to new ids and mailboxes, and nothing is told for them that would delete or double. */
import assert from 'node:assert/strict';
import type { Relinked, Relisting } from '../../../lib/erp/store';
import { unseenChangeKey } from '../../../lib/model/link';
import { addAppointment, claimOf, done, leaseInbound, link, page, type ErpSubject, type OpenSubject } from './subject';

export const relistContract = (open: OpenSubject): void => {
  describe('links of a folder that is listed anew', () => {
    let subject: ErpSubject;
    let erpId: string;
    let relink: Relinked;
    beforeEach(async () => {
      subject = await open();
      erpId = await addAppointment(subject.erp);
      await subject.erp.run('DELETE FROM sync_journal');
      const [stored] = await subject.database.store.savePending([link({ erpId, exchangeId: 'X1' })]);
      assert.ok(stored);
      await subject.database.store.appendInbound(page([]));
      relink = { linkId: stored.id, version: stored.version, oldExchangeId: 'X1', exchangeId: 'X2', changeKey: 'k2' };
    });
    afterEach(() => subject.close());

    const linkNow = async () => (await subject.database.store.linksOfEmployee('1', 'appointment'))[0];
    const waiting = async () =>
      (await subject.database.store.list({ states: ['open'] }))
        .map(({ direction, operation, erpId: record, exchangeId }) => [direction, operation, record ?? exchangeId])
        .toSorted();
    const relisting = (fields: Partial<Relisting>): Relisting => ({
      ...{ connection: 'main', employeeId: '1', kind: 'appointment', mailbox: 'anna@x.test' },
      ...{ relinked: [], missing: [], left: [], keepState: false },
      ...fields,
    });

    it('are moved with a page, and queued only where the item differs', async () => {
      const { store } = subject.database;
      await store.appendInbound({ ...page([]), relinked: [relink] });
      const { exchangeId, changeKey, version = 0, erpBase } = (await linkNow()) ?? {};
      assert.deepEqual([exchangeId, changeKey, version], ['X2', 'k2', relink.version + 1]);
      assert.deepEqual(erpBase, link().erpBase);
      assert.deepEqual(await waiting(), []);
      const again = { ...relink, version, oldExchangeId: 'X2', exchangeId: 'X3', changeKey: unseenChangeKey };
      await store.appendInbound({ ...page([]), relinked: [again] });
      assert.deepEqual(await waiting(), [['inbound', 'update', 'X3']]);
    });

    it('keep record and link when a deletion was decided before they moved', async () => {
      const { store, records } = subject.database;
      const journalId = await leaseInbound(subject.database, { operation: 'update', exchangeId: 'X9' });
      const [before] = await records.read('appointment', [erpId]);
      assert.ok(before);
      await store.appendInbound({ ...page([]), relinked: [relink] });
      const { linkId, version } = relink;
      const action = { type: 'delete', erpId, expected: before.record, linkId, version } as const;
      const write = { journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action } as const;
      assert.deepEqual(await store.commitInbound([write]), [{ status: 'changed' }]);
      const removal = { journalId, instance: 'a', outcome: done, link: { type: 'remove', linkId, version } } as const;
      assert.deepEqual(await store.close([removal]), [false]);
      assert.equal((await records.read('appointment', [erpId])).length, 1);
      assert.equal((await linkNow())?.exchangeId, 'X2');
    });

    it('stay where they moved on meanwhile, or the deletion is on its way: then the page tells of both items', async () => {
      const { store } = subject.database;
      const both = [
        ['inbound', 'create', 'X2'],
        ['inbound', 'delete', 'X1'],
      ];
      await store.appendInbound({ ...page([]), relinked: [{ ...relink, version: relink.version + 1 }] });
      assert.deepEqual(await waiting(), both);
      await subject.erp.run('DELETE FROM sync_journal');
      await leaseInbound(subject.database, { operation: 'delete', exchangeId: 'X1' });
      await store.appendInbound({ ...page([]), relinked: [relink] });
      assert.deepEqual(await waiting(), both);
      assert.equal((await linkNow())?.exchangeId, 'X1');
    });

    it('take a deletion that is held along: nobody has to decide about it, and the ERP is looked at once more', async () => {
      const { store } = subject.database;
      await store.appendInbound({ ...page([]), changes: [{ operation: 'delete', exchangeId: 'X1', changeKey: null }] });
      const [claimed] = await store.claim(claimOf('inbound'));
      assert.ok(claimed);
      const outcome = { state: 'conflict', note: 'held', noteCode: 'deletion-held' } as const;
      const journalId = claimed.entry.id;
      await store.close([{ journalId, instance: 'a', outcome, link: { type: 'park', linkId: relink.linkId } }]);
      await store.relist(relisting({ relinked: [relink] }));
      const { state, noteCode } = (await store.entry(journalId))?.entry ?? {};
      assert.deepEqual([state, noteCode], ['skipped', 'conflict-settled']);
      assert.deepEqual(await waiting(), [['outbound', 'update', erpId]]);
      assert.equal((await linkNow())?.exchangeId, 'X2');
    });

    it('are removed where the mailbox was left, and their records queued outbound', async () => {
      const { store } = subject.database;
      await store.relist(relisting({ left: [{ id: relink.linkId, version: relink.version, erpId }] }));
      assert.equal(await linkNow(), undefined);
      assert.deepEqual(await waiting(), [['outbound', 'create', erpId]]);
      assert.equal(await store.folderState('main', '1', 'appointment'), null);
    });

    it('are all kept where one of those left moved on meanwhile: the folder is read again', async () => {
      const { store } = subject.database;
      const left = [{ id: relink.linkId, version: relink.version + 1, erpId }];
      await assert.rejects(store.relist(relisting({ left })), { code: 'link-changed', scope: 'retry' });
      assert.equal((await linkNow())?.exchangeId, 'X1');
      assert.deepEqual(await waiting(), []);
      assert.equal(await store.folderState('main', '1', 'appointment'), 'state-1');
    });

    it('know the mailbox of their folder’s state', async () => {
      const { store } = subject.database;
      assert.deepEqual(await store.folderMailboxes('main'), [{ employeeId: '1', kind: 'appointment', mailbox: 'anna@x.test' }]);
      await store.relist(relisting({ mailbox: 'neu@x.test', keepState: true }));
      assert.deepEqual(await store.folderMailboxes('main'), [{ employeeId: '1', kind: 'appointment', mailbox: 'neu@x.test' }]);
      assert.equal(await store.folderState('main', '1', 'appointment'), 'state-1');
      await store.relist(relisting({}));
      assert.deepEqual(await store.folderMailboxes('main'), []);
    });
  });
};
