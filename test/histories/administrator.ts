/** A person at `sync-control`: sets what is synchronised for the employee, and says what becomes of what waits for a word. */
import { setTimeout as wait } from 'node:timers/promises';
import { SyncError } from '../../lib/model/error';
import { defaultKindOptions } from '../../lib/model/employee-options';
import type { Engine } from './engine';
import { remembered, type Memory } from './memory';
import type { Act } from './operations';

/** What the person can do; each is tried until a life of the sync has answered. */
export interface Administrator {
  readonly setOption: (act: Extract<Act, { do: 'option' }>) => Promise<void>;
  /** Everything is synchronised again. */
  readonly setDefaults: () => Promise<void>;
  /** Gives a word about one of the things that wait; answers whether there was one. */
  readonly decide: (act: Pick<Extract<Act, { do: 'decide' }>, 'pick' | 'look'>) => Promise<boolean>;
}

type Answer = Readonly<Record<string, unknown>>;

const patienceMs = 15_000;
const employee = '1';

const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null;
const answersIn = (value: unknown): readonly Answer[] => (Array.isArray(value) ? value.filter(isAnswer) : []);
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const subjectOf = (version: unknown): readonly string[] =>
  isAnswer(version) && typeof version['subject'] === 'string' ? [version['subject']] : [];

/** A decision about a conflict, by `look`: a side, both, or field by field where both sides have the item. */
const decisionOf = ({ fields, erp, exchange }: Answer, look: number): Answer => {
  const takes = ['erp', 'exchange', 'both', ...(erp === null || exchange === null ? [] : ['fields'])];
  const take = takes[look % takes.length];
  if (take !== 'fields') return { take };
  return {
    take,
    fields: Object.fromEntries(listIn(fields).map((field, at) => [field, (look >> (at + 2)) % 2 === 0 ? 'erp' : 'exchange'])),
  };
};

/** A person who asks whichever life of the sync there is. */
export const createAdministrator = (memory: Memory, now: () => Engine): Administrator => {
  const ask = async (request: Answer): Promise<unknown> => {
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
      try {
        const answer = await now().ask(request);
        if (answer !== null) return answer;
      } catch (thrown) {
        // Somebody writes to the ERP.
        if (!(thrown instanceof SyncError) || thrown.scope !== 'connection') throw thrown;
      }
      await wait(5);
    }
    throw new Error(`nobody answers ${JSON.stringify(request)}`);
  };

  return {
    setOption: async ({ kind, change }) => {
      await ask({ action: 'set-employee', employee, kind, options: change });
    },
    setDefaults: async () => {
      await ask({ action: 'set-employee', employee, options: defaultKindOptions });
    },
    decide: async ({ pick, look }) => {
      const conflicts = answersIn(await ask({ action: 'conflicts' }));
      const held = answersIn(await ask({ action: 'held' })).flatMap(({ ids }) => listIn(ids));
      const at = pick % Math.max(1, conflicts.length + held.length);
      const conflict = conflicts[at];
      if (conflict === undefined) {
        if (held.length === 0) return false;
        const id = held[at - conflicts.length];
        if (look % 2 === 0) memory.removed();
        await ask(look % 2 === 0 ? { action: 'release', id } : { action: 'finish', id, reason: 'It stays' });
        return true;
      }
      const decision = decisionOf(conflict, look);
      if (decision['take'] === 'both')
        for (const subject of [...subjectOf(conflict['erp']), ...subjectOf(conflict['exchange'])])
          memory.copied([remembered('subject', subject)]);
      await ask({ action: 'decide', id: conflict['id'], ...decision });
      return true;
    },
  };
};
