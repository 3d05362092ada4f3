/** What happens in a history, as plain JSON: what people do on both sides, what goes wrong, and how much time passes between. */
import fc from 'fast-check';
import { conflictRules, optionDirections, type ConflictRule, type KindOptions } from '../../lib/model/employee-options';
import { kinds, type Kind } from '../../lib/model/kind';

/** Fields that a person edits with a text or time of its own each time, so that a lost edit shows. */
export const tracedFields = ['subject', 'body', 'location', 'time'] as const;
/** Fields whose values come again and again. */
export const otherFields = ['state', 'sensitivity', 'priority', 'categories', 'reminder', 'allDay', 'recurrence'] as const;
/** Every field that a person edits. */
export type EditedField = (typeof tracedFields)[number] | (typeof otherFields)[number];

const sides = ['erp', 'exchange'] as const;
/** Where a person sits. */
export type Side = (typeof sides)[number];

/** Requests that a fault concerns; `any`: whichever comes next. */
export const faultyOperations = [
  'any',
  'SyncFolderItems',
  'GetItem',
  'CreateItem',
  'UpdateItem',
  'DeleteItem',
  'FindItem',
  'Subscribe',
  'GetStreamingEvents',
  'GetFolder',
] as const;

/** What goes wrong with a request. */
export const faultActions = [
  'dropBefore',
  'dropAfter',
  'truncate',
  'html500',
  'html200',
  'busyStatus',
  'busyFault',
  'busyMessages',
  'transientFault',
  'itemErrors',
  'largeBatch',
  'delay',
  'noAnswer',
] as const;

/** What happens to one occurrence. */
export const occurrenceChanges = ['place', 'time', 'delete'] as const;

/** Where a person puts an item that is to be out of the way; neither is synchronised. */
export const otherFolders = ['deleteditems', 'journal'] as const;

/** What can happen to a mailbox. */
export const strikes = ['loseSyncStates', 'loseSubscriptions', 'dropSubscriptions', 'dropConnections'] as const;

/** When the process dies: at once, at the n-th statement on its database, or at the n-th request, before or after it is carried out. */
export type Death = { readonly at: 'once' } | { readonly at: 'statement' | 'request' | 'answer'; readonly nth: number };

/** One thing that happens. `pick` chooses among the items that are there; `look` makes the content differ from others. */
export type Act =
  | { readonly do: 'create'; readonly side: Side; readonly kind: Kind; readonly look: number }
  | { readonly do: 'edit'; readonly side: Side; readonly pick: number; readonly field: EditedField; readonly look: number }
  | { readonly do: 'delete'; readonly side: Side; readonly pick: number; readonly forGood: boolean }
  /** The n-th occurrence of a series gets another place, is moved or deleted. */
  | {
      readonly do: 'occurrence';
      readonly side: Side;
      readonly pick: number;
      readonly nth: number;
      readonly change: (typeof occurrenceChanges)[number];
    }
  /** A person moves an item out of its folder. */
  | { readonly do: 'move'; readonly pick: number; readonly to: (typeof otherFolders)[number] }
  /** A person copies an item, or moves one back from where it was moved or deleted to. */
  | { readonly do: 'copy' | 'restore'; readonly pick: number }
  | {
      readonly do: 'fault';
      readonly operation: (typeof faultyOperations)[number];
      readonly action: (typeof faultActions)[number];
      readonly times: number;
    }
  | { readonly do: 'strike'; readonly effect: (typeof strikes)[number] }
  /** A person changes what is synchronised for the employee, or sets everything back. */
  | { readonly do: 'option'; readonly kind: Kind; readonly change: Partial<KindOptions> }
  | { readonly do: 'defaults' }
  /** A person gives a word about something that waits for it. */
  | { readonly do: 'decide'; readonly pick: number; readonly look: number }
  | { readonly do: 'lock' }
  | { readonly do: 'kill'; readonly death: Death }
  | { readonly do: 'wait' };

/** Something that happens, and how many turns of the event loop pass afterwards. */
export type Operation = Act & { readonly pause: number };

/** Rules that decide without a person. */
export const ruleNames = ['erp', 'exchange', 'last'] as const;

/** One history. */
export interface History {
  readonly rule: (typeof ruleNames)[number];
  /** Makes the words that a person gives at the end differ. */
  readonly words: number;
  readonly operations: readonly Operation[];
}

const pick = fc.nat(40);
const look = fc.nat(10_000);
const side = fc.constantFrom(...sides);
const field = fc.constantFrom<EditedField>(...tracedFields, ...tracedFields, ...otherFields);

const death: fc.Arbitrary<Death> = fc.oneof(
  fc.constant({ at: 'once' } as const),
  fc.record({ at: fc.constantFrom('statement' as const), nth: fc.integer({ min: 1, max: 150 }) }),
  fc.record({ at: fc.constantFrom('request' as const, 'answer' as const), nth: fc.integer({ min: 1, max: 12 }) }),
);

const days = fc.constantFrom(null, 0, 3, 200);

/** One option of an employee. */
const optionChange: fc.Arbitrary<Partial<KindOptions>> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ conflictRule: fc.constantFrom<ConflictRule | null>(...conflictRules, 'manual', 'manual', null) }) },
  { weight: 1, arbitrary: fc.record({ direction: fc.constantFrom(...optionDirections) }) },
  { weight: 1, arbitrary: fc.record({ deleteInExchange: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ deleteInErp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ privateToExchange: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ privateToErp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ startDate: fc.constantFrom(null, '2026-11-25', '2027-03-27') }) },
  { weight: 1, arbitrary: fc.record({ pastDays: days }) },
  { weight: 1, arbitrary: fc.record({ futureDays: days }) },
);

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      side,
      kind: fc.constantFrom<Kind>('appointment', 'appointment', 'task'),
      look,
    }),
  },
  { weight: 40, arbitrary: fc.record({ do: fc.constant('edit' as const), side, pick, field, look }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('delete' as const), side, pick, forGood: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('occurrence' as const),
      side,
      pick,
      nth: fc.integer({ min: 1, max: 5 }),
      change: fc.constantFrom(...occurrenceChanges),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), pick, to: fc.constantFrom(...otherFolders) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'restore' as const, 'restore' as const), pick }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      operation: fc.constantFrom(...faultyOperations),
      action: fc.constantFrom(...faultActions),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('strike' as const), effect: fc.constantFrom(...strikes) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('option' as const), kind: fc.constantFrom(...kinds), change: optionChange }) },
  { weight: 1, arbitrary: fc.constant({ do: 'defaults' } as const) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('decide' as const), pick, look }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lock' } as const) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('kill' as const), death }) },
  { weight: 8, arbitrary: fc.constant({ do: 'wait' } as const) },
);

/** Most steps follow each other at once, some let the sync get a little further. */
const pause = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 20, max: 80 }) },
);

const operation: fc.Arbitrary<Operation> = fc.tuple(act, pause).map(([happening, turns]) => ({ ...happening, pause: turns }));

/** Histories of up to `longest` operations. */
export const histories = (longest: number): fc.Arbitrary<History> =>
  fc.record({
    rule: fc.constantFrom(...ruleNames),
    words: look,
    operations: fc.array(operation, { minLength: 1, maxLength: longest, size: 'max' }),
  });
