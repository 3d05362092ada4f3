/** An ERP transaction that is still open: claims pass by it, reading and writing other records goes on, and only its own record waits. */
import assert from 'node:assert/strict';
import type { InboundResult, InboundWrite } from '../../../../lib/erp/store';
import { openErpDatabase } from '../../../../lib/erp/open';
import { describeOnMssql } from '../../../support/mssql-server';
import { dropMssqlSubjects, openMssqlSubject, type MssqlSubject } from '../mssql-subject';
import {
  addAppointment,
  addTask,
  appointment,
  claimOf,
  createWrite,
  done,
  exchangeAppointment,
  leaseInbound,
  link,
  newAppointment,
  page,
} from '../subject';

describeOnMssql('an open transaction of the ERP on SQL Server', () => {
  let subject: MssqlSubject;
  beforeEach(async () => {
    subject = await openMssqlSubject();
  });
  afterEach(() => subject.close());
  after(dropMssqlSubjects);

  /** A transaction that is rolled back once the work is done; what waited for it would never have come back. */
  const whileOpen = async (statements: readonly string[], work: () => Promise<void>): Promise<void> => {
    const over = new Error('rolled back');
    const transaction = subject.erp.transaction(async (open) => {
      for (const statement of statements) await open.run(statement);
      await work();
      throw over;
    });
    await assert.rejects(transaction, over);
  };

  it('holds up no claim, whatever it has written', async () => {
    const erpId = await addAppointment(subject.erp);
    const taskId = await addTask(subject.erp);
    await subject.database.store.appendInbound(page(['X1']));
    await whileOpen(
      [newAppointment, "UPDATE appointment SET subject = 'x'", "INSERT INTO task (employee_id, subject) VALUES (1, 'b')"],
      async () => {
        const outbound = await subject.database.store.claim(claimOf('outbound'));
        assert.deepEqual(
          outbound.map(({ entry }) => [entry.kind, entry.erpId]),
          [
            ['appointment', erpId],
            ['task', taskId],
          ],
        );
        assert.equal((await subject.database.store.claim(claimOf('inbound'))).length, 1);
      },
    );
    assert.deepEqual(await subject.database.store.claim(claimOf('outbound')), [], 'nothing of it was committed');
  });

  it('holds up no write of other records, and no row that ends', async () => {
    const held = await addAppointment(subject.erp);
    const [row] = await subject.database.store.claim(claimOf('outbound'));
    assert.ok(row);
    await whileOpen([`UPDATE appointment SET subject = 'x' WHERE id = ${held}`], async () => {
      const [created] = await subject.database.store.commitInbound([createWrite(await leaseInbound(subject.database))]);
      assert.equal(created?.status, 'written');
      assert.deepEqual(
        await subject.database.store.close([{ journalId: row.entry.id, instance: 'a', outcome: done, link: { type: 'keep' } }]),
        [true],
      );
    });
  });

  /** A change of the appointment that the ERP's transaction holds. */
  const changeOf = async (erpId: string): Promise<InboundWrite> => {
    const [stored] = await subject.database.store.savePending([link({ erpId })]);
    assert.ok(stored);
    const erpBase = appointment({ subject: 'Neu' });
    const update = { ...stored, erpBase, exchangeBase: exchangeAppointment, exchangeId: 'X1', changeKey: 'k2' };
    const action = { type: 'update', erpId, changes: { subject: 'Neu' }, expected: appointment(), link: update } as const;
    const journalId = await leaseInbound(subject.database, { operation: 'update' });
    return { journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action };
  };

  it('keeps what it wrote: a write of its own record that comes meanwhile begins anew, or leaves it to be told to Exchange', async () => {
    const erpId = await addAppointment(subject.erp);
    const write = await changeOf(erpId);
    let answer: Promise<readonly InboundResult[]> = Promise.resolve([]);
    await subject.erp.transaction(async (open) => {
      await open.run("UPDATE appointment SET location = 'dort' WHERE id = ?", erpId);
      answer = subject.database.store.commitInbound([write]);
      await subject.erp.now();
    });
    const [result] = await answer;
    const [entry] = await subject.database.records.read('appointment', [erpId]);
    const [stored] = await subject.database.store.linksBySyncId(['s1']);
    // SQL Server reads with the lock, so the write has seen the change; servers without UPDLOCK carry out both.
    const isWritten = result?.status === 'written';
    assert.ok(isWritten || result?.status === 'changed', JSON.stringify(result));
    assert.deepEqual(entry?.record, appointment(isWritten ? { subject: 'Neu', location: 'dort' } : { location: 'dort' }));
    assert.deepEqual(stored?.erpBase, appointment(isWritten ? { subject: 'Neu' } : {}), 'the ERP’s change is not taken for known');
    const waiting = await subject.database.store.list({ direction: 'outbound', states: ['open'] });
    assert.ok(waiting.some((row) => row.erpId === erpId));
  });

  it('that does not end is named, and nothing of the write stays', async () => {
    const erpId = await addAppointment(subject.erp);
    const write = await changeOf(erpId);
    const connection = { ...subject.own.connection, requestTimeoutMs: 1500 };
    const impatient = await openErpDatabase({ connection, timeZone: 'Europe/Vienna', now: subject.now });
    await whileOpen([`UPDATE appointment SET location = 'dort' WHERE id = ${erpId}`], async () => {
      await assert.rejects(impatient.store.commitInbound([write]), { scope: 'connection', code: /^erp-(timeout|locked)$/ });
    });
    await impatient.close();
    const [entry] = await subject.database.records.read('appointment', [erpId]);
    assert.deepEqual(entry?.record, appointment());
    assert.equal((await subject.database.store.entry(write.journalId))?.entry.state, 'leased');
    assert.deepEqual(
      (await subject.database.store.commitInbound([write])).map(({ status }) => status),
      ['written'],
    );
  });
});
