import { schemaTypes } from '../schema/schema';
import type { PlainAction, PlainFault } from '../faults/fault';
import { follows, isFlag, isText, oneOf, wholeFrom, type Check } from './checks';

const isShare: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1;
/** Nothing that could end the header it stands in. */
const isLocation: Check = (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
const isCode: Check = (value) => typeof value === 'string' && schemaTypes['m:ResponseCodeType']?.values?.includes(value) === true;
// Longer than any client waits.
const isTime: Check = (value) => wholeFrom(0)(value) && Number(value) <= 3_600_000;

/** What each kind of fault may say; everything listed first is required. */
const actions: Readonly<Record<PlainAction['kind'], readonly [Readonly<Record<string, Check>>, Readonly<Record<string, Check>>]>> = {
  delay: [{ ms: isTime }, { perItemMs: isTime }],
  dropBefore: [{}, {}],
  dropAfter: [{}, {}],
  truncate: [{}, {}],
  html500: [{}, {}],
  html200: [{}, {}],
  unauthorized: [{}, {}],
  noAnswer: [{}, {}],
  redirect: [{}, { location: isLocation }],
  silentStream: [{}, {}],
  cutStream: [{}, { envelope: wholeFrom(1) }],
  chunks: [{}, { envelopes: wholeFrom(1), bytes: wholeFrom(1) }],
  busy: [{}, { backOffMs: isTime, as: oneOf('status', 'fault', 'messages') }],
  soapFault: [{ code: isCode }, {}],
  responseCode: [{ code: isCode }, {}],
  quotaExceeded: [{}, {}],
  itemErrors: [{ code: isCode, share: isShare }, {}],
  largeBatch: [{ items: wholeFrom(0) }, {}],
  loseSyncStates: [{}, {}],
  loseSubscriptions: [{}, {}],
  renewIds: [{}, {}],
};

const isAction: Check = (value) => {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const found = Object.entries(actions).find(([kind]) => kind === value.kind);
  if (!found) return false;
  const [kind, [required, optional]] = found;
  return follows(value, { kind: oneOf(kind), ...required, ...optional }, Object.keys(required));
};

const rule: Readonly<Record<string, Check>> = {
  operation: isText,
  mailbox: isText,
  account: isText,
  nth: wholeFrom(1),
  times: wholeFrom(1),
  rate: isShare,
  always: isFlag,
  action: isAction,
};

/** True where JSON is a fault with nothing unknown in it. */
export const isPlainFault = (value: unknown): value is PlainFault => follows(value, rule, ['action']);
