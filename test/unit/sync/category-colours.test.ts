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
    await subject.erp.run(
      `INSERT INTO appointment (employee_id, subject, start_at, end_at, activity_type_id)
       VALUES (1, 'Visit', '2026-03-28T09:00:00', '2026-03-28T10:00:00', 77)`,
    );
  });
  afterEach(() => subject.close());

  const outbound = async (ensureCategories: (mailbox: string, categories: readonly MailboxCategory[]) => Promise<void>) => {
    const tenant = await createTenantRuntime(subject.database, { name: 'ERP', userFolder: '/u', leaseMs: 60_000, maxAttempts: 3 });
    const connection = { ...mailbox.connection, ensureCategories };
    const exchange = createExchangeRuntime(connection, { name: 'main', employees: '', batchSize: 10 });
    const mapper = createMapper({ tenant, mapping: createMapping() });
    const resolver = createResolver({ tenant, exchange, rule: 'last', conferences: 'sync' });
    const writer = createExchangeWriter({ tenant, exchange });
    const { messages } = await buildOutbound(tenant, await tenant.database.store.claim(claimOf('outbound', tenant.instance)));
    for (const message of messages) {
      const resolution = await resolver.resolve(await mapper.map(message));
      if (resolution.output === 'write') await writer.write(resolution.message);
    }
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

  it('that cannot be put there stop no item', async () => {
    await outbound(() => Promise.reject(new SyncError('category-list-unreadable', 'item', 'unreadable')));
    assert.equal(mailbox.created.length, 1);
  });
});
