/**
 * JSONata in rules. The language is Node-RED's, so it comes in as a port. Evaluating takes turns of the event loop, mapping takes none:
 * `evaluateAll` asks all expressions first, and the mapping then only looks up.
 */
import type { AnyItem } from '../model/item';

/** Evaluates one expression on an item. Rejects with an error whose `code` names the cause. */
export type Evaluate = (item: AnyItem) => Promise<unknown>;
/** Compiles an expression; throws on a mistake in it. */
export type CompileExpression = (expression: string) => Evaluate;

/** Result of an expression on an item; `detail` names the cause of a failure, without the item's content. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string };
/** Looks a result up. */
export type Outcomes = (expression: string, item: AnyItem) => Outcome;

const property = (thrown: unknown, name: string): unknown =>
  typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;

/** JSONata's messages quote values of the item; its codes and positions do not. */
export const causeOf = (thrown: unknown): string => {
  const [code, position] = [property(thrown, 'code'), property(thrown, 'position')];
  const at = typeof position === 'number' ? `, character ${position}` : '';
  return `JSONata ${typeof code === 'string' ? code : 'error'}${at}`;
};

/** Nothing was evaluated. */
export const noOutcomes: Outcomes = () => ({ ok: false, detail: 'not evaluated' });

/** Evaluates expressions on items. Never rejects: a failure is told where its result is used. */
export const evaluateAll = async (
  questions: readonly { readonly item: AnyItem; readonly expressions: readonly string[] }[],
  compiled: ReadonlyMap<string, Evaluate>,
): Promise<Outcomes> => {
  const known = new Map<string, ReadonlyMap<string, Outcome>>();
  const outcome = async (expression: string, item: AnyItem): Promise<Outcome> => {
    try {
      return { ok: true, value: await compiled.get(expression)?.(item) };
    } catch (thrown) {
      return { ok: false, detail: causeOf(thrown) };
    }
  };
  for (const { item, expressions } of questions) {
    const results = new Map<string, Outcome>();
    for (const expression of expressions) results.set(expression, await outcome(expression, item));
    known.set(JSON.stringify(item), results);
  }
  return (expression, item) => known.get(JSON.stringify(item))?.get(expression) ?? noOutcomes(expression, item);
};
