/** Both sides of a history and the people at them: they create, change and delete with what they find there, and know nothing of the sync. */
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DateTime } from 'luxon';
import {
  startSimulator,
  type AppointmentForm,
  type ItemForm,
  type ItemView,
  type RecurrenceForm,
  type Simulator,
} from '../../simulator/testing';
import { createTestErp, type ErpForm, type ErpView, type TestErp } from '../../testing';
import type { Kind } from '../../lib/model/kind';
import { openOutlook } from './outlook';
import { createMemory, remembered, type Memory, type Seen } from './memory';
import { changeInErp, changeInExchange } from './occurrences';
import { otherFolders, type Act, type EditedField } from './operations';
import { employees, service, zone } from './setting';

/** Both sides. */
export interface World {
  readonly erp: TestErp;
  readonly simulator: Simulator;
  readonly memory: Memory;
  readonly create: (act: Extract<Act, { do: 'create' }>) => void;
  readonly edit: (act: Extract<Act, { do: 'edit' }>) => void;
  readonly delete: (act: Extract<Act, { do: 'delete' }>) => void;
  readonly changeOccurrence: (act: Extract<Act, { do: 'occurrence' }>) => Promise<void>;
  readonly relocate: (act: Extract<Act, { do: 'move' | 'copy' | 'restore' }>) => Promise<void>;
  readonly close: () => Promise<void>;
}

const [anna] = employees;

/** Some lie before a change of the clocks; none at the end of a month, where the two sides' series differ. */
const days = ['2026-11-24', '2027-03-26', '2027-03-27', '2026-10-24', '2028-02-25'] as const;

/** From eight to ten at night: no clock is changed meanwhile, and no appointment ends on another day. */
const minutesOfDay = 840;

/** A start that no other appointment of the history has; long histories go on in later years. */
const timeOf = (serial: number, look: number): DateTime =>
  DateTime.fromISO(`${days[look % days.length] ?? ''}T08:00`, { zone }).plus({
    years: Math.floor(serial / minutesOfDay),
    minutes: serial % minutesOfDay,
  });

/** A day that no other all-day appointment of the history has. */
const firstDay = (serial: number): DateTime => DateTime.fromISO('2026-11-01', { zone }).plus({ days: serial });

const utc = (time: DateTime): string => time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm");
const local = (time: DateTime): string => time.toFormat("yyyy-MM-dd'T'HH:mm");

const weekday = (start: DateTime): string => start.setLocale('en').toFormat('ccc').slice(0, 2).toUpperCase();

/** Series that begin with one of their own days, as the ERP and a person in Exchange spell them. */
const seriesOf = (start: DateTime, look: number): { readonly rule: string; readonly pattern: RecurrenceForm } => {
  const day = start.toFormat('cccc', { locale: 'en' });
  const next = start.plus({ days: 1 });
  const lastDay = start.plus({ years: 1 });
  const kinds = [
    { rule: 'FREQ=DAILY;COUNT=5', pattern: { pattern: 'daily', count: 5 } },
    { rule: `FREQ=DAILY;INTERVAL=3;UNTIL=${lastDay.toUTC().toFormat("yyyyMMdd'T'HHmmss'Z'")}`, pattern: { pattern: 'daily', interval: 3 } },
    {
      rule: `FREQ=WEEKLY;BYDAY=${weekday(start)},${weekday(next)}`,
      pattern: { pattern: 'weekly', days: [day, next.toFormat('cccc', { locale: 'en' })], until: lastDay.toFormat('yyyy-MM-dd') },
    },
    { rule: 'FREQ=WEEKLY;INTERVAL=2;COUNT=8', pattern: { pattern: 'weekly', interval: 2, count: 8 } },
    { rule: 'FREQ=MONTHLY;COUNT=6', pattern: { pattern: 'monthly', count: 6 } },
    { rule: `FREQ=MONTHLY;BYDAY=${Math.ceil(start.day / 7)}${weekday(start)}`, pattern: { pattern: 'monthly', interval: 2 } },
    { rule: 'FREQ=YEARLY', pattern: { pattern: 'yearly' } },
  ] as const;
  // The fifth Monday of a month is no pattern of Exchange, nor is the 31st.
  return at(start.day > 28 ? kinds.slice(0, 4) : kinds, look);
};

const states = ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'] as const;
const freeBusy = ['free', 'tentative', 'busy', 'outOfOffice'] as const;
const freeBusyInExchange = ['Free', 'Tentative', 'Busy', 'OOF'] as const;
const sensitivities = ['normal', 'personal', 'private', 'confidential'] as const;
const importances = ['Low', 'Normal', 'High'] as const;
const keywords = [[], ['Kunde'], ['Kunde', 'Wien'], ['A & B <c>']] as const;

