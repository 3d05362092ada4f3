import { concerns, type Fault, type FaultAction, type FaultRequest } from './fault';

/** A fault that is switched on, and how often it has struck. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  readonly struck: number;
}

/** The switched-on faults of a server. */
export interface Faults {
  /** Switches a fault on until it is over (or, with `always`, until the returned function is called). */
  readonly add: (fault: Fault) => () => void;
  /** Switches all faults off. */
  readonly clear: () => void;
  /** What is switched on, oldest first. */
  readonly list: () => readonly ActiveFault[];
  /** Switches one off; false where there is none with this id. */
  readonly remove: (id: number) => boolean;
  /** The actions that strike this request; counts it. */
  readonly take: (request: FaultRequest) => readonly FaultAction[];
  /** The next number from 0 to 1 of the generator that all chances come from. */
  readonly random: () => number;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

interface Entry {
  readonly fault: Fault;
  /** Requests to let pass. */
  waiting: number;
  left: number;
  struck: number;
}

const entryOf = (fault: Fault): Entry => {
  const isEndless = fault.always === true || (fault.rate !== undefined && fault.times === undefined);
  return { fault, waiting: (fault.nth ?? 1) - 1, left: isEndless ? Infinity : (fault.times ?? 1), struck: 0 };
};

/** Starts without any fault. The seed makes chances repeatable. */
export function createFaults(seed: number): Faults {
  const active = new Map<number, Entry>();
  const random = createRandom(seed);
  let last = 0;

  const strikes = (entry: Entry, request: FaultRequest): boolean => {
    if (!concerns(entry.fault, request)) return false;
    if (entry.waiting > 0) {
      entry.waiting -= 1;
      return false;
    }
    return entry.fault.rate === undefined || random() < entry.fault.rate;
  };

  return {
    add: (fault) => {
      last += 1;
      const id = last;
      active.set(id, entryOf(fault));
      return () => void active.delete(id);
    },
    clear: () => active.clear(),
    list: () => [...active].map(([id, { fault, struck }]) => ({ id, fault, struck })),
    remove: (id) => active.delete(id),
    take: (request) => {
      const actions: FaultAction[] = [];
      for (const [id, entry] of [...active]) {
        if (!strikes(entry, request)) continue;
        entry.left -= 1;
        entry.struck += 1;
        if (entry.left <= 0) active.delete(id);
        actions.push(entry.fault.action);
      }
      return actions;
    },
    random,
  };
}
