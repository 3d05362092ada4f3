/** The shipped flow in a real Node-RED, driven end to end: what a person does on one side arrives on the other, once. */
import assert from 'node:assert/strict';
import type { SQLInputValue } from 'node:sqlite';
import type { ItemForm, ItemView } from '../../simulator/testing';
import { employees, startSite } from '../support/site';
import type { Site } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna] = employees;

const utc = (text: string | undefined): string => new Date(text ?? '').toISOString();

describe('the shipped flow', () => {
  let site: Site;
  before(async function () {
    this.timeout(60_000);
    site = await startSite(shippedFlow('bidirectional-sync.json'));
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await site.quiet();
  });
  after(() => site.stop());

  const insert = (table: string, row: Readonly<Record<string, SQLInputValue>>): number => {
    const names = Object.keys(row);
    const statement = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    return Number(site.erp.prepare(statement).run(...Object.values(row)).lastInsertRowid);
  };
  const erpRow = (table: string, subject: string) => site.erp.prepare(`SELECT * FROM ${table} WHERE subject = ?`).get(subject);
  const inMailbox = (folder: string, subject: string): ItemView | undefined =>
    site.simulator.items(anna, folder).find((item) => item.subject === subject);

  /** Runs a change and everything it sets off; how often each side was written. */
  const effectsOf = async (change: () => Promise<unknown>) => {
    await site.quiet();
    const writes = site.simulator.requests.writes();
    const rows = site.journal().length;
    await change();
    await site.quiet();
    return { exchangeWrites: site.simulator.requests.writes() - writes, rows: site.journal().slice(rows) };
  };

  describe('ERP → Exchange', () => {
    it('an appointment with everything a person can fill in', async () => {
      const { exchangeWrites, rows } = await effectsOf(async () => {
        insert('appointment', {
          employee_id: 1,
          subject: 'Äpfel & <Birnen> "q" \'a\' 😀',
          body: 'Zeile 1\nZeile 2 & mehr',
          location: 'Büro <1>',
          start_at: '2026-12-01 09:00:00',
          end_at: '2026-12-01 10:30:00',
          reminder_minutes: 45,
          free_busy: 'outOfOffice',
          sensitivity: 'private',
          priority: 1,
          activity_type_id: 2,
          categories: 'Wichtig; VIP',
        });
        await until('it is in the mailbox', () => inMailbox('calendar', 'Äpfel & <Birnen> "q" \'a\' 😀'));
      });
      const item = inMailbox('calendar', 'Äpfel & <Birnen> "q" \'a\' 😀');
      assert.ok(item);
      assert.equal(item.body.replaceAll('\r\n', '\n'), 'Zeile 1\nZeile 2 & mehr');
      assert.equal(item.location, 'Büro <1>');
      assert.equal(utc(item.start), '2026-12-01T08:00:00.000Z');
      assert.equal(utc(item.end), '2026-12-01T09:30:00.000Z');
      assert.equal(item.reminderMinutes, 45);
      assert.equal(item.freeBusy, 'OOF');
      assert.equal(item.sensitivity, 'Private');
      assert.equal(item.importance, 'High');
      assert.deepEqual(item.categories, ['ES_7_Besprechung', 'Wichtig', 'VIP']);
      assert.equal(exchangeWrites, 1);
      assert.deepEqual(
        rows.map((row) => [row.direction, row.operation, row.state]),
        [['outbound', 'create', 'done']],
      );
    });

    it('a change writes once, and a cleared field is cleared', async () => {
      const { exchangeWrites, rows } = await effectsOf(async () => {
        site.erp.exec(
          "UPDATE appointment SET location = '', reminder_minutes = NULL, activity_type_id = NULL, categories = '' WHERE location = 'Büro <1>'",
        );
        await until('the location is cleared', () => inMailbox('calendar', 'Äpfel & <Birnen> "q" \'a\' 😀')?.location === '');
      });
      const item = inMailbox('calendar', 'Äpfel & <Birnen> "q" \'a\' 😀');
      assert.ok(item);
      assert.equal(item.reminderMinutes, null);
      assert.deepEqual(item.categories, []);
      assert.equal(exchangeWrites, 1);
      assert.equal(rows.length, 1);
    });

    it('a deletion', async () => {
      const { exchangeWrites, rows } = await effectsOf(async () => {
        site.erp.exec("DELETE FROM appointment WHERE subject LIKE 'Äpfel%'");
        await until('it is gone', () => inMailbox('calendar', 'Äpfel & <Birnen> "q" \'a\' 😀') === undefined);
      });
      // The mark that only an unchanged item takes, and the deletion.
      assert.equal(exchangeWrites, 2);
      assert.deepEqual(
        rows.map((row) => [row.operation, row.state]),
        [['delete', 'done']],
      );
    });

    it('an all-day appointment keeps its days', async () => {
      insert('appointment', { employee_id: 1, subject: 'Messe', start_at: '2026-03-28', end_at: '2026-03-31', all_day: 1 });
      const item = await until('it is in the mailbox', () => inMailbox('calendar', 'Messe'));
      assert.ok(item.allDay);
      // Vienna changes to summer time on 29 March 2026.
      assert.equal(utc(item.start), '2026-03-27T23:00:00.000Z');
      assert.equal(utc(item.end), '2026-03-30T22:00:00.000Z');
    });

    it('a series without exceptions, across the change to summer time', async () => {
      insert('appointment', {
        employee_id: 1,
        subject: 'Jour fixe',
        start_at: '2026-03-23 09:00:00',
        end_at: '2026-03-23 10:00:00',
        recurrence_rule: 'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=6',
      });
      const item = await until('it is in the mailbox', () => inMailbox('calendar', 'Jour fixe'));
      assert.equal(utc(item.start), '2026-03-23T08:00:00.000Z');
      assert.equal(item.isSeries, true);
      assert.match(item.zone ?? '', /W\. Europe|Vienna|Berlin/);
    });

    it('a task from creation to completion and deletion', async () => {
      const { exchangeWrites } = await effectsOf(async () => {
        insert('task', { employee_id: 1, subject: 'Angebot', due_date: '2026-12-05', priority: 5, body: 'nachfassen' });
        const created = await until('it is in the mailbox', () => inMailbox('tasks', 'Angebot'));
        assert.equal(created.dueDate, '2026-12-05');
        assert.equal(created.importance, 'Low');
        site.erp.exec("UPDATE task SET status = 'completed' WHERE subject = 'Angebot'");
        const completed = await until('it is completed', () => {
          const item = inMailbox('tasks', 'Angebot');
          return item?.status === 'Completed' && item;
        });
        assert.equal(completed.percentComplete, 100);
        site.erp.exec("DELETE FROM task WHERE subject = 'Angebot'");
        await until('it is gone', () => inMailbox('tasks', 'Angebot') === undefined);
      });
      // The deletion takes two: the mark that only an unchanged item takes, and DeleteItem.
      assert.equal(exchangeWrites, 4);
    });

    it('100 kB of body, umlauts and emoji, arrive whole', async () => {
      const body = 'Größe 😀 & <b>\n'.repeat(7_000);
      insert('task', { employee_id: 1, subject: 'Roman', body });
      const item = await until('it is in the mailbox', () => inMailbox('tasks', 'Roman'));
      assert.equal(item.body.replaceAll('\r\n', '\n').trimEnd(), body.trimEnd());
    });

    it('a control character that XML cannot carry is refused with a clear note, and nothing else waits for it', async () => {
      insert('appointment', { employee_id: 1, subject: 'Glocke \u0007', start_at: '2026-12-03 09:00:00', end_at: '2026-12-03 10:00:00' });
      insert('appointment', { employee_id: 1, subject: 'Danach', start_at: '2026-12-03 10:00:00', end_at: '2026-12-03 11:00:00' });
      await until('the next one is in the mailbox', () => inMailbox('calendar', 'Danach'));
      const row = await until('the row has failed', () => site.journal().find((entry) => entry.noteCode === 'text-not-representable'));
      assert.equal(row.state, 'failed');
      assert.match(row.note ?? '', /subject/i);
      assert.ok(site.errors.some((error) => error.code === 'text-not-representable'));
    });
  });

  describe('Exchange → ERP', () => {
    const effectsOfPerson = (act: () => unknown, arrived: () => unknown) =>
      effectsOf(async () => {
        act();
        await until('it is in the ERP', () => Boolean(arrived()));
      });

    it('an appointment with everything a person can fill in', async () => {
      const form: ItemForm = {
        kind: 'appointment',
        subject: 'Kaffee & <Kuchen> "q" 😀',
        body: 'Zeile 1\nZeile 2',
        location: 'Café',
        start: '2026-10-24T09:00',
        end: '2026-10-24T10:00',
        reminderMinutes: 20,
        freeBusy: 'Tentative',
        sensitivity: 'Personal',
        importance: 'Low',
        categories: ['ES_5_Task', 'Rot'],
      };
      const { exchangeWrites, rows } = await effectsOfPerson(
        () => site.simulator.create(anna, form),
        () => erpRow('appointment', 'Kaffee & <Kuchen> "q" 😀'),
      );
      const row = erpRow('appointment', 'Kaffee & <Kuchen> "q" 😀');
      assert.equal(row?.['body'], 'Zeile 1\nZeile 2');
      assert.equal(row['location'], 'Café');
      assert.equal(row['start_at'], '2026-10-24 09:00:00');
      assert.equal(row['end_at'], '2026-10-24 10:00:00');
      assert.equal(row['reminder_minutes'], 20);
      assert.equal(row['free_busy'], 'tentative');
      assert.equal(row['sensitivity'], 'personal');
      assert.equal(row['activity_type_id'], 1);
      assert.equal(row['categories'], 'Rot');
      assert.equal(row['created_by'], 'exchange-sync');
      assert.equal(row['employee_id'], 1);
      assert.equal(exchangeWrites, 0);
      assert.deepEqual(
        rows.map((entry) => [entry.direction, entry.operation, entry.state]),
        [['inbound', 'create', 'done']],
      );
    });

    it('moved across the change to winter time it keeps its local hour', async () => {
      const item = inMailbox('calendar', 'Kaffee & <Kuchen> "q" 😀');
      const { exchangeWrites, rows } = await effectsOfPerson(
        () => site.simulator.update(anna, item?.id ?? '', { kind: 'appointment', start: '2026-10-26T09:00', end: '2026-10-26T10:00' }),
        () => erpRow('appointment', 'Kaffee & <Kuchen> "q" 😀')?.['start_at'] === '2026-10-26 09:00:00',
      );
      assert.equal(exchangeWrites, 0);
      assert.equal(rows.length, 1);
    });

    it('a deletion', async () => {
      const item = inMailbox('calendar', 'Kaffee & <Kuchen> "q" 😀');
      const { rows } = await effectsOfPerson(
        () => site.simulator.delete(anna, item?.id ?? ''),
        () => erpRow('appointment', 'Kaffee & <Kuchen> "q" 😀') === undefined,
      );
      assert.deepEqual(
        rows.map((entry) => [entry.operation, entry.state]),
        [['delete', 'done']],
      );
    });

    it('an all-day appointment keeps its days', async () => {
      site.simulator.create(anna, { kind: 'appointment', subject: 'Urlaub', start: '2026-10-24', end: '2026-10-27', allDay: true });
      const row = await until('it is in the ERP', () => erpRow('appointment', 'Urlaub'));
      assert.equal(row['all_day'], 1);
      assert.match(String(row['start_at']), /^2026-10-24/);
      assert.match(String(row['end_at']), /^2026-10-27/);
    });

    it('a series without exceptions', async () => {
      const recurrence = { pattern: 'weekly', days: ['Tuesday', 'Thursday'], until: '2026-12-31' } as const;
      site.simulator.create(anna, {
        kind: 'appointment',
        subject: 'Training',
        start: '2026-10-20T18:00',
        end: '2026-10-20T19:00',
        recurrence,
      });
      const row = await until('it is in the ERP', () => erpRow('appointment', 'Training'));
      assert.equal(row['start_at'], '2026-10-20 18:00:00');
      assert.match(String(row['recurrence_rule']), /FREQ=WEEKLY/);
      assert.match(String(row['recurrence_rule']), /BYDAY=TU,TH/);
      assert.match(String(row['recurrence_rule']), /UNTIL=20261231/);
      assert.equal(row['time_zone'], null);
    });

    it('a task, completed by a person', async () => {
      const id = site.simulator.create(anna, { kind: 'task', subject: 'Rückruf', dueDate: '2026-12-06', importance: 'High' });
      const created = await until('it is in the ERP', () => erpRow('task', 'Rückruf'));
      assert.equal(created['due_date'], '2026-12-06');
      site.simulator.update(anna, id, { kind: 'task', status: 'Completed' });
      const row = await until('it is completed', () => {
        const now = erpRow('task', 'Rückruf');
        return now?.['status'] === 'completed' && now;
      });
      assert.equal(row['percent_complete'], 100);
      assert.notEqual(row['completed_at'], null);
    });

    it('changes of different fields on both sides at the same time are merged, and nothing echoes', async () => {
      const id = insert('appointment', {
        employee_id: 1,
        subject: 'Beide',
        start_at: '2026-12-07 09:00:00',
        end_at: '2026-12-07 10:00:00',
      });
      const item = await until('it is in the mailbox', () => inMailbox('calendar', 'Beide'));
      const { exchangeWrites } = await effectsOf(async () => {
        site.erp.prepare("UPDATE appointment SET location = 'Wien' WHERE id = ?").run(id);
        site.simulator.update(anna, item.id, { kind: 'appointment', body: 'aus dem Postfach' });
        await until('both are on both sides', () => {
          const row = erpRow('appointment', 'Beide');
          const now = inMailbox('calendar', 'Beide');
          return row?.['body'] === 'aus dem Postfach' && row['location'] === 'Wien' && now?.location === 'Wien';
        });
      });
      assert.equal(exchangeWrites, 1);
      assert.equal(inMailbox('calendar', 'Beide')?.body.trim(), 'aus dem Postfach');
    });
  });

  it('idle, it writes nothing on either side and no journal row', async () => {
    const { exchangeWrites, rows } = await effectsOf(() => site.quiet());
    assert.equal(exchangeWrites, 0);
    assert.deepEqual(rows, []);
  });
});
