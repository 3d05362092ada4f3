/**
 * An answer is lost after its work was done, in Exchange or in the ERP (requirements N3, T7), and a person goes on meanwhile: everything is
 * there once in the end. Each case has an employee of its own and all happen at once; `failures-items` shows the single steps,
 * `killed` and `two-instances` what becomes of them when Node-RED itself is lost.
 */
import assert from 'node:assert/strict';
import { StatementSync } from 'node:sqlite';
import { until } from '../../testing/wait';
import { daily, openDesk, type Desk } from '../support/desk';
import { assertInStep, linkedSeries } from '../support/in-step';
import { shippedFlow } from '../support/shipped-flow';
import { startSite } from '../support/site';
import type { Site } from '../support/site';

/** What a case needs to lose answers. */
interface Losses {
  /** The next answer to this operation in the mailbox is lost; `meanwhile` happens before anybody asks again. Resolves when it is lost. */
  readonly answer: (operation: string, meanwhile?: () => unknown) => Promise<void>;
  /** Some occurrences of the next change are refused for the moment, the others carried out. */
  readonly someItems: () => void;
  /** The answer to the COMMIT after which `holds` is true for the first time is lost. Resolves when it is. */
  readonly commit: (holds: () => boolean) => Promise<void>;
}

interface Case {
  readonly name: string;
  /** Sets it off and loses the answer. */
  readonly act: (desk: Desk, lose: Losses) => Promise<unknown>;
  /** Appointments in the end; each employee begins with two, `Termin` and the series `Serie`. */
  readonly count: number;
  readonly check?: (desk: Desk) => unknown;
}

const newlyCreated = (desk: Desk, lose: Losses, meanwhile: () => unknown = () => undefined): Promise<void> => {
  const lost = lose.answer('CreateItem', meanwhile);
  desk.enter('Neu');
  return lost;
};

const withExceptions = (desk: Desk): void => desk.enterExceptions(Number(desk.record('Serie')?.['id']));

let site: Site;

const linksOf = ({ employeeId }: Desk, subject: string, state: 'pending' | 'active'): number =>
  Number(
    site.erp
      .prepare(
        `SELECT count(*) AS n FROM sync_link l JOIN appointment a ON CAST(a.id AS TEXT) = l.erp_id AND l.kind = 'appointment'
         WHERE l.employee_id = ? AND a.subject = ? AND l.state = ?`,
      )
      .get(String(employeeId), subject, state)?.['n'],
  );

/** Notes of an employee's rows, oldest first. */
const notes = ({ employeeId }: Desk, direction: string, operation: string): readonly (string | null)[] =>
  site
    .journal()
    .filter((row) => row.employee === String(employeeId) && row.direction === direction && row.operation === operation)
    .map(({ noteCode }) => noteCode);

const discard = (desk: Desk, forGood: boolean): void => site.simulator.delete(desk.address, desk.item('Neu').id, forGood);

const seriesOf = async ({ address, employeeId }: Desk, subject: string) => {
  const series = (await linkedSeries(site, address, employeeId)).find((one) => one.subject === subject);
  assert.ok(series);
  assert.deepEqual(series.differences, []);
  return series;
};

