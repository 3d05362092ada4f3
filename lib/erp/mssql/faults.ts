/** What a failure of the driver or the server says of itself, whichever of the driver's layers wrapped it. */
/** Facts of one failure. */
export interface Fault {
  /** The server's error numbers, the first cause first; empty when the server said nothing. */
  readonly numbers: readonly number[];
  /** Codes of driver, socket and TLS, from the outside in. */
  readonly codes: readonly string[];
  /** Text of the first cause. */
  readonly text: string;
  /** Severity, 0 when unknown: 20 and above end the session. */
  readonly severity: number;
  /** Procedure or trigger in which it happened; empty outside of one. */
  readonly procedure: string;
}

/** What Babelfish tells by PostgreSQL's text alone, as SQL Server's numbers. */
const numbersOfTexts: readonly (readonly [RegExp, number])[] = [
  [/^relation ".*" does not exist/, 208],
  [/^column .* does not exist/, 207],
  [/^procedure .* does not exist/, 2812],
  [/^permission denied/, 229],
  [/^deadlock detected/, 1205],
  [/due to lock timeout/, 1222],
  [/^could not serialize access/, 3960],
  [/^terminating connection|the database system is/, 6005],
];
const babelfishUnknown = 33_557_097;

/** The error and those in it: what came before it first, then itself, then what it wraps. */
const layersOf = (thrown: unknown, seen = new Set<unknown>()): readonly Error[] => {
  if (!(thrown instanceof Error) || seen.has(thrown)) return [];
  seen.add(thrown);
  const inside = (error: unknown) => layersOf(error, seen);
  const before = 'precedingErrors' in thrown && Array.isArray(thrown.precedingErrors) ? thrown.precedingErrors.flatMap(inside) : [];
  const several = 'errors' in thrown && Array.isArray(thrown.errors) ? thrown.errors.flatMap(inside) : [];
  const original = 'originalError' in thrown ? inside(thrown.originalError) : [];
  const told = 'info' in thrown ? inside(thrown.info) : [];
  return [...before, thrown, ...several, ...original, ...told, ...inside(thrown.cause)];
};

const numberOf = (error: Error): number | null => {
  if (!('number' in error) || typeof error.number !== 'number') return null;
  if (error.number !== babelfishUnknown) return error.number;
  return numbersOfTexts.find(([text]) => text.test(error.message))?.[1] ?? error.number;
};

const codeOf = (error: Error): readonly string[] => ('code' in error && typeof error.code === 'string' ? [error.code] : []);

/** By name: the package is loaded only where a SQL Server is used. */
const driverErrors = ['MSSQLError', 'ConnectionError', 'TransactionError', 'RequestError'];

/** The pool's own error, when no connection became free in time. */
const isPoolTimeout = (error: Error): boolean => error.name === 'TimeoutError' || error.constructor.name === 'TimeoutError';

/** The facts of a failure of driver or server; null when it is neither's. */
export const faultOf = (thrown: unknown): Fault | null => {
  if (!(thrown instanceof Error)) return null;
  const isTimeout = isPoolTimeout(thrown);
  if (!driverErrors.includes(thrown.name) && !isTimeout) return null;
  const layers = layersOf(thrown);
  const told = layers.filter((error) => numberOf(error) !== null);
  const first = told[0] ?? thrown;
  return {
    numbers: told.flatMap((error) => numberOf(error) ?? []),
    codes: [...(isTimeout ? ['EPOOL'] : []), ...layers.flatMap(codeOf)],
    text: first.message,
    severity: Math.max(0, ...told.map((error) => ('class' in error && typeof error.class === 'number' ? error.class : 0))),
    procedure: 'procName' in first && typeof first.procName === 'string' ? first.procName : '',
  };
};
