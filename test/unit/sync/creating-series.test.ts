/** A series goes to Exchange first, its exceptions follow; a changed pattern forgets them: whatever dies in between, there is one series, and it has them in the end. */
import assert from 'node:assert/strict';
import type { ErpDatabase } from '../../../lib/erp/store';
import type { ErpException, ExchangeItem } from '../../../lib/model/item';
import { openSqliteSubject, type SqliteSubject } from '../../contract/erp/sqlite-subject';
import { liveOn } from './life';
import { memoryMailbox, type MemoryMailbox } from './memory-mailbox';

const deleted: ErpException = { originalStart: '2026-03-30T09:00:00', deleted: true };
const moved: ErpException = {
  originalStart: '2026-03-31T09:00:00',
  deleted: false,
  changes: { start: '2026-03-31T11:00:00', end: '2026-03-31T12:00:00' },
};
const inExchange = [
  { originalStart: '2026-03-30T07:00:00Z', deleted: true },
  { originalStart: '2026-03-31T07:00:00Z', deleted: false, changes: { start: '2026-03-31T09:00:00Z', end: '2026-03-31T10:00:00Z' } },
];

const exceptionsOf = (item: ExchangeItem | undefined) => (item?.kind === 'appointment' ? item.exceptions : null);

/** Something that is waited for. */
const signal = () => {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
};

