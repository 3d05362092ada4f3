import assert from 'node:assert/strict';
import { openSqliteSubject, type SqliteSubject } from '../../../contract/erp/sqlite-subject';
import { appointment, createWrite, done, exchangeAppointment, leaseInbound } from '../../../contract/erp/subject';
import type { ErpRecord, Fields } from '../../../../lib/model/item';
import type { InboundWrite } from '../../../../lib/erp/store';

describe('what the ERP makes of a write', () => {
  let subject: SqliteSubject;
  beforeEach(async () => {
    subject = await openSqliteSubject();
  });
  afterEach(() => subject.close());

  const create = async (record: ErpRecord): Promise<string> => {
    const write = createWrite(await leaseInbound(subject.database));
    if (write.action.type !== 'create') throw new Error('no create');
    const [result] = await subject.database.store.commitInbound([{ ...write, action: { ...write.action, record } }]);
    assert.equal(result?.status, 'written');
    return result.erpId;
  };
  const link = async () => {
    const [known] = await subject.database.store.linksBySyncId(['s1']);
    assert.ok(known);
    return known;
  };
  const change = async (erpId: string, changes: Fields): Promise<void> => {
    const { id, version, erpBase } = await link();
    const [entry] = await subject.database.records.read('appointment', [erpId]);
    assert.ok(entry);
    const update = {
      id,
      version,
      erpBase: { ...erpBase, ...changes },
      exchangeBase: exchangeAppointment,
      exchangeId: 'X1',
      changeKey: 'k2',
    };
    const write: InboundWrite = {
      journalId: await leaseInbound(subject.database, { operation: 'update' }),
      instance: 'a',
      outcome: done,
      kind: 'appointment',
      employeeId: '1',
      action: { type: 'update', erpId, changes, expected: entry.record, link: update },
    };
    const [result] = await subject.database.store.commitInbound([write]);
    assert.equal(result?.status, 'written');
  };
  const queued = async () => (await subject.database.store.list({ direction: 'outbound' })).length;
  const trigger = (event: string, assignment: string) =>
    subject.erp.run(`CREATE TRIGGER own AFTER ${event} ON appointment BEGIN UPDATE appointment SET ${assignment} WHERE id = NEW.id; END`);

  it('is the base of the link after a creation', async () => {
    await trigger('INSERT', "subject = upper(subject), location = 'Wien'");
    await create(appointment());
    assert.deepEqual((await link()).erpBase, appointment({ subject: 'BESUCH', location: 'Wien' }));
  });

  it('is the base of what an update wrote, so that it is no change of the ERP', async () => {
    await trigger('UPDATE OF subject', 'subject = upper(subject)');
    const id = await create(appointment());
    await change(id, { subject: 'Neu' });
    assert.deepEqual((await link()).erpBase, appointment({ subject: 'NEU' }));
    assert.equal(await queued(), 0);
  });

  it('travels to Exchange where it is more than what was written', async () => {
    await trigger('UPDATE OF subject', "location = 'Wien'");
    const id = await create(appointment());
    await change(id, { subject: 'Neu' });
    assert.deepEqual((await link()).erpBase, appointment({ subject: 'Neu' }));
    const [row, ...others] = await subject.database.store.list({ direction: 'outbound' });
    assert.equal(others.length, 0);
    assert.deepEqual([row?.operation, row?.erpId, row?.employeeId, row?.state], ['update', id, '1', 'open']);
  });

  it('leaves a change of the ERP that has not travelled yet a change', async () => {
    const id = await create(appointment());
    await subject.erp.run("UPDATE appointment SET location = 'Linz'");
    await change(id, { subject: 'Neu' });
    assert.deepEqual((await link()).erpBase, appointment({ subject: 'Neu' }));
    assert.equal(await queued(), 1);
  });
});
