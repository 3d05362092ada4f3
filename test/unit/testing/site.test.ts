import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { startTestSite, type ErpForm, type TestSite } from '../../../testing';

const anna = 'anna@x.test';
const ben = 'ben@x.test';
const meeting: ErpForm = { kind: 'appointment', subject: 'Jour fixe', start: '2026-12-01T09:00', end: '2026-12-01T10:00' };

describe('startTestSite', () => {
  let site: TestSite;
  beforeEach(async () => {
    site = await startTestSite({ employees: [anna, ben], environment: { SITE_TEST: 'set' } });
  });
  afterEach(() => site.close());

  it('has a mailbox and a record in the ERP for each employee, both empty', () => {
    for (const employee of [anna, ben]) {
      assert.deepEqual(site.exchange.items(employee, 'calendar'), []);
      assert.deepEqual(site.erp.items(employee), []);
    }
    assert.throws(() => site.erp.items('nobody@x.test'), /no employee nobody@x.test/);
  });

  it('writes and reads the ERP in its own words', () => {
    const id = site.erp.create(anna, { ...meeting, categories: ['VIP', 'Messe'], reminderMinutes: 10 });
    site.erp.create(ben, { kind: 'task', subject: 'Angebot', dueDate: '2026-12-05' });
    site.erp.update(id, { kind: 'appointment', location: 'Linz', reminderMinutes: null });
    assert.deepEqual(site.erp.items(anna), [
      {
        id,
        kind: 'appointment',
        subject: 'Jour fixe',
        body: '',
        location: 'Linz',
        start: '2026-12-01T09:00',
        end: '2026-12-01T10:00',
        allDay: false,
        reminderMinutes: null,
        freeBusy: 'busy',
        recurrenceRule: null,
        sensitivity: 'normal',
        priority: 3,
        categories: ['VIP', 'Messe'],
      },
    ]);
    assert.deepEqual(
      site.erp.items(ben).map(({ kind, subject }) => [kind, subject]),
      [['task', 'Angebot']],
    );
    site.erp.delete(id, 'appointment');
    assert.deepEqual(site.erp.items(anna), []);
    assert.throws(() => site.erp.delete(id, 'appointment'), /no appointment/);
    assert.throws(() => site.erp.update(id, meeting), /no appointment/);
  });

  it('waits for an item on either side', async () => {
    const inExchange = site.inExchange(anna, { subject: 'Later' });
    const inErp = site.inErp(ben, (record) => record.priority === 1);
    site.exchange.create(anna, { kind: 'task', subject: 'Later' });
    site.erp.create(ben, { ...meeting, priority: 1 });
    assert.equal((await inExchange).element, 'Task');
    assert.equal((await inErp).subject, 'Jour fixe');
  });

  it('waits until an item is gone from either side', async () => {
    const item = site.exchange.create(anna, { kind: 'task', subject: 'Short' });
    const record = site.erp.create(anna, meeting);
    const both = [site.goneFromExchange(anna, { subject: 'Short' }), site.goneFromErp(anna, { subject: 'Jour fixe' })];
    site.exchange.delete(anna, item);
    site.erp.delete(record, 'appointment');
    await Promise.all(both);
  });

  it('locks the ERP as another program does', () => {
    site.erp.database.exec('PRAGMA busy_timeout = 0');
    const release = site.erp.lock();
    assert.throws(() => site.erp.create(anna, meeting), /locked/);
    release();
    site.erp.create(anna, meeting);
    assert.equal(site.erp.items(anna).length, 1);
  });

  it('has no journal before the sync was ever started', () => {
    assert.deepEqual(site.journal(), []);
  });
});

describe('a closed site', () => {
  it('leaves neither server, nor folder, nor environment behind', async () => {
    const before = { ...process.env };
    const site = await startTestSite({ environment: { SITE_TEST: 'set' } });
    assert.equal(process.env['SITE_TEST'], 'set');
    assert.equal(process.env['EWS_URL'], site.exchange.url);
    await site.close();
    assert.deepEqual({ ...process.env }, before);
    assert.equal(existsSync(site.folder), false);
    await assert.rejects(fetch(site.exchange.url));
  });
});
