/** What of an item is on one side only in the end, on purpose: by a person's word, and not because a row was overtaken. */
import assert from 'node:assert/strict';
import { control } from '../../../lib/sync/control/control';
import { openSqliteSubject, type SqliteSubject } from '../../contract/erp/sqlite-subject';
import { claimOf, page } from '../../contract/erp/subject';
import { liveOn } from './life';
import { memoryMailbox } from './memory-mailbox';

describe('an item that leaves one side', () => {
  let subject: SqliteSubject;
  beforeEach(async () => {
    subject = await openSqliteSubject();
  });
  afterEach(() => subject.close());

  /** A synchronised private task. */
  const synchronised = async () => {
    const mailbox = memoryMailbox();
    await subject.erp.run("INSERT INTO task (employee_id, subject, sensitivity) VALUES (1, 'Angebot', 'private')");
    const life = await liveOn(subject.database, mailbox.connection);
    assert.equal(await life.outbound(), 1);
    return { mailbox, life };
  };
  const codes = async () => (await subject.database.store.list({})).map(({ state, noteCode }) => `${state} ${String(noteCode)}`).reverse();

  it('is looked at once more when a person let it be removed from Exchange', async () => {
    const { mailbox, life } = await synchronised();
    const set = (privateToExchange: boolean) =>
      control(life.tenant, { action: 'set-employee', employee: '1', kind: 'task', options: { privateToExchange } });
    await set(false);
    await control(life.tenant, { action: 'release', employee: '1' });
    while ((await life.outbound()) > 0);
    assert.equal(mailbox.items.size, 0);
    assert.deepEqual(await codes(), ['done create', 'done delete', 'skipped private-not-synchronised']);
    await set(true);
    assert.equal(await life.outbound(), 1);
    assert.equal(mailbox.items.size, 1);
  });

  it('stays in the ERP when the service dies while it removes it from Exchange, and the folder tells of that', async () => {
    const { mailbox, life } = await synchronised();
    await control(life.tenant, { action: 'set-employee', employee: '1', kind: 'task', options: { privateToExchange: false } });
    await control(life.tenant, { action: 'release', employee: '1' });
    // So far the service came.
    await mailbox.connection.deleteMany('', 'task', [{ id: 'item 1' }]);
    const changes = [{ operation: 'delete' as const, exchangeId: 'item 1', changeKey: null }];
    await subject.database.store.appendInbound({ ...page([]), kind: 'task', changes });
    const { messages } = await life.built(await subject.database.store.claim(claimOf('inbound', life.tenant.instance)));
    assert.deepEqual(messages, []);
    while ((await life.outbound()) > 0);
    assert.deepEqual(await codes(), ['done create', 'skipped private-not-synchronised', 'skipped own-deletion']);
    assert.equal((await subject.erp.all('SELECT id FROM task')).length, 1);
    assert.deepEqual(await subject.database.store.linksOfEmployee('1', 'task'), []);
  });

  it('is deleted when a later row of it takes the place of the one that told so', async () => {
    const { mailbox, life } = await synchronised();
    await mailbox.connection.deleteMany('', 'task', [{ id: 'item 1' }]);
    const told = { ...page([]), kind: 'task' as const, changes: [{ operation: 'delete' as const, exchangeId: 'item 1', changeKey: null }] };
    await subject.database.store.appendInbound(told);
    await subject.database.store.appendInbound({ ...told, changes: [{ operation: 'update', exchangeId: 'item 1', changeKey: 'k' }] });
    const { messages } = await life.built(await subject.database.store.claim(claimOf('inbound', life.tenant.instance)));
    assert.deepEqual(
      messages.map(({ sync }) => [sync.operation, sync.erpId]),
      [['delete', '1']],
    );
  });

  describe('while deletions do not travel', () => {
    const tell = { ...page([]), kind: 'task' as const, changes: [{ operation: 'delete' as const, exchangeId: 'item 1', changeKey: null }] };
    const steps = {
      'in Exchange': async ({ mailbox, life }: Awaited<ReturnType<typeof synchronised>>) => {
        await mailbox.connection.deleteMany('', 'task', [{ id: 'item 1' }]);
        await subject.database.store.appendInbound(tell);
        await life.built(await subject.database.store.claim(claimOf('inbound', life.tenant.instance)));
      },
      'in the ERP': async ({ life }: Awaited<ReturnType<typeof synchronised>>) => {
        await subject.erp.run('DELETE FROM task');
        assert.equal(await life.outbound(), 0);
      },
    };
    for (const order of [Object.values(steps), Object.values(steps).reverse()]) {
      const [first] = Object.entries(steps).filter(([, step]) => step === order[0]);
      it(`keeps its link as long as one side has it, and no longer: deleted ${first?.[0] ?? ''} first`, async () => {
        const both = await synchronised();
        const options = { deleteInErp: false, deleteInExchange: false };
        await control(both.life.tenant, { action: 'set-employee', employee: '1', kind: 'task', options });
        const links = async () => (await subject.database.store.linksOfEmployee('1', 'task')).length;
        for (const [at, step] of order.entries()) {
          await step(both);
          assert.equal(await links(), 1 - at);
        }
        assert.deepEqual((await codes()).slice(1), ['skipped deletion-off', 'skipped deletion-off']);
      });
    }
  });

  it('is left alone when nobody told of its deletion', async () => {
    const { mailbox, life } = await synchronised();
    await mailbox.connection.deleteMany('', 'task', [{ id: 'item 1' }]);
    const changes = [{ operation: 'update' as const, exchangeId: 'item 1', changeKey: 'k' }];
    await subject.database.store.appendInbound({ ...page([]), kind: 'task', changes });
    const { messages } = await life.built(await subject.database.store.claim(claimOf('inbound', life.tenant.instance)));
    assert.deepEqual(messages, []);
    assert.deepEqual((await codes()).at(-1), 'skipped gone-before-read');
  });
});
