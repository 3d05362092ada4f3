import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createErpPage } from '../../../demo/erp-page';
import { installSampleFirm, sampleMailboxes } from '../../../demo/sample-firm';
import { openErpDatabase } from '../../../lib/erp/open';

describe('the sample firm and its ERP page', () => {
  let folder = '';
  let file = '';
  let server: Server;
  let base = '';
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'firm-'));
    file = path.join(folder, 'new', 'erp.sqlite');
    await installSampleFirm(file, new Date(2026, 2, 25));
    server = createServer(createErpPage({ file, basePath: '/erp' })).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    base = `http://127.0.0.1:${address.port}/erp`;
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    rmSync(folder, { recursive: true, force: true });
  });

  const rows = (sql: string) => {
    const database = new DatabaseSync(file);
    const all = database.prepare(sql).all();
    database.close();
    return all.map((row) => ({ ...row }));
  };
  const post = (route: string, form: unknown, headers: Record<string, string> = {}) =>
    fetch(`${base}/api/${route}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(form),
    });
  const pageOf = async (from: string, to: string) =>
    (await (await fetch(`${base}/api/page?employee=1&from=${from}&to=${to}`)).json()) as {
      appointments: { subject: string; days: string[] }[];
    };

  it('is installed once, and every record can be read by the sync', async () => {
    await installSampleFirm(file, new Date());
    assert.equal(rows('SELECT id FROM employee').length, sampleMailboxes.length);
    assert.equal(sampleMailboxes[0]?.address, 'office@demo.example');
    const database = await openErpDatabase({ connection: { driver: 'sqlite', file: file }, timeZone: 'Europe/Vienna' });
    for (const employee of await database.records.employees()) {
      for (const kind of ['appointment', 'task'] as const) {
        const found = await database.records.listWindow(kind, employee.id, '2026-01-01T00:00:00', '2026-12-31T00:00:00');
        assert.ok(found.length > 0, `${employee.name} has no ${kind}`);
      }
    }
    await database.close();
  });

  it('shows a series on each of its days', async () => {
    const { appointments } = await pageOf('2026-03-30', '2026-04-06');
    assert.deepEqual(appointments.find(({ subject }) => subject === 'Wochenbesprechung')?.days, ['2026-03-30']);
    assert.equal(appointments.find(({ subject }) => subject.startsWith('Post'))?.days.length, 7);
  });

  it('creates, changes and deletes an appointment with everything that belongs to it', async () => {
    const form = {
      employee: 2,
      subject: 'Neu <b>',
      start: '2026-03-28T09:00',
      end: '2026-03-29T10:00',
      allDay: true,
      rule: '',
      type: 1,
      reminder: 5,
    };
    assert.equal((await post('appointment', { ...form, participants: [1, 2, 3], equipment: [1] })).status, 200);
    const [stored] = rows("SELECT * FROM appointment WHERE subject = 'Neu <b>'");
    assert.equal(stored?.['start_at'], '2026-03-28 00:00:00');
    assert.equal(stored['end_at'], '2026-03-30 00:00:00');
    assert.equal(stored['updated_by'], 'erp');
    const id = Number(stored['id']);
    assert.deepEqual(rows(`SELECT employee_id FROM appointment_participant WHERE appointment_id = ${id}`), [
      { employee_id: 1 },
      { employee_id: 3 },
    ]);
    assert.equal((await post('appointment', { ...form, id, subject: 'Anders', participants: [3] })).status, 200);
    assert.deepEqual(rows(`SELECT employee_id FROM appointment_participant WHERE appointment_id = ${id}`), [{ employee_id: 3 }]);
    assert.equal((await post('appointment/delete', { id })).status, 200);
    assert.deepEqual(await (await post('appointment/delete', { id })).json(), { error: 'gone' });
  });

  it('completes and reopens a task', async () => {
    assert.equal((await post('task', { employee: 1, subject: 'T', percent: 30 })).status, 200);
    const task = () => rows("SELECT id, status, percent_complete FROM task WHERE subject = 'T'")[0];
    assert.equal(task()?.['status'], 'inProgress');
    await post('task/toggle', { id: task()?.['id'], done: true });
    assert.equal(task()?.['percent_complete'], 100);
    await post('task/toggle', { id: task()?.['id'], done: false });
    assert.equal(task()?.['status'], 'notStarted');
  });

  it('refuses what other sites send, and says when the database is locked or refuses', async () => {
    assert.equal((await post('task', { employee: 1, subject: 'x' }, { Origin: 'http://evil.test' })).status, 403);
    assert.equal((await post('task', { employee: 1, subject: 'x' }, { 'Content-Type': 'text/plain' })).status, 403);
    assert.equal((await post('task', { employee: 1, subject: ' ' })).status, 400);
    assert.equal((await post('task', { employee: 99, subject: 'x' })).status, 400);
    assert.equal((await fetch(`${base}/api/../../../etc/passwd`)).status, 404);
    assert.equal((await fetch(`${base}/../package.json`)).status, 404);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const locked = await post('task', { employee: 1, subject: 'x' });
    other.close();
    assert.equal(locked.status, 503);
    assert.deepEqual(await locked.json(), { error: 'locked' });
  });
});