describe('a series with exceptions on its way into Exchange', () => {
  let subject: SqliteSubject;
  let mailbox: MemoryMailbox;
  /** What the ERP's tables hold beside the appointment. */
  let exceptions: readonly ErpException[];
  beforeEach(async () => {
    subject = await openSqliteSubject();
    mailbox = memoryMailbox();
    exceptions = [deleted, moved];
    await subject.erp.run(
      `INSERT INTO appointment (employee_id, subject, start_at, end_at, recurrence_rule)
       VALUES (1, 'Jour fixe', '2026-03-28T09:00:00', '2026-03-28T10:00:00', 'FREQ=DAILY')`,
    );
  });
  afterEach(() => subject.close());

  const withExceptions = ({ records, ...database }: ErpDatabase): ErpDatabase => ({
    ...database,
    records: {
      ...records,
      asStored: (record) => record,
      read: async (kind, ids) => {
        const entries = await records.read(kind, ids);
        return entries.map((entry) => (entry.record.kind === 'task' ? entry : { ...entry, record: { ...entry.record, exceptions } }));
      },
    },
  });

  const live = (database = subject.database) => liveOn(withExceptions(database), mailbox.connection);

  const allThere = () => {
    assert.deepEqual(
      [...mailbox.items.values()].map(({ item }) => exceptionsOf(item)),
      [inExchange],
    );
  };

  it('is created without them, and one row more brings them', async () => {
    const { outbound } = await live();
    assert.equal(await outbound(), 1);
    assert.deepEqual(mailbox.created.map(exceptionsOf), [[]]);
    assert.equal(await outbound(), 1);
    allThere();
    assert.equal(await outbound(), 0);
  });

  it('one without exceptions needs one row', async () => {
    exceptions = [];
    const { outbound } = await live();
    assert.deepEqual([await outbound(), await outbound()], [1, 0]);
  });

  it('whose answer was lost is found again and gets them', async () => {
    const { outbound } = await live();
    mailbox.after.write = () => {
      throw new Error('the line is cut');
    };
    await outbound();
    mailbox.after.write = () => undefined;
    subject.pass(10_000);
    while ((await outbound()) > 0);
    allThere();
    assert.equal(mailbox.created.length, 1);
  });

  for (const [what, dyingStep] of [
    ['after it was created and before the row was closed', 1],
    ['after they were written and before the row was closed', 2],
  ] as const) {
    it(`the service dies ${what}: it has them once, and the item is there once`, async () => {
      let steps = 0;
      const dead = () => Promise.reject(new Error('dead'));
      const { store } = subject.database;
      const dying = await live({
        ...subject.database,
        store: {
          ...store,
          close: async (closings) => {
            steps += 1;
            return steps < dyingStep ? store.close(closings) : dead();
          },
          release: (...all) => (steps < dyingStep ? store.release(...all) : dead()),
        },
      });
      await assert.rejects(async () => {
        await dying.outbound();
        await dying.outbound();
      }, /dead/);
      const next = await live();
      while ((await next.outbound()) > 0);
      allThere();
      assert.equal(mailbox.created.length, 1);
    });
  }

  for (const [what, isEdited] of [
    ['is deleted with it', false],
    ['stays, as a person has changed it meanwhile, and is in the ERP again', true],
  ] as const) {
    it(`the answer was lost and the ERP deletes it before it is found: it ${what}`, async () => {
      exceptions = [];
      const { outbound, inbound } = await live();
      mailbox.after.write = () => {
        throw new Error('the line is cut');
      };
      await outbound();
      mailbox.after.write = () => undefined;
      if (isEdited) mailbox.edit('item 1', (item) => ({ ...item, subject: 'changed by a person' }));
      await subject.erp.run('DELETE FROM appointment');
      subject.pass(10_000);
      while ((await outbound()) > 0);
      assert.deepEqual(
        [...mailbox.items.values()].map(({ item }) => item.subject),
        isEdited ? ['changed by a person'] : [],
      );
      if (isEdited) assert.equal((await inbound('item 1')).messages[0]?.sync.operation, 'create');
    });
  }

  it('the answer was lost and a person deletes it before it is found: what the ERP changes then is not written into the deleted one', async () => {
    exceptions = [];
    const { outbound } = await live();
    mailbox.after.write = () => {
      throw new Error('the line is cut');
    };
    await outbound();
    mailbox.after.write = () => undefined;
    await mailbox.connection.deleteMany('', 'appointment', [{ id: 'item 1' }]);
    subject.pass(10_000);
    await outbound();
    await subject.erp.run("UPDATE appointment SET subject = 'changed in the ERP'");
    while ((await outbound()) > 0);
    assert.deepEqual(
      [...mailbox.items.values()].map(({ item }) => item.subject),
      ['changed in the ERP'],
    );
  });

  it('a person who deletes another occurrence before they arrive loses nothing', async () => {
    const { outbound } = await live();
    await outbound();
    const own = { originalStart: '2026-04-02T07:00:00Z', deleted: true } as const;
    mailbox.edit('item 1', (item) => (item.kind === 'appointment' ? { ...item, exceptions: [own] } : item));
    await outbound();
    assert.deepEqual(exceptionsOf(mailbox.items.get('item 1')?.item), [...inExchange, own]);
  });

  it('another process ends its creation while its notification is read: it is no copy, and keeps its sync id', async () => {
    exceptions = [];
    const { store } = subject.database;
    const [written, read, ended] = [signal(), signal(), signal()];
    mailbox.after.write = written.give;
    const close: typeof store.close = async (closings) => {
      if (closings.length > 0) await read.given;
      return store.close(closings);
    };
    const linksBySyncId: typeof store.linksBySyncId = async (syncIds) => {
      read.give();
      await ended.given;
      return store.linksBySyncId(syncIds);
    };
    const { outbound } = await live({ ...subject.database, store: { ...store, close } });
    const { inbound } = await live({ ...subject.database, store: { ...store, linksBySyncId } });
    void outbound().then(ended.give);
    await written.given;
    assert.deepEqual(await inbound('item 1'), { messages: [], codes: ['echo'] });
    const [link] = await store.linksByExchangeId('main', ['item 1']);
    assert.equal(mailbox.items.get('item 1')?.syncId, link?.syncId);
  });

  it('its own notification is an echo, between the two rows and after them', async () => {
    const { outbound, inbound } = await live();
    await outbound();
    assert.deepEqual(await inbound('item 1'), { messages: [], codes: ['echo'] });
    await outbound();
    assert.deepEqual(await inbound('item 1'), { messages: [], codes: ['echo'] });
  });

  for (const order of ['before', 'after'] as const) {
    it(`the service dies when a new pattern has made Exchange forget them: told of it ${order} the row comes again, they stay`, async () => {
      const first = await live();
      while ((await first.outbound()) > 0);
      // An occurrence that comes back: Exchange takes it with a new pattern only.
      exceptions = [moved];
      await subject.erp.run("UPDATE appointment SET location = 'Room 1'");
      mailbox.after.write = () => {
        mailbox.edit('item 1', (item) => (item.kind === 'appointment' ? { ...item, exceptions: [] } : item));
        throw new Error('the line is cut');
      };
      const dead = () => Promise.reject(new Error('dead'));
      const { store } = subject.database;
      const close: typeof store.close = (closings) => (closings.length === 0 ? store.close(closings) : dead());
      const dying = await live({ ...subject.database, store: { ...store, release: dead, close } });
      await assert.rejects(() => dying.outbound(), /dead/);
      mailbox.after.write = () => undefined;
      subject.pass(120_000);

      const next = await live();
      if (order === 'after') while ((await next.outbound()) > 0);
      for (const message of (await next.inbound('item 1')).messages) {
        const { output } = await next.resolver.resolve(await next.mapper.map(message));
        assert.equal(output, 'nothing', 'the ERP keeps its exceptions');
      }
      while ((await next.outbound()) > 0);
      assert.deepEqual(exceptionsOf(mailbox.items.get('item 1')?.item), inExchange.slice(1));
    });
  }
});