const at = <Value>(values: readonly Value[], index: number): Value => {
  const value = values[index % values.length];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
};
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** What a person sees in a record. */
export const seenInErp = (view: ErpView): Seen => [
  remembered('subject', view.subject),
  remembered('body', view.body.trimEnd()),
  ...(view.kind === 'appointment'
    ? [remembered('location', view.location), remembered('time', utc(DateTime.fromISO(view.start.replace(' ', 'T'), { zone })))]
    : []),
];

/** What a person sees in an item. */
export const seenInExchange = (view: ItemView): Seen => [
  remembered('subject', view.subject),
  remembered('body', view.body.trimEnd()),
  ...(view.element === 'CalendarItem'
    ? [remembered('location', view.location ?? ''), remembered('time', utc(DateTime.fromISO(view.start ?? '')))]
    : []),
];

/** The items of the folders that are synchronised. */
export const inFolders = (simulator: Pick<Simulator, 'items'>): readonly ItemView[] =>
  ['calendar', 'tasks'].flatMap((folder) => simulator.items(anna, folder));

/** What a person sees in the items of each side. */
export const seenBy = ({ erp, simulator }: Pick<World, 'erp' | 'simulator'>): Readonly<Record<'erp' | 'exchange', readonly Seen[]>> => ({
  erp: erp.items(anna).map(seenInErp),
  exchange: inFolders(simulator).map(seenInExchange),
});

interface Traced {
  readonly field: string;
  readonly value: string;
}

/** What an edit enters, on either side, and what of it is remembered. */
interface Entered {
  readonly erp: ErpForm;
  readonly exchange: ItemForm;
  readonly traced: Traced | null;
}

const appointment = (
  erp: Omit<ErpForm & { kind: 'appointment' }, 'kind'>,
  exchange: Omit<AppointmentForm, 'kind'>,
): Omit<Entered, 'traced'> => ({
  erp: { kind: 'appointment', ...erp },
  exchange: { kind: 'appointment', ...exchange },
});

/** What of an appointment decides what can be entered. */
interface Present {
  readonly start: DateTime;
  readonly isAllDay: boolean;
  readonly isSeries: boolean;
  /** Longer than a day. */
  readonly isLong: boolean;
}

/** A new time that no other item has; a series stays on its day, or its pattern would no longer be that of its first day. */
const movedTo = (
  { start, isAllDay, isSeries }: Present,
  serial: number,
  look: number,
): { readonly start: DateTime; readonly end: DateTime } => {
  if (isAllDay) {
    const day = isSeries ? start : firstDay(serial);
    return { start: day, end: day.plus({ days: isSeries ? 1 : 1 + (look % 2) }) };
  }
  const moment = isSeries
    ? start
        .startOf('day')
        .set({ hour: 8 })
        .plus({ minutes: serial % minutesOfDay })
    : timeOf(serial, look);
  return { start: moment, end: moment.plus({ minutes: 30 }) };
};

const enteredInAppointment = (field: EditedField, serial: number, look: number, present: Present): Entered => {
  const text = `${field} ${serial}`;
  switch (field) {
    case 'subject':
    case 'body':
    case 'location':
      return { ...appointment({ [field]: text }, { [field]: text }), traced: { field, value: text } };
    case 'time': {
      const { start, end } = movedTo(present, serial, look);
      const [from, to] = [local(start), local(end)];
      const length = present.isAllDay ? 10 : from.length;
      return {
        ...appointment({ start: from.slice(0, length), end: to.slice(0, length) }, { start: from, end: to }),
        traced: { field, value: utc(start) },
      };
    }
    case 'allDay': {
      const start = present.isSeries ? present.start.startOf('day') : firstDay(serial);
      const [from, to] = [local(start), local(start.plus({ days: 1 }))];
      return {
        ...appointment({ allDay: true, start: from.slice(0, 10), end: to.slice(0, 10) }, { allDay: true, start: from, end: to }),
        traced: { field: 'time', value: utc(start) },
      };
    }
    case 'state':
      return { ...appointment({ freeBusy: at(freeBusy, look) }, { freeBusy: at(freeBusyInExchange, look) }), traced: null };
    case 'sensitivity':
      return { ...appointment({ sensitivity: at(sensitivities, look) }, { sensitivity: capital(at(sensitivities, look)) }), traced: null };
    case 'priority':
      return { ...appointment({ priority: 1 + (look % 5) }, { importance: at(importances, look) }), traced: null };
    case 'categories':
      return { ...appointment({ categories: at(keywords, look) }, { categories: at(keywords, look) }), traced: null };
    case 'reminder': {
      const reminderMinutes = look % 3 === 0 ? null : (look % 7) * 15;
      return { ...appointment({ reminderMinutes }, { reminderMinutes }), traced: null };
    }
    case 'recurrence': {
      if (look % 4 === 0) return { ...appointment({ recurrenceRule: null }, { recurrence: null }), traced: null };
      // Occurrences of two days each may not begin every day.
      if (present.isLong) return { ...appointment({ recurrenceRule: null }, { recurrence: null }), traced: null };
      const { rule, pattern } = seriesOf(present.start, look);
      return { ...appointment({ recurrenceRule: rule }, { recurrence: pattern }), traced: null };
    }
  }
};

