/** People who never pause: they create, change and delete on both sides, whether Node-RED lives or not. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../support/fuzz/random';
import { occurrenceChanges, otherFields, tracedFields, type Act, type EditedField } from '../histories/operations';
import { employees } from '../histories/setting';
import type { World } from '../histories/world';

const [anna] = employees;

/** Beyond this many items in a mailbox people delete instead of creating: the end is still quick to compare after hours. */
const mostItems = 120;

/** What people do, by how often they do it. Tasks are completed by `state`, series get exceptions by `occurrence`. */
const habits = [
  ...Array.from({ length: 25 }, () => 'create' as const),
  ...Array.from({ length: 40 }, () => 'edit' as const),
  ...Array.from({ length: 10 }, () => 'delete' as const),
  ...Array.from({ length: 21 }, () => 'occurrence' as const),
  ...Array.from({ length: 2 }, () => 'copy' as const),
  ...Array.from({ length: 2 }, () => 'restore' as const),
];

/** Every field that somebody can lose comes twice as often. */
const fields: readonly EditedField[] = [...tracedFields, ...tracedFields, ...otherFields];

type PersonsAct = Extract<Act, { do: 'create' | 'edit' | 'delete' | 'occurrence' | 'copy' | 'restore' }>;

const nextAct = (random: Random, isFull: boolean): PersonsAct => {
  const habit = random.pick(habits);
  const side = random.pick(['erp', 'exchange'] as const);
  const pick = random.below(1_000);
  const look = random.below(10_000);
  switch (habit) {
    case 'create':
      if (isFull) return { do: 'delete', side, pick, forGood: false };
      return { do: habit, side, kind: random.pick(['appointment', 'appointment', 'task'] as const), look };
    case 'edit':
      return { do: habit, side, pick, field: random.pick(fields), look };
    case 'delete':
      return { do: habit, side, pick, forGood: random.chance(0.3) };
    case 'occurrence':
      return { do: habit, side, pick, nth: 1 + random.below(5), change: random.pick(occurrenceChanges) };
    default:
      return { do: habit, pick };
  }
};

const doAct = async (world: World, act: PersonsAct): Promise<void> => {
  if (act.do === 'create') world.create(act);
  else if (act.do === 'edit') world.edit(act);
  else if (act.do === 'delete') world.delete(act);
  else if (act.do === 'occurrence') await world.changeOccurrence(act);
  else await world.relocate(act);
};

/** Whoever sees a record and changes it in the ERP does so in one transaction: what the sync writes in between is not theirs to overwrite. */
const inTransaction = async ({ erp: { database } }: World, work: () => Promise<void>): Promise<void> => {
  database.exec('BEGIN IMMEDIATE');
  try {
    await work();
    database.exec('COMMIT');
  } catch (thrown) {
    database.exec('ROLLBACK');
    throw thrown;
  }
};

/** What somebody did, for whoever looks for a cause. */
export interface Done {
  readonly at: string;
  readonly act: PersonsAct;
  /** The item that an edit or deletion concerns, as it was called. */
  readonly subject: string | undefined;
  /** What from now on must be somewhere. */
  readonly wrote: readonly string[];
}

const subjectOf = ({ erp, simulator }: World, act: PersonsAct): string | undefined => {
  if (act.do !== 'edit' && act.do !== 'delete') return undefined;
  const items = act.side === 'erp' ? erp.items(anna) : ['calendar', 'tasks'].flatMap((folder) => simulator.items(anna, folder));
  return items[act.pick % items.length]?.subject;
};

/** The people of a world. */
export interface People {
  /** Everything they did so far. */
  readonly done: () => readonly Done[];
  /** Resolves when the last of them has finished; rejects when one of them could not work. */
  readonly stop: () => Promise<void>;
}

/** Lets people work, with up to `pauseMs` between two acts. */
export const startPeople = (world: World, random: Random, pauseMs: number): People => {
  const done: Done[] = [];
  let isOver = false;
  const doAndNote = async (act: PersonsAct): Promise<void> => {
    const before = new Set(world.memory.expected());
    const subject = subjectOf(world, act);
    await doAct(world, act);
    done.push({ at: new Date().toISOString(), act, subject, wrote: world.memory.expected().filter((entry) => !before.has(entry)) });
  };
  const work = async (): Promise<void> => {
    while (!isOver) {
      const act = nextAct(random, world.simulator.items(anna, 'calendar').length >= mostItems);
      if ('side' in act && act.side === 'erp') await inTransaction(world, () => doAndNote(act));
      else await doAndNote(act);
      await wait(random.below(pauseMs));
    }
  };
  const working = work();
  // Heard by whoever stops them.
  working.catch(() => undefined);
  return {
    done: () => done,
    stop: () => {
      isOver = true;
      return working;
    },
  };
};
