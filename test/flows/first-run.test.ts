/** First synchronisations through the shipped flow (requirements S6, S7): nothing is doubled, what differs is merged, and it is told. */
import assert from 'node:assert/strict';
import omit from 'lodash/omit';
import { createNodeRedProcess } from '../support/node-red-process';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { employees, startBothSides, startSite } from '../support/site';
import type { BothSides, FlowNode, Site } from '../support/site';
import { until, untilQuiet } from '../../testing/wait';

const [anna] = employees;
const both = 60;

const dayOf = (index: number): string => new Date(Date.UTC(2026, 5, 1 + index)).toISOString().slice(0, 10);

interface InErp {
  readonly subject: string;
  readonly day: string;
  readonly body?: string;
  readonly location?: string;
  readonly employee?: number;
}

const addToErp = ({ erp }: BothSides, { subject, day, body = '', location = '', employee = 1 }: InErp): void => {
  erp
    .prepare('INSERT INTO appointment (employee_id, subject, body, location, start_at, end_at) VALUES (?, ?, ?, ?, ?, ?)')
    .run(employee, subject, body, location, `${day} 09:00:00`, `${day} 10:00:00`);
};

const addToMailbox = ({ simulator }: BothSides, { subject, day, body = '', location = '' }: InErp, mailbox: string = anna): string =>
  simulator.create(mailbox, {
    kind: 'appointment',
    subject,
    body,
    location,
    start: `${day}T09:00`,
    end: `${day}T10:00`,
    reminderMinutes: null,
  });

/** Sixty items that are on both sides, of which some differ, and some of each side alone. */
const fill = (sides: BothSides): void => {
  for (let index = 0; index < both; index += 1) {
    const day = dayOf(index);
    const subject = `Termin ${index}`;
    addToErp(sides, { subject, day, body: index % 3 === 0 ? 'aus dem ERP' : '', location: index % 5 === 0 ? 'Linz' : 'Wien' });
    addToMailbox(sides, { subject: ` TERMIN  ${index}`.slice(index % 2), day, location: index % 5 === 0 ? 'Graz' : 'Wien' });
  }
  for (let index = 0; index < 5; index += 1) {
    addToErp(sides, { subject: `nur ERP ${index}`, day: dayOf(index) });
    addToMailbox(sides, { subject: `nur Exchange ${index}`, day: dayOf(index) });
  }
};

const inErp = ({ erp }: BothSides) =>
  erp
    .prepare("SELECT lower(trim(replace(subject, '  ', ' '))) AS subject, body, location FROM appointment ORDER BY 1")
    .all()
    .map(({ subject, body, location }) => [subject, body, location].map(String));

const inMailbox = ({ simulator }: BothSides, mailbox: string = anna) =>
  simulator
    .items(mailbox, 'calendar')
    .map(({ id }) => simulator.item(mailbox, id))
    .map(({ subject, body, location }) => [subject.replaceAll('  ', ' ').trim().toLowerCase(), body.trim(), location])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));

const links = ({ erp }: BothSides): number =>
  Number(erp.prepare("SELECT count(*) AS count FROM sync_link WHERE state = 'active' AND kind = 'appointment'").get()?.['count']);

const isInstalled = ({ erp }: BothSides): boolean => erp.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sync_run'").get() !== undefined;
const runsDone = (sides: BothSides): boolean =>
  isInstalled(sides) &&
  sides.erp.prepare("SELECT count(*) AS open FROM sync_run WHERE state IN ('waiting', 'running')").get()?.['open'] === 0 &&
  Number(sides.erp.prepare('SELECT count(*) AS runs FROM sync_run').get()?.['runs']) > 0;

const settled = async (sides: BothSides): Promise<void> => {
  await until('the first synchronisations are through', () => runsDone(sides), 30_000);
  await untilQuiet('the requests', () => sides.simulator.requests.total());
};

const flowWith = (changes: object): readonly FlowNode[] =>
  withChanges(shippedFlow('bidirectional-sync.json'), {
    'sync-notify': changes,
    'sync-resolve-in': { rule: 'erp' },
    'sync-resolve-out': { rule: 'erp' },
  });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const reportsOf = (site: Site): readonly Readonly<Record<string, unknown>>[] =>
  site.messagesAt('sync-mail').flatMap(({ topic, payload }) => {
    const report = topic === 'first-run/report' && isObject(payload) ? payload['report'] : null;
    return isObject(report) ? [report] : [];
  });

