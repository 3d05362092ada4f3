/** JSONata in the rules of `item-map`: Node-RED's own, with limits, as one bad expression must not stop the whole runtime. */
import type { Node, NodeAPI } from 'node-red';
import type { CompileExpression } from '../../lib/mapping/expressions';

/** Steps of one evaluation; a rule takes some ten. Not a time: what works on a fast machine works on a slow one. */
const maxSteps = 100_000;
/** Nested calls. */
const maxDepth = 300;
/** Characters of a result as JSON: more than any field holds. */
const maxLength = 2_000_000;

const counterName = 'exchangeErpSync';

interface Counter {
  steps: number;
  depth: number;
}

const isCounter = (value: unknown): value is Counter => typeof value === 'object' && value !== null && 'steps' in value && 'depth' in value;

/** JSONata's frame of variables, which it hands to its hooks. */
interface Frame {
  readonly lookup: (name: string) => unknown;
}

const tooMuch = (): Error => Object.assign(new Error('The expression takes too long.'), { code: 'U1001' });

const counterOf = (frame: Frame): Counter => {
  const counter = frame.lookup(counterName);
  return isCounter(counter) ? counter : { steps: 0, depth: 0 };
};

const entered = (_expression: unknown, _input: unknown, frame: Frame): void => {
  const counter = counterOf(frame);
  counter.steps += 1;
  counter.depth += 1;
  if (counter.steps > maxSteps || counter.depth > maxDepth) throw tooMuch();
};

const left = (_expression: unknown, _input: unknown, frame: Frame): void => {
  counterOf(frame).depth -= 1;
};

/** Plain JSON: the sequences of JSONata carry marks of their own. */
const plain = (result: unknown): unknown => {
  if (result === undefined) return null;
  const json = JSON.stringify(result);
  if (json.length > maxLength) throw tooMuch();
  return JSON.parse(json);
};

/** An expression of JSONata. Node-RED's copy knows its hooks as symbols, the package as names. */
interface Expression {
  assign(name: string | symbol, value: unknown): void;
  evaluate(input: unknown, bindings: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Typed by Node-RED as if a node were needed; the runtime takes none for an expression outside a flow. */
interface Util {
  prepareJSONataExpression(text: string, node: Node | null): Expression;
}

/** Node-RED's JSONata for rules. `node`: whose flow context and environment the expressions see; null for none. */
export const jsonata = (RED: Pick<NodeAPI, 'util'>, node: Node | null): CompileExpression => {
  const util: Util = RED.util;
  return (text) => {
    const expression = util.prepareJSONataExpression(text, node);
    for (const name of [Symbol.for('jsonata.__evaluate_entry'), '__evaluate_entry']) expression.assign(name, entered);
    for (const name of [Symbol.for('jsonata.__evaluate_exit'), '__evaluate_exit']) expression.assign(name, left);
    return async (item) => plain(await expression.evaluate(item, { [counterName]: { steps: 0, depth: 0 } }));
  };
};
