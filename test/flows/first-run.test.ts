/** First synchronisations through the shipped flow (requirements S6, S7): nothing is doubled, what differs is merged, and it is told. */
import assert from 'node:assert/strict';
import omit from 'lodash/omit';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { employees, startSite } from '../support/site';
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
});