describe('the first synchronisation of two sides that hold the same', function () {
  this.timeout(60_000);

  describe('by itself', () => {
    let site: Site;
    const texts: string[] = [];
    before(async () => {
      site = await startSite(flowWith({}), { prepare: fill, watched: ['sync-mail'] });
      await until(
        'it is seen',
        () => {
          const text = site.statusOf('sync-notify')?.text ?? '';
          if (text !== texts.at(-1)) texts.push(text);
          return runsDone(site);
        },
        30_000,
      );
      await until('it is reported', () => reportsOf(site).length > 0);
      await settled(site);
    });
    after(() => site.stop());

    it('doubles nothing', () => {
      assert.equal(inErp(site).length, both + 10);
      assert.equal(inMailbox(site).length, both + 10);
      assert.equal(links(site), both + 10);
    });

    it('merges what differs, by the rule where both sides say something', () => {
      assert.deepEqual(inErp(site), inMailbox(site));
      assert.deepEqual(
        inErp(site).find(([subject]) => subject === 'termin 15'),
        ['termin 15', 'aus dem ERP', 'Linz'],
      );
      assert.deepEqual(site.errors, []);
    });

    it('is shown while it runs, and reported once with counts only', () => {
      assert.ok(
        texts.some((text) => /^first run \d of 3 mailboxes, \d+\/130/.test(text)),
        texts.join('\n'),
      );
      const [report, ...others] = reportsOf(site);
      assert.equal(others.length, 0);
      assert.ok(report);
      const { total, runs } = report;
      assert.ok(Array.isArray(runs) && runs.length === 1);
      assert.deepEqual(omit(Object(total), 'skipped', 'changed'), {
        linked: both,
        createdInErp: 5,
        createdInExchange: 5,
        failed: 0,
        conflicts: 0,
      });
      assert.doesNotMatch(JSON.stringify(report), /termin \d|nur erp|Wien|Linz/i);
    });

    it('what changes afterwards is brought over by itself', async () => {
      addToErp(site, { subject: 'later', day: dayOf(1) });
      await until('it has arrived', () => inMailbox(site).some(([subject]) => subject === 'later'));
    });
  });

  describe('when a person starts it, one employee at a time', () => {
    let site: Site;
    const control: FlowNode = { id: 'test-control', type: 'sync-control', z: 'sync-tab', erp: 'sync-erp', wires: [['test-answers']] };
    const answers: FlowNode = { id: 'test-answers', type: 'junction', z: 'sync-tab', wires: [[]] };
    const ask = async (payload: object): Promise<unknown> => {
      const before = site.messagesAt('test-answers').length;
      site.send('test-control', { payload });
      return until('the answer', () => site.messagesAt('test-answers')[before]?.['payload']);
    };
    const half = dayOf(both / 2);

    before(async () => {
      const flow = [...flowWith({ firstRun: 'manual', atOnce: '1' }), control, answers];
      site = await startSite(flow, { prepare: fill, watched: ['sync-mail', 'test-answers'] });
      await until('it waits', () => isInstalled(site) && site.erp.prepare('SELECT count(*) AS n FROM sync_run').get()?.['n'] === 6, 30_000);
    });
    after(() => site.stop());

    it('nothing happens before, and new items of the ERP wait', async () => {
      addToErp(site, { subject: 'nur ERP neu', day: dayOf(both) });
      const waits = () => site.erp.prepare("SELECT 1 FROM sync_journal WHERE note_code = 'first-run-waits' AND state = 'open'").get();
      await until('the new item waits', waits);
      assert.equal(links(site), 0);
      assert.equal(site.simulator.requests.writes(), 0);
    });

    it('ERP → Exchange with a start date: the ERP leads, what is old or only in Exchange is left alone', async () => {
      const wanted = { action: 'first-run', all: true, mode: 'erp', startDate: half };
      assert.deepEqual(await ask(wanted), { folders: 6, mode: 'erp', startDate: half, changedSince: null });
      await settled(site);
      assert.equal(inErp(site).length, both + 6);
      assert.equal(links(site), both + 1);
      assert.equal(inErp(site).filter(([subject]) => subject?.startsWith('nur exchange')).length, 0);
      const mailbox = inMailbox(site);
      assert.deepEqual(
        mailbox.find(([subject]) => subject === `termin ${both / 2}`),
        [`termin ${both / 2}`, 'aus dem ERP', 'Linz'],
      );
      assert.deepEqual(
        mailbox.find(([subject]) => subject === 'termin 15'),
        ['termin 15', '', 'Graz'],
      );
      assert.deepEqual(mailbox.filter(([subject]) => subject?.startsWith('nur erp')).length, 1);
      assert.deepEqual(site.errors, []);
    });

    it('one employee after the other had a turn', () => {
      const turns = site.erp
        .prepare(
          `SELECT employee_id, min(started_at) AS started, max(finished_at) AS finished FROM sync_run WHERE state = 'done'
          GROUP BY employee_id ORDER BY 2`,
        )
        .all();
      assert.equal(turns.length, 3);
      for (const [index, turn] of turns.slice(1).entries()) assert.ok(String(turn['started']) >= String(turns[index]?.['finished']));
    });

    it('started again both ways: what is linked stays linked, the rest follows', async () => {
      await ask({ action: 'first-run', employee: '1' });
      await settled(site);
      assert.equal(inErp(site).length, both + 11);
      assert.equal(inMailbox(site).length, both + 11);
      assert.equal(links(site), both + 11);
      const listed = await ask({ action: 'first-runs' });
      assert.ok(Array.isArray(listed) && listed.every((run) => isObject(run) && run['state'] === 'done' && run['done'] === run['total']));
    });
  });

  for (const [title, moment] of [
    ['while it compares the two sides', ({ simulator }: BothSides) => simulator.requests.count('FindItem') > 0],
    ['when the pairs are linked', (sides: BothSides) => isInstalled(sides) && links(sides) > 0],
  ] as const) {
    it(`killed ${title} and started again, it doubles nothing`, async () => {
      const sides = await startBothSides();
      const nodeRed = createNodeRedProcess(sides, flowWith({}));
      try {
        fill(sides);
        await nodeRed.spawn();
        await until('the moment', () => moment(sides), 20_000);
        await nodeRed.kill();
        await nodeRed.spawn();
        await settled(sides);
        assert.equal(inErp(sides).length, both + 10);
        assert.deepEqual(inErp(sides), inMailbox(sides));
        assert.equal(links(sides), both + 10);
      } finally {
        await nodeRed.kill();
        await sides.close();
      }
    });
  }
});
