/**
 * What users of such tools complain about most (exchange-facts, last section): each is a promise of its own here, through the deployed flow.
 * One site for all; every complaint has items of its own.
 */
import assert from 'node:assert/strict';
import type { SQLInputValue } from 'node:sqlite';
import type { AppointmentForm, ItemView } from '../../simulator/testing';
import { until } from '../../testing/wait';
import { openOutlook } from '../histories/outlook';
import { shippedFlow } from '../support/shipped-flow';
import { employees, service, startSite } from '../support/site';
import type { Site } from '../support/site';

const [anna, ben, cora] = employees;

const instant = (text: string | undefined): string => new Date(text ?? '').toISOString();

describe('the fifteen complaints', function () {
  this.timeout(40_000);
  let site: Site;
  before(async () => {
    site = await startSite(shippedFlow('bidirectional-sync.json'));
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await until('the folders were read', () => site.simulator.requests.count('SyncFolderItems') >= 2 * employees.length, 30_000);
  });
  after(() => site.stop());

  const insert = (row: Readonly<Record<string, SQLInputValue>>, table = 'appointment'): number => {
    const times = table === 'appointment' ? { start_at: '2026-12-01 09:00', end_at: '2026-12-01 10:00' } : {};
    const columns = { employee_id: 1, ...times, ...row };
    const names = Object.keys(columns);
    const statement = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    return Number(site.erp.prepare(statement).run(...Object.values(columns)).lastInsertRowid);
  };
  const change = (id: number, row: Readonly<Record<string, SQLInputValue>>): void => {
    const assignments = Object.keys(row).map((name) => `${name} = ?`);
    site.erp.prepare(`UPDATE appointment SET ${assignments.join(', ')} WHERE id = ?`).run(...Object.values(row), id);
  };
  const rows = (subject: string) => site.erp.prepare('SELECT * FROM appointment WHERE subject = ?').all(subject);
  const items = (subject: string, mailbox: string = anna): readonly ItemView[] =>
    site.simulator.items(mailbox, 'calendar').filter((item) => item.subject === subject);
  const inExchange = (subject: string, fits: (item: ItemView) => boolean = () => true, mailbox: string = anna): Promise<ItemView> =>
    until(`${subject} is in Exchange`, () => items(subject, mailbox).find(fits));
  const inErp = (subject: string, fits: (row: Readonly<Record<string, unknown>>) => boolean = () => true) =>
    until(`${subject} is in the ERP`, () => rows(subject).find(fits));
  const enter = (subject: string, form: Partial<AppointmentForm> = {}, mailbox: string = anna): string =>
    site.simulator.create(mailbox, { start: '2026-12-02T09:00', end: '2026-12-02T10:00', ...form, kind: 'appointment', subject });
  const ended = (): Promise<unknown> =>
    until('no row waits', () => site.journal().every(({ state }) => state !== 'open' && state !== 'leased'), 30_000);
  /** An appointment that both sides have. */
  const shared = async (subject: string, row: Readonly<Record<string, SQLInputValue>> = {}): Promise<{ id: number; item: ItemView }> => {
    const id = insert({ subject, ...row });
    const item = await inExchange(subject);
    await ended();
    return { id, item };
  };

  it('complaint 1: an aborted download and a lost sync state delete nothing', async () => {
    await shared('bleibt');
    site.simulator.faults.add({ operation: 'SyncFolderItems', account: service.address, action: { kind: 'truncate' }, times: 2 });
    site.simulator.strike('loseSyncStates', anna);
    enter('danach');
    await inErp('danach');
    await ended();
    assert.deepEqual([rows('bleibt').length, items('bleibt').length], [1, 1]);
  });

  it('complaint 2: what no longer belongs to the sync is deleted on neither side', async () => {
    insert({ subject: 'außerhalb', employee_id: 3 });
    await inExchange('außerhalb', undefined, cora);
    await ended();
    site.send('sync-control', { payload: { action: 'set-employee', employee: '3', options: { direction: 'off' } } });
    await until('the option is stored', () => site.erp.prepare("SELECT 1 AS n FROM sync_employee WHERE employee_id = '3'").get());
    site.erp.exec("UPDATE appointment SET location = 'anderswo' WHERE subject = 'außerhalb'");
    await until('it was left alone', () => site.journal().some(({ noteCode }) => noteCode === 'direction-off'));
    await ended();
    assert.deepEqual([rows('außerhalb').length, items('außerhalb', cora).map(({ location }) => location)], [1, ['']]);
  });

  it('complaint 3: the sync sends no invitation, update or cancellation', async () => {
    const sent = () =>
      [anna, ben].flatMap((mailbox) => ['inbox', 'sentitems'].flatMap((folder) => site.simulator.items(mailbox, folder))).length;
    const before = sent();
    const requests: string[] = [];
    const unlisten = site.simulator.onRequest(({ body, caller }) => {
      if (caller === service.address) requests.push(body);
    });
    const id = insert({ subject: 'ohne Einladung' });
    site.erp.prepare('INSERT INTO appointment_participant (appointment_id, employee_id) VALUES (?, 2)').run(id);
    await inExchange('ohne Einladung');
    await inExchange('ohne Einladung', undefined, ben);
    change(id, { location: 'Saal' });
    await inExchange('ohne Einladung', ({ location }) => location === 'Saal', ben);
    await ended();
    unlisten();
    assert.equal(sent(), before);
    assert.ok(requests.every((body) => !/SendMeeting\w+="SendTo(?!None)/.test(body)));
  });

  it('complaint 4: a lost answer doubles nothing', async () => {
    site.simulator.faults.add({ operation: 'CreateItem', account: service.address, action: { kind: 'dropAfter' } });
    insert({ subject: 'einmal' });
    await inExchange('einmal');
    await ended();
    assert.equal(items('einmal').length, 1);
  });

  it('complaint 5: a deleted and a changed occurrence of a series arrive, once, both ways', async () => {
    const { id } = await shared('Serie', { recurrence_rule: 'FREQ=DAILY;COUNT=5' });
    site.erp
      .prepare("INSERT INTO appointment_exception (appointment_id, original_start, deleted) VALUES (?, '2026-12-02 09:00:00', 1)")
      .run(id);
    const master = await inExchange('Serie');
    const outlook = openOutlook(site.simulator, anna, 'demo');
    await until('the second occurrence is gone in Exchange', async () =>
      (await outlook.read(master.id)).includes('<t:DeletedOccurrences>'),
    );
    await ended();
    assert.ok(await outlook.changeOccurrence(master.id, 4, { Location: 'Wien' }));
    const exceptions = () =>
      site.erp
        .prepare(
          'SELECT substr(original_start, 1, 10) AS day, deleted, location FROM appointment_exception WHERE appointment_id = ? ORDER BY 1',
        )
        .all(id)
        .map((row) => ({ ...row }));
    await until('both are in the ERP', () => exceptions().length === 2);
    assert.deepEqual(exceptions(), [
      { day: '2026-12-02', deleted: 1, location: null },
      { day: '2026-12-04', deleted: 0, location: 'Wien' },
    ]);
    assert.deepEqual([rows('Serie').length, items('Serie').length], [1, 1]);
  });

  it('complaint 6: an all-day appointment keeps its day, both ways', async () => {
    await shared('Feiertag', { start_at: '2026-12-08', end_at: '2026-12-09', all_day: 1 });
    const [item] = items('Feiertag');
    assert.deepEqual(
      [instant(item?.start), instant(item?.end), item?.allDay],
      ['2026-12-07T23:00:00.000Z', '2026-12-08T23:00:00.000Z', true],
    );
    enter('Urlaub', { allDay: true, start: '2027-07-01T00:00', end: '2027-07-03T00:00' });
    const row = await inErp('Urlaub');
    assert.deepEqual(
      [row['all_day'], String(row['start_at']).slice(0, 10), String(row['end_at']).slice(0, 10)],
      [1, '2027-07-01', '2027-07-03'],
    );
  });

  it('complaint 7: a series keeps its local time over the change of the clocks', async () => {
    await shared('Jour fixe', { recurrence_rule: 'FREQ=WEEKLY;COUNT=40', start_at: '2026-10-19 09:00', end_at: '2026-10-19 10:00' });
    const [item] = items('Jour fixe');
    assert.deepEqual([instant(item?.start), item?.zone], ['2026-10-19T07:00:00.000Z', 'Europe/Berlin']);
    await shared('nach der Umstellung', { start_at: '2026-10-26 09:00', end_at: '2026-10-26 10:00' });
    assert.equal(instant(items('nach der Umstellung')[0]?.start), '2026-10-26T08:00:00.000Z');
  });

  it('complaint 8: a change from the ERP leaves the attendees where they are', async () => {
    const { id, item } = await shared('Besprechung');
    const outlook = openOutlook(site.simulator, anna, 'demo');
    assert.ok(await outlook.invite(item.id, 'kunde@elsewhere.test'));
    await ended();
    change(id, { location: 'Raum 2' });
    await inExchange('Besprechung', ({ location }) => location === 'Raum 2');
    assert.ok((await outlook.read(item.id)).includes('kunde@elsewhere.test'));
  });

  it('complaint 9: what is private stays out where an employee wants it so', async () => {
    site.send('sync-control', {
      payload: { action: 'set-employee', employee: '2', options: { privateToErp: false, privateToExchange: false } },
    });
    await until('the option is stored', () => site.erp.prepare("SELECT 1 AS n FROM sync_employee WHERE employee_id = '2'").get());
    enter('Arzt', { sensitivity: 'Private' }, ben);
    insert({ subject: 'Gehalt', employee_id: 2, sensitivity: 'private' });
    enter('offen', {}, ben);
    insert({ subject: 'auch offen', employee_id: 2 });
    await inErp('offen');
    await inExchange('auch offen', undefined, ben);
    await ended();
    assert.deepEqual([rows('Arzt').length, items('Gehalt', ben).length], [0, 0]);
  });

  it('complaint 10: a change is written once and comes back from nowhere', async () => {
    const { id } = await shared('Pingpong');
    const before = site.simulator.requests.writes();
    change(id, { location: 'hin' });
    await inExchange('Pingpong', ({ location }) => location === 'hin');
    await site.quiet();
    assert.equal(site.simulator.requests.writes() - before, 1);
  });

  it('complaint 11: a busy server is asked again until it answers', async () => {
    site.simulator.faults.add({ account: service.address, action: { kind: 'busy', as: 'messages', backOffMs: 0 }, times: 2 });
    insert({ subject: 'Andrang' });
    await inExchange('Andrang');
    enter('Gedränge');
    await inErp('Gedränge');
    await ended();
  });

  it('complaint 12: a cleared field is cleared, and what the other side does not know stays', async () => {
    const { id, item } = await shared('Felder', { body: 'Text', location: 'Linz', reminder_minutes: 15 });
    const outlook = openOutlook(site.simulator, anna, 'demo');
    assert.ok(await outlook.setOwnProperty(item.id, 'Kostenstelle', '4711'));
    await ended();
    change(id, { location: '', body: '', reminder_minutes: null });
    const now = await inExchange(
      'Felder',
      ({ location, body, reminderMinutes }) => location === '' && body === '' && reminderMinutes === null,
    );
    assert.equal(now.extended['Kostenstelle'], '4711');
  });

  it('complaint 13: one bad item fails alone, and says so', async () => {
    insert({ subject: 'schlecht', recurrence_rule: 'FREQ=SECONDLY' });
    insert({ subject: 'gut' });
    await inExchange('gut');
    await ended();
    const failed = site.journal().filter(({ state }) => state === 'failed');
    assert.deepEqual([failed.length, items('schlecht').length], [1, 0]);
  });

  it('complaint 14: after the notifications have died, changes go on arriving', async () => {
    const streams = site.simulator.requests.count('GetStreamingEvents');
    site.simulator.dropSubscriptions();
    site.simulator.dropConnections();
    enter('nach dem Abriss');
    await inErp('nach dem Abriss');
    await until('there is a new stream', () => site.simulator.requests.count('GetStreamingEvents') > streams);
  });

  it('complaint 15: an activity type is a category with its colour, and other categories stay', async () => {
    site.erp.exec("UPDATE activity_type SET colour = 'red' WHERE id = 1");
    const { id } = await shared('Kategorie', { activity_type_id: 1, categories: 'VIP' });
    assert.deepEqual(items('Kategorie')[0]?.categories, ['ES_5_Task', 'VIP']);
    site.simulator.update(anna, items('Kategorie')[0]?.id ?? '', { kind: 'appointment', categories: ['VIP', 'ES_7_Besprechung', 'eigen'] });
    const row = await inErp('Kategorie', (found) => found['activity_type_id'] === 2);
    assert.equal(row['categories'], 'VIP; eigen');
    assert.equal(id, row['id']);
  });
});