const inExchange: readonly Case[] = [
  {
    name: 'a new appointment',
    act: newlyCreated,
    count: 3,
    // Whether the second attempt finds it or the list of changes tells of it first.
    check: (desk) => assert.match(notes(desk, 'outbound', 'create').at(-1) ?? '', /^(create|adopted)$/),
  },
  {
    name: 'a new appointment that a person deletes meanwhile',
    act: (desk, lose) => newlyCreated(desk, lose, () => discard(desk, false)),
    count: 2,
  },
  // Nothing tells it from one that was never created: it is there again, once.
  {
    name: 'a new appointment that a person deletes for good meanwhile',
    act: (desk, lose) => newlyCreated(desk, lose, () => discard(desk, true)),
    count: 3,
  },
  {
    name: 'a new appointment that a person changes meanwhile',
    act: (desk, lose) => newlyCreated(desk, lose, () => desk.edit(desk.item('Neu').id, { location: 'Linz' })),
    count: 3,
    check: (desk) => assert.equal(desk.record('Neu')?.['location'], 'Linz'),
  },
  {
    name: 'a new appointment that the ERP changes meanwhile',
    act: (desk, lose) => newlyCreated(desk, lose, () => desk.change('Neu', 'location', 'Graz')),
    count: 3,
    check: (desk) => assert.equal(desk.item('Neu').location, 'Graz'),
  },
  {
    name: 'a new appointment that the ERP deletes meanwhile',
    act: (desk, lose) => newlyCreated(desk, lose, () => desk.remove('Neu')),
    count: 2,
  },
  {
    name: 'a new appointment that a person copies meanwhile',
    act: (desk, lose) => newlyCreated(desk, lose, () => desk.outlook.copy(desk.item('Neu').id, 'calendar')),
    count: 4,
    check: (desk) => assert.equal(desk.records('Neu').length, 2),
  },
  {
    name: 'a new series with exceptions',
    act: (desk, lose) => {
      const lost = lose.answer('CreateItem');
      desk.enterExceptions(desk.enter('Neu', daily));
      return lost;
    },
    count: 3,
    check: async (desk) => assert.equal((await seriesOf(desk, 'Neu')).exceptions.length, 3),
  },
  {
    name: 'a change',
    act: (desk, lose) => {
      const lost = lose.answer('UpdateItem');
      desk.change('Termin', 'location', 'Wien');
      return lost;
    },
    count: 2,
    check: (desk) => {
      assert.equal(desk.item('Termin').location, 'Wien');
      assert.ok(!notes(desk, 'inbound', 'update').includes('update'), 'the own change is no change of the mailbox');
    },
  },
  {
    name: 'a change, and a person changes something else meanwhile',
    act: (desk, lose) => {
      const lost = lose.answer('UpdateItem', () => desk.edit(desk.item('Termin').id, { body: 'mitbringen' }));
      desk.change('Termin', 'location', 'Wien');
      return lost;
    },
    count: 2,
    check: (desk) => {
      assert.equal(desk.item('Termin').location, 'Wien');
      assert.equal(desk.record('Termin')?.['body'], 'mitbringen');
    },
  },
  {
    name: 'a deletion',
    act: (desk, lose) => {
      const lost = lose.answer('DeleteItem');
      desk.remove('Termin');
      return lost;
    },
    count: 1,
  },
  {
    name: 'a deletion that a person takes back meanwhile',
    act: (desk, lose) => {
      const lost = lose.answer('DeleteItem', async () => {
        const [item] = site.simulator.items(desk.address, 'deleteditems');
        await desk.outlook.move(item?.id ?? '', 'calendar');
      });
      desk.remove('Termin');
      return lost;
    },
    count: 2,
    check: (desk) => assert.equal(desk.records('Termin').length, 1),
  },
  ...(['DeleteItem', 'UpdateItem', 'GetItem'] as const).map((operation): Case => ({
    name: `exceptions of a series (${operation})`,
    act: (desk, lose) => {
      const lost = lose.answer(operation);
      withExceptions(desk);
      return lost;
    },
    count: 2,
    check: async (desk) => assert.equal((await seriesOf(desk, 'Serie')).exceptions.length, 3),
  })),
  {
    name: 'exceptions of a series, one of which is refused for the moment',
    act: async (desk, lose) => {
      lose.someItems();
      withExceptions(desk);
      await Promise.resolve();
    },
    count: 2,
    check: async (desk) => assert.equal((await seriesOf(desk, 'Serie')).exceptions.length, 3),
  },
];

const fromExchange = ({ address }: Desk): void => {
  const [start, end] = ['2026-12-01T14:00', '2026-12-01T15:00'];
  site.simulator.create(address, { kind: 'appointment', subject: 'Neu', start, end });
};

