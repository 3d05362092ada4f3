/** The ERP of docs/mappings that writes through procedures only, through the shipped flow; its appointments have no triggers. */
import assert from 'node:assert/strict';
import { employees } from '../support/site';
import { startMappedSite, type MappedSite } from '../support/mapped-site';

const [anna, ben] = employees;

const people = `INSERT INTO Staff (StaffId, FullName, Mail, Locked) VALUES (1, 'Anna', '${anna}', 0), (2, 'Ben', '${ben}', 1)`;

const utc = (text: string | undefined): string => new Date(text ?? '').toISOString();

describe('the mapping procedures.json', function () {
  this.timeout(60_000);
  let site: MappedSite;
  before(async () => {
    site = await startMappedSite('procedures', people, (text) => text.replace('"everySeconds": 5', '"everySeconds": 1'));
  });
  after(() => site.stop());

  const activity = (title: string) => site.row('SELECT * FROM Activity WHERE Title = ?', title);
  const todo = (title: string) => site.row('SELECT * FROM Todo WHERE Title = ?', title);

  /** Calls a procedure as the ERP's own programs do. */
  const call = (procedure: string, parameters: Readonly<Record<string, string | number | null>>) => {
    const names = Object.keys(parameters);
    site.run(`INSERT INTO ${procedure} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, ...Object.values(parameters));
  };
  const meeting = { OwnerId: 1, StartUtc: '2026-12-01 08:00:00', Minutes: 90, ByWhom: 'erp' };

  /** A change of its own that comes after everything that was collected before: what had to echo has echoed by then. */
  let marks = 0;
  const collectedAgain = async () => {
    marks += 1;
    const title = `Mark ${marks}`;
    await site.effectsOf(
      () => call('ActivityCreate', { ...meeting, Title: title }),
      () => site.inMailbox(anna, 'calendar', title),
    );
  };

  it('its tables refuse everything but the procedures', () => {
    assert.throws(() => site.erp.exec("INSERT INTO Todo (AssignedTo, Title) VALUES (1, 'x')"), /by its procedures only/);
  });

  it('has no trigger of ours on the table whose changes are polled', () => {
    const watched = site.erp.prepare("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'sync%'").all();
    assert.deepEqual(
      watched.map((row) => row['tbl_name']),
      ['Todo'],
    );
  });

  describe('ERP → Exchange', () => {
    it('an appointment in UTC, with minutes and codes', async () => {
      const { exchangeWrites, rows } = await site.effectsOf(
        () =>
          call('ActivityCreate', {
            ...meeting,
            Title: 'Review',
            Notes: '<p>Hello</p><p>World &amp; all</p>',
            Place: 'Office',
            ShowAs: 3,
            Visibility: 'owner',
          }),
        () => site.inMailbox(anna, 'calendar', 'Review'),
      );
      const item = site.inMailbox(anna, 'calendar', 'Review');
      assert.equal(utc(item?.start), '2026-12-01T08:00:00.000Z');
      assert.equal(utc(item?.end), '2026-12-01T09:30:00.000Z');
      assert.match(item?.body ?? '', /^Hello\s+World & all/);
      assert.equal(item?.location, 'Office');
      assert.equal(item.freeBusy, 'OOF');
      assert.equal(item.sensitivity, 'Confidential');
      assert.equal(exchangeWrites, 1);
      assert.deepEqual(
        rows.map((row) => row.split(' ').at(-1)),
        ['done'],
      );
    });

    it('a change; what the ERP does not hold survives', async () => {
      const item = site.inMailbox(anna, 'calendar', 'Review');
      await site.effectsOf(
        () =>
          site.simulator.update(anna, item?.id ?? '', {
            kind: 'appointment',
            reminderMinutes: 25,
            importance: 'High',
            categories: ['Rot'],
          }),
        () => site.journal().some((row) => row['direction'] === 'inbound'),
      );
      const { exchangeWrites } = await site.effectsOf(
        () =>
          call('ActivityChange', {
            ActivityId: Number(activity('Review')?.['ActivityId']),
            Title: 'Review',
            Notes: null,
            Place: 'Vienna',
            StartUtc: '2026-12-01 09:00:00',
            Minutes: 60,
            WholeDay: 0,
            ShowAs: 2,
            Visibility: 'public',
            ByWhom: 'erp',
          }),
        () => site.inMailbox(anna, 'calendar', 'Review')?.location === 'Vienna',
      );
      const now = site.inMailbox(anna, 'calendar', 'Review');
      assert.equal(utc(now?.start), '2026-12-01T09:00:00.000Z');
      assert.equal(utc(now?.end), '2026-12-01T10:00:00.000Z');
      assert.deepEqual([now?.reminderMinutes, now?.importance, now?.categories], [25, 'High', ['Rot']]);
      assert.equal(exchangeWrites, 1);
    });

    it('a deletion, seen by its stamp', async () => {
      const { exchangeWrites } = await site.effectsOf(
        () => call('ActivityRemove', { ActivityId: Number(activity('Review')?.['ActivityId']), ByWhom: 'erp' }),
        () => site.inMailbox(anna, 'calendar', 'Review') === undefined,
      );
      // The mark that only an unchanged item takes, and the deletion.
      assert.equal(exchangeWrites, 2);
    });

    it('a task from creation to completion and deletion', async () => {
      await site.effectsOf(
        () =>
          call('TodoCreate', {
            AssignedTo: 1,
            Title: 'Offer',
            DueOn: '2026-12-05',
            Importance: 2,
            Tags: 'Urgent|VIP',
            RemindUtc: '2026-12-04 08:00:00',
          }),
        () => site.inMailbox(anna, 'tasks', 'Offer'),
      );
      const item = site.inMailbox(anna, 'tasks', 'Offer');
      assert.deepEqual([item?.dueDate, item?.importance, item?.categories], ['2026-12-05', 'High', ['Urgent', 'VIP']]);
      const id = Number(todo('Offer')?.['TodoId']);
      await site.effectsOf(
        () => call('TodoChange', { TodoId: id, Title: 'Offer', State: 'done', Importance: 2, Tags: 'Urgent|VIP' }),
        () => site.inMailbox(anna, 'tasks', 'Offer')?.status === 'Completed',
      );
      const { exchangeWrites, rows } = await site.effectsOf(
        () => call('TodoRemove', { TodoId: id, Reason: 'x' }),
        () => site.inMailbox(anna, 'tasks', 'Offer') === undefined,
      );
      // The mark that only an unchanged item takes, and the deletion.
      assert.equal(exchangeWrites, 2);
      assert.deepEqual(rows, ['outbound task delete done']);
    });

    it('a locked employee gets nothing', async () => {
      call('TodoCreate', { AssignedTo: 2, Title: 'For Ben' });
      await collectedAgain();
      assert.deepEqual(site.simulator.items(ben, 'tasks'), []);
    });
  });

  describe('Exchange → ERP', () => {
    it('an appointment is created, moved and removed by the procedures, and nothing echoes', async () => {
      const created = await site.effectsOf(
        () =>
          site.simulator.create(anna, {
            kind: 'appointment',
            subject: 'Coffee',
            body: 'a <b>\nc',
            location: 'Café',
            start: '2026-10-24T09:00',
            end: '2026-10-24T10:15',
            freeBusy: 'Free',
            sensitivity: 'Personal',
            reminderMinutes: 20,
          }),
        () => activity('Coffee'),
      );
      const row = activity('Coffee');
      assert.match(String(row?.['StartUtc']), /^2026-10-24[ T]07:00:00/);
      assert.deepEqual([row?.['OwnerId'], row?.['Minutes'], row?.['ShowAs'], row?.['Place']], [1, 75, 0, 'Café']);
      // There is no code for personal; what stands for it must not be more public.
      assert.equal(row?.['Visibility'], 'private');
      assert.match(String(row['Notes']), /a &lt;b&gt;/);
      assert.equal(row['ChangedBy'], 'exchange-sync');
      assert.equal(created.exchangeWrites, 0);

      const id = site.inMailbox(anna, 'calendar', 'Coffee')?.id ?? '';
      await site.effectsOf(
        () => site.simulator.update(anna, id, { kind: 'appointment', start: '2026-10-26T09:00', end: '2026-10-26T10:00' }),
        () => activity('Coffee')?.['Minutes'] === 60,
      );
      assert.match(String(activity('Coffee')?.['StartUtc']), /^2026-10-26[ T]08:00:00/);

      const changeKey = site.inMailbox(anna, 'calendar', 'Coffee')?.changeKey;
      await collectedAgain();
      const now = site.inMailbox(anna, 'calendar', 'Coffee');
      assert.equal(now?.changeKey, changeKey);
      assert.deepEqual([now?.sensitivity, now?.reminderMinutes], ['Personal', 20]);

      await site.effectsOf(
        () => site.simulator.delete(anna, id),
        () => activity('Coffee')?.['Removed'] === 1,
      );
      await collectedAgain();
      assert.equal(site.simulator.items(anna, 'calendar').filter((item) => item.subject === 'Coffee').length, 0);
    });

    it('a series is refused with a note, stays in Exchange, and the next one goes on', async () => {
      await site.effectsOf(
        () => {
          site.simulator.create(anna, {
            kind: 'appointment',
            subject: 'Training',
            start: '2026-10-20T18:00',
            end: '2026-10-20T19:00',
            recurrence: { pattern: 'weekly' },
          });
          site.simulator.create(anna, { kind: 'appointment', subject: 'Single', start: '2026-10-21T18:00', end: '2026-10-21T19:00' });
        },
        () => activity('Single') && site.journal().some((row) => row['note_code'] === 'erp-cannot-hold'),
      );
      assert.equal(activity('Training'), undefined);
      assert.equal(site.inMailbox(anna, 'calendar', 'Training')?.isSeries, true);
    });

    it('a task is created, completed and deleted by the procedures, and nothing echoes', async () => {
      const created = await site.effectsOf(
        () =>
          site.simulator.create(anna, { kind: 'task', subject: 'Call', dueDate: '2026-12-06', importance: 'Low', categories: ['A', 'B'] }),
        () => todo('Call'),
      );
      const row = todo('Call');
      assert.deepEqual([row?.['AssignedTo'], row?.['DueOn'], row?.['Importance'], row?.['State']], [1, '2026-12-06', 0, 'open']);
      assert.equal(row?.['Origin'], 'Exchange');
      assert.match(String(row['OriginKey']), /^[0-9A-F-]{36}$/);
      assert.match(String(row['Tags']), /^A ?\| ?B$/);
      assert.equal(created.exchangeWrites, 0);
      assert.deepEqual(created.rows, ['inbound task create done']);

      const id = site.inMailbox(anna, 'tasks', 'Call')?.id ?? '';
      const completed = await site.effectsOf(
        () => site.simulator.update(anna, id, { kind: 'task', status: 'Completed' }),
        () => todo('Call')?.['State'] === 'done',
      );
      assert.notEqual(todo('Call')?.['DoneUtc'], null);
      assert.deepEqual([completed.exchangeWrites, completed.rows], [0, ['inbound task update done']]);

      await site.effectsOf(
        () => site.simulator.delete(anna, id),
        () => todo('Call') === undefined,
      );
    });
  });
});
