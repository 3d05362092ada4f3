/** An appointment with a coloured activity type on its way into Exchange: the mailbox knows the colour first, and no item waits for it. */
import assert from 'node:assert/strict';
import type { MailboxCategory } from '../../../lib/model/category-colour';
import { createMapping } from '../../../lib/mapping/mapping';
import { SyncError } from '../../../lib/model/error';
import { createExchangeRuntime, createTenantRuntime } from '../../../lib/sync/create-runtime';
import { createExchangeWriter } from '../../../lib/sync/exchange-writer';
import { createMapper } from '../../../lib/sync/mapper';
import { buildOutbound } from '../../../lib/sync/messages/outbound';
import { createResolver } from '../../../lib/sync/resolver';
import { openSqliteSubject, type SqliteSubject } from '../../contract/erp/sqlite-subject';
import { claimOf } from '../../contract/erp/subject';
import { memoryMailbox, type MemoryMailbox } from './memory-mailbox';

describe('colours of activity types on their way into Exchange (D7)', () => {
  let subject: SqliteSubject;
  let mailbox: MemoryMailbox;
  beforeEach(async () => {
    subject = await openSqliteSubject();
    mailbox = memoryMailbox();
    await subject.erp.run("INSERT INTO activity_type (id, no, description, colour) VALUES (77, '77', 'Inspection', 'dark red')");
    await visit('Visit');
  });
  afterEach(() => subject.close());

  const visit = (text: string): Promise<void> =>
    subject.erp.run(
      `INSERT INTO appointment (employee_id, subject, start_at, end_at, activity_type_id)
       VALUES (1, ?, '2026-03-28T09:00:00', '2026-03-28T10:00:00', 77)`,
      text,
    );

  /** Writes all that waits; answers what was told beside. */
  const outbound = async (ensureCategories: (mailbox: string, categories: readonly MailboxCategory[]) => Promise<void>) => {
    const told: SyncError[] = [];
    const tenant = await createTenantRuntime(subject.database, { name: 'ERP', userFolder: '/u', leaseMs: 60_000, maxAttempts: 3 });
    const connection = { ...mailbox.connection, ensureCategories };
    const exchange = createExchangeRuntime(connection, { name: 'main', employees: '', batchSize: 10 });
    const mapper = createMapper({ tenant, mapping: createMapping() });
    const resolver = createResolver({ tenant, exchange, rule: 'last', conferences: 'sync' });
    const writer = createExchangeWriter({ tenant, exchange }, (error) => told.push(error));
    const { messages } = await buildOutbound(tenant, await tenant.database.store.claim(claimOf('outbound', tenant.instance)));
    for (const message of messages) {
      const resolution = await resolver.resolve(await mapper.map(message));
      if (resolution.output === 'write') await writer.write(resolution.message);
    }
    return told;
  };

  it('are in the list of the mailbox before the item is', async () => {
    const asked: unknown[] = [];
    await outbound((_, categories) => {
      asked.push(categories, mailbox.created.length);
      return Promise.resolve();
    });
    assert.deepEqual(asked, [[{ name: 'ES_77_Inspection', colour: 'darkRed' }], 0]);
    assert.deepEqual(
      mailbox.created.map(({ categories }) => categories),
      [['ES_77_Inspection']],
    );
  });

  it('that cannot be put there stop no item, and it is told once for the mailbox', async () => {
    await visit('Another');
    const told = await outbound(() => Promise.reject(new SyncError('category-list-unreadable', 'item', 'Unreadable.')));
    assert.equal(mailbox.created.length, 2);
    assert.deepEqual(
      told.map(({ code, params }) => [code, params]),
      [['category-colours-missing', { mailbox: 'anna@x.test', reason: 'category-list-unreadable' }]],
    );
  });

  it('that are only late are told nobody', async () => {
    assert.deepEqual(await outbound(() => Promise.reject(new SyncError('item-changed', 'retry', 'Later.'))), []);
    await visit('Another');
    assert.deepEqual(await outbound(() => Promise.reject(new SyncError('server-unreachable', 'connection', 'Down.'))), []);
    assert.equal(mailbox.created.length, 2);
  });
});
