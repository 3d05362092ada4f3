/**
 * Two firms in one Node-RED, as the README says: the shipped flow imported a second time, with variables of its own. Both firms have the
 * same employees, the same mailbox names, the same keys and even the same name of the Exchange connection.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { startSimulator } from '../../simulator/testing';
import type { ItemForm, Simulator } from '../../simulator/testing';
import { createTestErp, type ErpAppointmentForm, type TestErp } from '../../testing/erp';
import { until, untilQuiet } from '../../testing/wait';
import { asTenant, shippedFlow } from '../support/shipped-flow';
import { employees, service, startSite } from '../support/site';
import type { Site } from '../support/site';

const [anna] = employees;

const meeting = { kind: 'appointment', start: '2026-12-01T09:00', end: '2026-12-01T10:00' } as const;
const inExchange = (subject: string): ItemForm => ({ ...meeting, subject });
const inErp = (subject: string): ErpAppointmentForm => ({ ...meeting, subject });

describe('two tenants in one Node-RED', () => {
  let site: Site;
  let secondErp: TestErp;
  let first: Simulator;
  let second: Simulator;

  before(async function () {
    this.timeout(60_000);
    second = await startSimulator({
      mailboxes: employees.map((address) => ({ address, password: 'demo' })),
      serviceAccounts: [service],
    });
    const flow = shippedFlow('bidirectional-sync.json');
    const gone = asTenant(flow, 3, 'Firm without database');
    site = await startSite([...flow, ...asTenant(flow, 2, 'Second firm'), ...gone], {
      environment: {
        EWS2_URL: second.url,
        EWS2_USER: service.address,
        EWS2_PASSWORD: service.password,
        EWS2_PLAIN_HTTP: 'true',
        EWS3_URL: second.url,
        EWS3_USER: service.address,
        EWS3_PASSWORD: service.password,
        EWS3_PLAIN_HTTP: 'true',
      },
      watched: ['sync-debug-list', 'tenant2-debug-list', 'sync-switch', 'tenant2-switch'],
      prepare: ({ folder, simulator }) => {
        first = simulator;
        secondErp = createTestErp(path.join(folder, 'second.sqlite'), employees);
        process.env['ERP2_DATABASE'] = secondErp.file;
        process.env['ERP3_DATABASE'] = path.join(folder, 'gone.sqlite');
      },
    });
    for (const server of [first, second]) {
      await until('the streams are open', () => server.requests.count('GetStreamingEvents') > 0, 30_000);
    }
  });
  after(async () => {
    await site.stopNodeRed();
    secondErp.close();
    await site.stop();
    await second.close();
    for (const name of ['ERP2_DATABASE', 'ERP3_DATABASE']) Reflect.deleteProperty(process.env, name);
  });

  const rows = (database: DatabaseSync, sql: string): readonly Readonly<Record<string, unknown>>[] => database.prepare(sql).all();
  const databases = () => ({ first: site.erp, second: secondErp.database });
  const waiting = (database: DatabaseSync) => rows(database, "SELECT id FROM sync_journal WHERE state IN ('open', 'leased')").length;
  const quiet = () =>
    untilQuiet('both firms', () => {
      const { first: a, second: b } = databases();
      return (
        waiting(a) + waiting(b) + 1_000 * (rows(a, 'SELECT id FROM sync_journal').length + rows(b, 'SELECT id FROM sync_journal').length)
      );
    });
  const subjects = {
    exchange: (server: Simulator) =>
      server
        .items(anna, 'calendar')
        .map(({ subject }) => subject)
        .sort(),
    erp: (database: DatabaseSync) =>
      rows(database, 'SELECT subject FROM appointment ORDER BY subject').map(({ subject }) => String(subject)),
  };

  it('each firm keeps its own two sides in step, and nothing of the other arrives', async () => {
    site.erp.exec(
      `INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (1, 'A by ERP', '2026-12-01T09:00', '2026-12-01T10:00')`,
    );
    secondErp.create(anna, inErp('B by ERP'));
    first.create(anna, inExchange('A by Exchange'));
    second.create(anna, inExchange('B by Exchange'));
    const whole = (letter: string) => [`${letter} by ERP`, `${letter} by Exchange`];
    await until('all four are on both sides', () =>
      [subjects.exchange(first), subjects.exchange(second), subjects.erp(site.erp), subjects.erp(secondErp.database)].every(
        (list) => list.length === 2,
      ),
    );
    await quiet();
    assert.deepEqual([subjects.exchange(first), subjects.erp(site.erp)], [whole('A'), whole('A')]);
    assert.deepEqual([subjects.exchange(second), subjects.erp(secondErp.database)], [whole('B'), whole('B')]);
  });

  it('journal, links and folder states are those of the own firm, although keys and names are the same', () => {
    const { first: a, second: b } = databases();
    const links = (database: DatabaseSync) => rows(database, 'SELECT exchange_id, sync_id FROM sync_link');
    const ids = (server: Simulator) => server.items(anna, 'calendar').map(({ id }) => id);
    for (const [own, server] of [
      [a, first],
      [b, second],
    ] as const) {
      assert.equal(links(own).length, 2);
      assert.deepEqual(
        links(own)
          .map(({ exchange_id }) => String(exchange_id))
          .sort(),
        [...ids(server)].sort(),
      );
      const entries = rows(own, 'SELECT erp_id, employee_id, state FROM sync_journal');
      assert.ok(entries.length >= 2 && entries.every(({ state, employee_id }) => state !== 'failed' && String(employee_id) === '1'));
      assert.ok(rows(own, 'SELECT * FROM sync_folder_state').length > 0);
    }
    const states = (database: DatabaseSync) =>
      rows(database, 'SELECT sync_state FROM sync_folder_state').map(({ sync_state }) => sync_state);
    assert.deepEqual(
      states(a).filter((state) => states(b).includes(state)),
      [],
    );
  });

  it('a list of sync-control is that of its own firm', async () => {
    for (const [control, list, letter] of [
      ['sync-control', 'sync-debug-list', 'A'],
      ['tenant2-control', 'tenant2-debug-list', 'B'],
    ] as const) {
      site.send(control, { payload: { action: 'status' } });
      const answer = await until('status', () => site.messagesAt(list).at(-1));
      const status: unknown = answer['payload'];
      assert.equal(Reflect.get(Object(status), 'tenant'), letter === 'A' ? 'ERP' : 'Second firm');
    }
  });

  it('a check corrects its own firm and does not look into the other', async () => {
    await quiet();
    const { second: b } = databases();
    // A difference that the sync did not see: its row was taken out of the journal.
    b.exec("UPDATE appointment SET subject = 'B changed behind' WHERE subject = 'B by ERP'; DELETE FROM sync_journal WHERE state = 'open'");
    const journalOfA = site.journal().length;
    site.send('tenant2-check', { payload: { correct: true, from: '2026-11-01', to: '2026-12-31' } });
    await until('the correction has arrived', () => subjects.exchange(second).includes('B changed behind'));
    assert.equal(site.journal().length, journalOfA);
    assert.deepEqual(subjects.exchange(first), ['A by ERP', 'A by Exchange']);
  });

  it('a firm whose database is not there says so at every node, and only there', () => {
    for (const [id, fill] of [
      ['outbox', 'yellow'],
      ['notify', 'yellow'],
      ['write-erp', 'yellow'],
    ] as const) {
      assert.equal(site.statusOf(`tenant3-${id}`)?.fill, fill, id);
      for (const healthy of ['sync', 'tenant2']) assert.notEqual(site.statusOf(`${healthy}-${id}`)?.fill, 'yellow', `${healthy}-${id}`);
    }
    assert.deepEqual(site.errors, []);
  });

  it("a firm whose database is locked waits alone; the other's changes go on", async () => {
    await quiet();
    const unlock = secondErp.lock();
    try {
      second.create(anna, inExchange('B meanwhile'));
      site.erp.exec(
        `INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (1, 'A meanwhile', '2026-12-02T09:00', '2026-12-02T10:00')`,
      );
      await until('arrived', () => subjects.exchange(first).includes('A meanwhile'));
    } finally {
      unlock();
    }
    await until('arrived after the lock', () => subjects.erp(secondErp.database).includes('B meanwhile'));
  });
});