const enteredInTask = (field: EditedField, serial: number, look: number): Entered => {
  const both = (form: Omit<ErpForm & { kind: 'task' }, 'kind' | 'priority' | 'status'>): Omit<Entered, 'traced'> => ({
    erp: { kind: 'task', ...form },
    exchange: { kind: 'task', ...form },
  });
  switch (field) {
    case 'subject':
    case 'body': {
      const text = `${field} ${serial}`;
      return { ...both({ [field]: text }), traced: { field, value: text } };
    }
    case 'state': {
      const status = at(states, look);
      const percentComplete = status === 'completed' ? 100 : status === 'notStarted' ? 0 : 10 + (look % 80);
      return {
        erp: { kind: 'task', status, percentComplete },
        exchange: { kind: 'task', status: capital(status), percentComplete },
        traced: null,
      };
    }
    case 'sensitivity':
      return {
        erp: { kind: 'task', sensitivity: at(sensitivities, look) },
        exchange: { kind: 'task', sensitivity: capital(at(sensitivities, look)) },
        traced: null,
      };
    case 'priority':
      return {
        erp: { kind: 'task', priority: 1 + (look % 5) },
        exchange: { kind: 'task', importance: at(importances, look) },
        traced: null,
      };
    case 'categories':
      return { ...both({ categories: at(keywords, look) }), traced: null };
    default: {
      const day = DateTime.fromISO('2026-11-01', { zone })
        .plus({ days: look % 400 })
        .toFormat('yyyy-MM-dd');
      return { ...both(look % 3 === 0 ? { startDate: null, dueDate: null } : { startDate: day, dueDate: day }), traced: null };
    }
  }
};

const isLong = (start: string, end: string): boolean => DateTime.fromISO(end).diff(DateTime.fromISO(start), 'hours').hours > 25;

const presentInErp = (view: ErpView): Present => ({
  start: DateTime.fromISO((view.kind === 'appointment' ? view.start : '').replace(' ', 'T'), { zone }),
  isAllDay: view.kind === 'appointment' && view.allDay,
  isSeries: view.kind === 'appointment' && view.recurrenceRule !== null,
  isLong: view.kind === 'appointment' && isLong(view.start.replace(' ', 'T'), view.end.replace(' ', 'T')),
});

const presentInExchange = (view: ItemView): Present => ({
  start: DateTime.fromISO(view.start ?? '', { zone }),
  isAllDay: view.allDay === true,
  isSeries: view.isSeries === true,
  isLong: isLong(view.start ?? '', view.end ?? ''),
});

/** Fields that a person fills in besides the subject, by `look`. */
const filledIn = (kind: Kind, look: number): readonly EditedField[] => {
  const fields: readonly EditedField[] = ['body', 'location', 'state', 'categories', 'priority', 'sensitivity', 'reminder'];
  const chosen = fields.filter((_, index) => (look >> index) % 2 === 1);
  if (kind === 'task') return ['subject', ...chosen.filter((field) => field !== 'location')];
  return ['subject', look % 4 === 3 ? 'allDay' : 'time', ...chosen, ...(look % 3 === 2 ? (['recurrence'] as const) : [])];
};

const restartsSeries: readonly EditedField[] = ['time', 'allDay', 'recurrence'];