const inErp: readonly Case[] = [
  {
    name: 'a new appointment of the mailbox',
    act: (desk, lose) => {
      const lost = lose.commit(() => desk.records('Neu').length > 0);
      fromExchange(desk);
      return lost;
    },
    count: 3,
  },
  {
    name: 'a change in the mailbox',
    act: (desk, lose) => {
      const lost = lose.commit(() => desk.record('Termin')?.['location'] === 'Linz');
      desk.edit(desk.item('Termin').id, { location: 'Linz' });
      return lost;
    },
    count: 2,
  },
  {
    name: 'a deletion in the mailbox',
    act: (desk, lose) => {
      const lost = lose.commit(() => desk.records('Termin').length === 0);
      site.simulator.delete(desk.address, desk.item('Termin').id);
      return lost;
    },
    count: 1,
  },
  ...(['pending', 'active'] as const).map((state): Case => ({
    name: `a new appointment of the ERP, whose link is ${state} by then`,
    act: (desk, lose) => {
      const lost = lose.commit(() => linksOf(desk, 'Neu', state) > 0);
      desk.enter('Neu');
      return lost;
    },
    count: 3,
  })),
  {
    name: 'a deletion in the ERP',
    act: (desk, lose) => {
      const links = () => site.erp.prepare('SELECT 1 FROM sync_link WHERE employee_id = ?').all(String(desk.employeeId)).length;
      const before = links();
      const lost = lose.commit(() => links() < before);
      desk.remove('Termin');
      return lost;
    },
    count: 1,
  },
];

const cases = [...inExchange, ...inErp];

/** Asks after every COMMIT of this process whether its answer is to be lost; answers how to take that back. */
const afterCommits = (isLost: () => boolean): (() => void) => {
  const { prototype } = StatementSync;
  const original = Object.getOwnPropertyDescriptor(prototype, 'run');
  assert.ok(original);
  const run: unknown = original.value;
  assert.ok(typeof run === 'function');
  Object.defineProperty(prototype, 'run', {
    ...original,
    value(this: StatementSync, ...parameters: readonly unknown[]): unknown {
      const result: unknown = Reflect.apply(run, this, parameters);
      if (this.sourceSQL === 'commit' && isLost()) throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
      return result;
    },
  });
  return () => void Object.defineProperty(prototype, 'run', original);
};

describe('an answer is lost after the work was done', () => {
  const commits = new Map<() => boolean, () => void>();
  let restore: () => void = () => undefined;
  const desks = new Map<Case, Desk>();

  const lossesOf = ({ address }: Desk): Losses => ({
    answer: (operation, meanwhile) =>
      new Promise((resolve, reject) => {
        site.simulator.faults.add({ operation, mailbox: address, action: { kind: 'dropAfter' } });
        const forget = site.simulator.onResponse(async (seen) => {
          if (seen.operation !== operation || !seen.body.includes(address)) return;
          forget();
          await Promise.resolve(meanwhile?.()).then(() => resolve(), reject);
        });
      }),
    someItems: () => {
      const code = 'ErrorInternalServerTransientError';
      site.simulator.faults.add({ operation: 'UpdateItem', mailbox: address, action: { kind: 'itemErrors', code, share: 0.5 } });
    },
    commit: (holds) => new Promise((resolve) => commits.set(holds, resolve)),
  });

  before(async function () {
    this.timeout(90_000);
    const employees = cases.map((_, index) => `person${index + 1}@x.test`);
    site = await startSite(shippedFlow('bidirectional-sync.json'), {
      employees,
      prepare: (sides) => {
        for (const [index, address] of employees.entries()) {
          const desk = openDesk(sides, address, index + 1);
          desk.enter('Termin');
          desk.enter('Serie', daily);
        }
      },
    });
    for (const [index, one] of cases.entries()) desks.set(one, openDesk(site, employees[index] ?? '', index + 1));
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    const links = () => Number(site.erp.prepare("SELECT count(*) AS n FROM sync_link WHERE state = 'active'").get()?.['n']);
    await until('everything is linked', () => links() === 2 * cases.length, 40_000);
    await site.quiet();
    restore = afterCommits(() => {
      const [lost] = [...commits].filter(([holds]) => holds());
      if (lost === undefined) return false;
      commits.delete(lost[0]);
      lost[1]();
      return true;
    });
    await Promise.all([...desks].map(([{ act }, desk]) => act(desk, lossesOf(desk))));
    await site.quiet();
  });
  after(async () => {
    restore();
    await site.stop();
  });

  for (const [side, all] of [
    ['in Exchange', inExchange],
    ['in the ERP', inErp],
  ] as const)
    describe(side, () => {
      for (const one of all)
        it(one.name, async () => {
          const desk = desks.get(one);
          assert.ok(desk);
          assert.equal(assertInStep(site, desk.address, desk.employeeId).length, one.count);
          await one.check?.(desk);
        });
    });
});
