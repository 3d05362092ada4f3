/**
 * A person copies an appointment in Outlook. The copy bears the mark that the sync wrote into the original; it is an appointment of its own
 * all the same (requirement N3). Each case has an employee of its own and all go on at once, step by step.
 */
import assert from 'node:assert/strict';
import { until } from '../../testing/wait';
import { daily, openDesk, type Desk } from '../support/desk';
import { assertInStep, linkedSeries } from '../support/in-step';
import { shippedFlow } from '../support/shipped-flow';
import { startSite } from '../support/site';
import type { Site } from '../support/site';

/** Each employee begins with `Termin` and the series `Serie` with three exceptions, which came from the ERP. */
interface Case {
  readonly name: string;
  /** What happens while nothing of the mailbox is heard. */
  readonly unheard?: (desk: Desk) => Promise<unknown>;
  /** What happens then, one step after the other has arrived. */
  readonly steps: readonly ((desk: Desk) => unknown)[];
  /** Subjects in the end, sorted. */
  readonly subjects: readonly string[];
  readonly check?: (desk: Desk) => unknown;
}

let site: Site;

/** Copies the appointment and gives the copy a subject of its own, as it is told from the original then. */
const copied = async (desk: Desk, original: string, name: string): Promise<void> => {
  const before = new Set(site.simulator.items(desk.address, 'calendar').map(({ id }) => id));
  await desk.outlook.copy(desk.item(original).id, 'calendar');
  const copy = site.simulator.items(desk.address, 'calendar').find(({ id }) => !before.has(id));
  assert.ok(copy);
  desk.edit(copy.id, { subject: name });
};

const copy =
  (original = 'Termin', name = 'Kopie') =>
  (desk: Desk): Promise<void> =>
    copied(desk, original, name);
/** Leaves the copy as it is. */
const copyOnly = async (desk: Desk): Promise<void> => {
  await desk.outlook.copy(desk.item('Termin').id, 'calendar');
};
const discard =
  (subject: string) =>
  (desk: Desk): void =>
    site.simulator.delete(desk.address, desk.item(subject).id);
const remove =
  (subject: string) =>
  (desk: Desk): void =>
    desk.remove(subject);
const changeInErp =
  (subject: string, location: string) =>
  (desk: Desk): void =>
    desk.change(subject, 'location', location);
const changeInMailbox =
  (subject: string, location: string) =>
  (desk: Desk): void =>
    desk.edit(desk.item(subject).id, { location });

const both =
  (one: (desk: Desk) => void, other: (desk: Desk) => void) =>
  (desk: Desk): void => {
    one(desk);
    other(desk);
  };

const locations =
  (expected: Readonly<Record<string, string>>) =>
  (desk: Desk): void => {
    for (const [subject, location] of Object.entries(expected)) {
      assert.equal(desk.item(subject).location, location);
      assert.equal(desk.record(subject)?.['location'], location);
    }
  };

const seriesOf = async ({ address, employeeId }: Desk, subject: string): Promise<readonly object[]> => {
  const series = (await linkedSeries(site, address, employeeId)).find((one) => one.subject === subject);
  assert.ok(series);
  assert.deepEqual(series.differences, []);
  return series.exceptions;
};

