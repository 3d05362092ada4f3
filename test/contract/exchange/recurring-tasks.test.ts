/** Tasks that come again when they are completed, through the port: one item stands for all, and what was done becomes an item of its own. */
import assert from 'node:assert/strict';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import { task } from '../../unit/exchange/builders';
import { created, owner, service, startClient, task as createTask } from '../ews/harness';
import type { Client } from '../ews/harness';

const patterns: Record<string, { readonly recurrence: string; readonly next: string }> = {
  'three days after it was done': {
    recurrence:
      '<t:DailyRegeneration><t:Interval>3</t:Interval></t:DailyRegeneration><t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence>',
    // Done on the 20th.
    next: '2026-03-23',
  },
  'every Monday': {
    recurrence:
      '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence>',
    next: '2026-03-09',
  },
};

describe('recurring tasks over EWS, against the simulator', () => {
  let client: Client;
  let exchange: ExchangeConnection;

  beforeEach(async () => {
    client = await startClient({ now: () => new Date('2026-03-20T08:00:00Z') });
    exchange = createEwsConnection({ url: client.simulator.url, user: service.address, password: service.password, allowPlainHttp: true });
  });
  afterEach(async () => {
    await exchange.close();
    await client.simulator.close();
  });

  const all = () => exchange.listWindow(owner.address, 'task', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z');

  it('tells which task comes again', async () => {
    await exchange.createMany(owner.address, [{ item: task(), syncId: 's-1' }]);
    assert.deepEqual(
      (await all()).map(({ regenerates }) => regenerates),
      [false],
    );
  });

  for (const [name, { recurrence, next }] of Object.entries(patterns)) {
    it(`completed, a task ${name} goes on under its id, and what was done is a new item with the same sync id`, async () => {
      const { id } = await created(
        client,
        createTask(
          `<t:Subject>Water</t:Subject><t:DueDate>2026-03-02T00:00:00Z</t:DueDate><t:Recurrence>${recurrence}</t:Recurrence><t:StartDate>2026-03-02T00:00:00Z</t:StartDate>`,
        ),
        { header: '<t:TimeZoneContext><t:TimeZoneDefinition Id="UTC"/></t:TimeZoneContext>' },
      );
      const [open] = await all();
      assert.ok(open?.item.kind === 'task');
      assert.deepEqual([open.id, open.regenerates, open.item.dueDate], [id, true, '2026-03-02']);

      const changes = { status: 'completed', percentComplete: 100 } as const;
      const [written] = await exchange.updateMany(owner.address, [
        { id, changeKey: open.changeKey, item: { ...open.item, ...changes }, changes, syncId: 's-1' },
      ]);
      assert.equal(written?.ok === true && written.value.id, id);

      const after = await all();
      const [goesOn, done] = [after.find((entry) => entry.id === id), after.find((entry) => entry.id !== id)];
      assert.equal(after.length, 2);
      assert.ok(goesOn && done);
      assert.deepEqual(goesOn.item, { ...open.item, dueDate: next, startDate: next });
      assert.deepEqual(done.item, { ...open.item, ...changes });
      assert.deepEqual([goesOn.regenerates, done.regenerates], [true, false]);
      assert.deepEqual([goesOn.syncId, done.syncId], ['s-1', 's-1']);
      assert.equal(written?.ok === true && written.value.changeKey, goesOn.changeKey);
    });
  }
});