/** Starts both sides. */
export const startWorld = async (): Promise<World> => {
  // Every history begins with an empty file: in memory where the system offers that.
  const folder = await mkdtemp(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'history-'));
  const erp = createTestErp(path.join(folder, 'erp.sqlite'), employees);
  erp.database.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0');
  const simulator = await startSimulator({
    mailboxes: employees.map((address) => ({ address, password: 'demo' })),
    zone,
    statusInterval: 400,
    serviceAccounts: [service],
  });
  const memory = createMemory();
  const outlook = openOutlook(simulator, anna, 'demo');
  let serial = 0;

  const entered = (kind: Kind, field: EditedField, look: number, present: Present): Entered => {
    serial += 1;
    return kind === 'task' ? enteredInTask(field, serial, look) : enteredInAppointment(field, serial, look, present);
  };
  const remember = (seen: Seen, { traced }: Entered): void => {
    // A whole-day series stays on its day: who enters the day again changes nothing that could be lost.
    if (traced !== null && !seen.includes(remembered(traced.field, traced.value))) memory.wrote(seen, traced.field, traced.value);
  };
  const isLinked = (exchangeId: string): boolean =>
    erp.database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sync_link'").get() !== undefined &&
    erp.database.prepare('SELECT 1 FROM sync_link WHERE exchange_id = ?').get(exchangeId) !== undefined;
  const inMailbox = (): readonly ItemView[] => inFolders(simulator);

  return {
    erp,
    simulator,
    memory,
    create: ({ side, kind, look }) => {
      const isAllDay = look % 4 === 3;
      const start = isAllDay ? firstDay(serial) : timeOf(serial, look);
      const parts = filledIn(kind, look).map((field, index) =>
        entered(kind, field, look + index, { start, isAllDay, isSeries: true, isLong: false }),
      );
      for (const part of parts) remember([], part);
      if (side === 'erp')
        erp.create(
          anna,
          parts.map((part) => part.erp).reduce((form, part) => ({ ...form, ...part })),
        );
      else
        simulator.create(
          anna,
          parts.map((part) => part.exchange).reduce((form, part) => ({ ...form, ...part })),
        );
    },
    edit: ({ side, pick, field, look }) => {
      if (side === 'erp') {
        const items = erp.items(anna);
        const view = items[pick % items.length];
        if (view === undefined) return;
        const change = entered(view.kind, field, look, presentInErp(view));
        if (view.kind === 'appointment' && restartsSeries.includes(field)) {
          memory.forgetOccurrences();
          // The ERP's program knows that the exceptions of a series go with its times.
          erp.database.prepare('DELETE FROM appointment_exception WHERE appointment_id = ?').run(view.id);
        }
        erp.update(view.id, change.erp);
        remember(seenInErp(view), change);
        return;
      }
      const items = inMailbox();
      const view = items[pick % items.length];
      if (view === undefined) return;
      const change = entered(view.element === 'Task' ? 'task' : 'appointment', field, look, presentInExchange(view));
      if (restartsSeries.includes(field)) memory.forgetOccurrences();
      simulator.update(anna, view.id, change.exchange);
      remember(seenInExchange(view), change);
    },
    delete: ({ side, pick, forGood }) => {
      if (side === 'erp') {
        const items = erp.items(anna);
        const view = items[pick % items.length];
        if (view === undefined) return;
        memory.tookAway(seenInErp(view), 'erp');
        memory.forgetOccurrences();
        erp.delete(view.id, view.kind);
        return;
      }
      const items = inMailbox();
      const view = items[pick % items.length];
      if (view === undefined) return;
      const seen = seenInExchange(view);
      memory.tookAway(seen, 'exchange');
      // Nothing tells an unanswered creation whose item is gone for good from one that never came: it may be made once more.
      if (forGood && !isLinked(view.id)) memory.mayReturn(seen);
      memory.forgetOccurrences();
      simulator.delete(anna, view.id, forGood);
    },
    changeOccurrence: async (act) => {
      serial += 1;
      if (act.side === 'erp') changeInErp({ erp, memory }, act, serial);
      else await changeInExchange({ simulator, memory, outlook }, act, serial);
    },
    relocate: async (act) => {
      const elsewhere = otherFolders.flatMap((name) => simulator.items(anna, name));
      const items = act.do === 'restore' ? elsewhere : inMailbox();
      const view = items[act.pick % items.length];
      if (view === undefined) return;
      // Nobody looks into the other folders for the item of an unanswered creation: see `delete`.
      const mayReturn = act.do === 'move' && act.to !== 'deleteditems' && !isLinked(view.id);
      const own = view.element === 'Task' ? 'tasks' : 'calendar';
      const id = act.do === 'copy' ? await outlook.copy(view.id, own) : await outlook.move(view.id, act.do === 'move' ? act.to : own);
      if (id === null) return;
      // The sync may have written to the item since it was chosen: what was moved is what counts.
      const seen = seenInExchange(simulator.item(anna, id));
      if (act.do === 'copy') memory.copied(seen);
      else if (act.do === 'restore') memory.putBack(seen);
      else {
        memory.tookAway(seen, 'exchange');
        if (mayReturn) memory.mayReturn(seen);
        memory.forgetOccurrences();
      }
    },
    close: async () => {
      erp.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