const cases: readonly Case[] = [
  {
    name: 'original and copy are changed in either program, each for itself',
    steps: [
      copy(),
      both(changeInErp('Termin', 'Wien'), changeInErp('Kopie', 'Graz')),
      both(changeInMailbox('Termin', 'Linz'), changeInMailbox('Kopie', 'Bregenz')),
    ],
    subjects: ['Kopie', 'Serie', 'Termin'],
    check: locations({ Termin: 'Linz', Kopie: 'Bregenz' }),
  },
  {
    name: 'a copy that is left as it is',
    steps: [copyOnly],
    subjects: ['Serie', 'Termin', 'Termin'],
  },
  {
    name: 'the original is deleted in Outlook',
    steps: [copy(), discard('Termin'), changeInErp('Kopie', 'Graz')],
    subjects: ['Kopie', 'Serie'],
  },
  {
    name: 'the original is deleted in the ERP',
    steps: [copy(), remove('Termin'), changeInErp('Kopie', 'Graz')],
    subjects: ['Kopie', 'Serie'],
  },
  {
    name: 'the copy is deleted in Outlook',
    steps: [copy(), discard('Kopie'), changeInErp('Termin', 'Wien')],
    subjects: ['Serie', 'Termin'],
  },
  {
    name: 'the copy is deleted in the ERP',
    steps: [copy(), remove('Kopie'), changeInErp('Termin', 'Wien')],
    subjects: ['Serie', 'Termin'],
  },
  {
    name: 'a copy of a series with exceptions',
    steps: [
      copy('Serie', 'Kopie'),
      (desk) => desk.outlook.changeOccurrence(desk.item('Kopie').id, 5, { Subject: 'auch anders' }),
      (desk) => desk.outlook.deleteOccurrence(desk.item('Serie').id, 5),
    ],
    subjects: ['Kopie', 'Serie', 'Termin'],
    check: async (desk) => {
      const [ofOriginal, ofCopy] = [await seriesOf(desk, 'Serie'), await seriesOf(desk, 'Kopie')];
      assert.deepEqual([ofOriginal.length, ofCopy.length], [4, 4]);
      assert.deepEqual(ofOriginal.slice(0, 3), ofCopy.slice(0, 3));
    },
  },
  {
    name: 'a copy of a copy',
    steps: [copy(), copy('Kopie', 'zweite'), changeInErp('zweite', 'Wien'), discard('Kopie')],
    subjects: ['Serie', 'Termin', 'zweite'],
    check: locations({ zweite: 'Wien' }),
  },
  {
    name: 'several copies at once, and copies of these, nothing of which is heard at first',
    unheard: async (desk) => {
      await copied(desk, 'Termin', 'Kopie');
      await copied(desk, 'Termin', 'andere');
      await copied(desk, 'Kopie', 'zweite');
    },
    steps: [changeInErp('zweite', 'Wien')],
    subjects: ['Kopie', 'Serie', 'Termin', 'andere', 'zweite'],
    check: locations({ zweite: 'Wien' }),
  },
  {
    name: 'a copy, and the original changed in both programs, nothing of which is heard at first',
    unheard: async (desk) => {
      await copied(desk, 'Termin', 'Kopie');
      desk.edit(desk.item('Termin').id, { location: 'Linz' });
      desk.change('Termin', 'body', 'mitbringen');
    },
    steps: [],
    subjects: ['Kopie', 'Serie', 'Termin'],
    check: locations({ Termin: 'Linz', Kopie: '' }),
  },
  {
    name: 'a copy, and the original deleted, nothing of which is heard at first',
    unheard: async (desk) => {
      await copied(desk, 'Termin', 'Kopie');
      discard('Termin')(desk);
    },
    steps: [changeInErp('Kopie', 'Wien')],
    subjects: ['Kopie', 'Serie'],
    check: locations({ Kopie: 'Wien' }),
  },
  {
    name: 'two copies, and the original deleted, nothing of which is heard at first',
    unheard: async (desk) => {
      await copied(desk, 'Termin', 'Kopie');
      await copied(desk, 'Termin', 'andere');
      discard('Termin')(desk);
    },
    steps: [changeInErp('Kopie', 'Wien'), changeInErp('andere', 'Graz')],
    subjects: ['Kopie', 'Serie', 'andere'],
    check: locations({ Kopie: 'Wien', andere: 'Graz' }),
  },
  {
    name: 'a copy, and the original deleted in the ERP, nothing of which is heard at first',
    unheard: async (desk) => {
      await copied(desk, 'Termin', 'Kopie');
      desk.remove('Termin');
      await until('its item is gone', () => desk.items('Termin').length === 0);
    },
    steps: [changeInErp('Kopie', 'Wien')],
    subjects: ['Kopie', 'Serie'],
    check: locations({ Kopie: 'Wien' }),
  },
  {
    name: 'a copy that is deleted again, nothing of which is heard',
    unheard: async (desk) => {
      await copied(desk, 'Termin', 'Kopie');
      discard('Kopie')(desk);
    },
    steps: [changeInErp('Termin', 'Wien')],
    subjects: ['Serie', 'Termin'],
    check: locations({ Termin: 'Wien' }),
  },
  {
    name: 'a copy of a series, and the original deleted, nothing of which is heard at first',
    unheard: async (desk) => {
      await copied(desk, 'Serie', 'Kopie');
      discard('Serie')(desk);
    },
    steps: [],
    subjects: ['Kopie', 'Termin'],
    check: async (desk) => assert.equal((await seriesOf(desk, 'Kopie')).length, 3),
  },
];

describe('an appointment is copied in Outlook', () => {
  const desks = new Map<Case, Desk>();

  const isInStep = (desk: Desk): boolean => {
    try {
      assertInStep(site, desk.address, desk.employeeId);
      return true;
    } catch {
      return false;
    }
  };
  /** Whoever was turned away asks again after a while, which may be longer than a quiet moment. */
  const arrived = async (): Promise<void> => {
    await until('both sides of all are in step', () => [...desks.values()].every(isInStep), 40_000);
    await site.quiet();
  };

  before(async function () {
    this.timeout(90_000);
    const employees = cases.map((_, index) => `person${index + 1}@x.test`);
    site = await startSite(shippedFlow('bidirectional-sync.json'), {
      employees,
      prepare: (sides) => {
        for (const [index, address] of employees.entries()) {
          const desk = openDesk(sides, address, index + 1);
          desk.enter('Termin');
          desk.enterExceptions(desk.enter('Serie', daily));
        }
      },
    });
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    for (const [index, one] of cases.entries()) desks.set(one, openDesk(site, employees[index] ?? '', index + 1));
    const links = () => Number(site.erp.prepare("SELECT count(*) AS n FROM sync_link WHERE state = 'active'").get()?.['n']);
    await until('everything is linked', () => links() === 2 * cases.length, 40_000);
    await site.quiet();
    const ends = [...desks]
      .filter(([{ unheard }]) => unheard !== undefined)
      .map(([, { address: mailbox }]) =>
        site.simulator.faults.add({ operation: 'SyncFolderItems', mailbox, always: true, action: { kind: 'busy' } }),
      );
    await Promise.all([...desks].map(async ([{ unheard }, desk]) => await unheard?.(desk)));
    for (const end of ends) end();
    await arrived();
    for (let at = 0; at < Math.max(...cases.map(({ steps }) => steps.length)); at += 1) {
      await Promise.all([...desks].map(async ([{ steps }, desk]) => await steps[at]?.(desk)));
      await arrived();
    }
  });
  after(() => site.stop());

  for (const one of cases)
    it(one.name, async () => {
      const desk = desks.get(one);
      assert.ok(desk);
      const contents = assertInStep(site, desk.address, desk.employeeId);
      assert.deepEqual(contents.map(({ subject }) => subject).toSorted(), one.subjects);
      await one.check?.(desk);
    });
});
