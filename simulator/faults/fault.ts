/** What can go wrong on demand, as plain data: tests, the admin calls and the page say it in the same words. */

/** A fault that only the process that runs the simulator can switch on. */
export interface RunAction {
  readonly kind: 'run';
  readonly run: () => void | Promise<void>;
}

/** What goes wrong, as JSON can say it. */
export type PlainAction =
  /** The answer comes later: by so many ms, and so many more for each item of the request. */
  | { readonly kind: 'delay'; readonly ms: number; readonly perItemMs?: number }
  /** The connection is dropped before or after the request is carried out; the answer is cut in the middle. */
  | { readonly kind: 'dropBefore' | 'dropAfter' | 'truncate' }
  /** What proxies and broken front ends answer: a page, a refused login, nothing at all. */
  | { readonly kind: 'html500' | 'html200' | 'unauthorized' | 'noAnswer' }
  | { readonly kind: 'redirect'; readonly location?: string }
  /** GetStreamingEvents: an answer that never says anything, or one that ends in the middle of its n-th envelope (default 2). */
  | { readonly kind: 'silentStream' }
  | { readonly kind: 'cutStream'; readonly envelope?: number }
  /** GetStreamingEvents: so many envelopes come in one HTTP chunk (default 1), in pieces of at most so many bytes (default: whole). */
  | { readonly kind: 'chunks'; readonly envelopes?: number; readonly bytes?: number }
  /** ErrorServerBusy in each of the ways Exchange says it; `status` (HTTP 503) where nothing is said. */
  | { readonly kind: 'busy'; readonly backOffMs?: number; readonly as?: 'status' | 'fault' | 'messages' }
  /** The request fails as a whole, as a SOAP fault; or each of its response messages does, and nothing is carried out. */
  | { readonly kind: 'soapFault' | 'responseCode'; readonly code: string }
  /** ErrorQuotaExceeded for what needs room. */
  | { readonly kind: 'quotaExceeded' }
  /** Items fail at random, each with this probability (0 to 1); the others are carried out. */
  | { readonly kind: 'itemErrors'; readonly code: string; readonly share: number }
  /** Requests with more items than this end in ErrorTimeoutExpired. */
  | { readonly kind: 'largeBatch'; readonly items: number }
  /** Before the request: what clients hold of the mailbox is lost. */
  | { readonly kind: 'loseSyncStates' | 'loseSubscriptions' | 'renewIds' };

/** What goes wrong: before the request is carried out, or (`dropAfter`, `truncate`, `delay`) with its answer. */
export type FaultAction = PlainAction | RunAction;

/** Which requests it concerns, and how often it strikes; nothing said: the next request, once. */
export interface FaultRule {
  /** Name of the request element, e.g. `CreateItem`. */
  readonly operation?: string;
  /** Address of a mailbox the request acts in. */
  readonly mailbox?: string;
  /** Address of the account that logged in. */
  readonly account?: string;
  /** Strikes first at the n-th such request from now (1 is the next). */
  readonly nth?: number;
  /** How often it strikes before it is over; default 1. */
  readonly times?: number;
  /** Strikes with this probability (0 to 1), until it is switched off or its times are over. */
  readonly rate?: number;
  /** Strikes until it is switched off. */
  readonly always?: boolean;
}

/** A rule and what happens. */
export interface Fault extends FaultRule {
  readonly action: FaultAction;
}

/** A fault that JSON can express. */
export interface PlainFault extends FaultRule {
  readonly action: PlainAction;
}

/** What faults look at in a request. */
export interface FaultRequest {
  readonly operation: string;
  readonly account: string;
  /** Addresses of the mailboxes it names or acts as. */
  readonly mailboxes: readonly string[];
  /** Items, folders or ids in it. */
  readonly items: number;
}

/** Operations that need room in a mailbox. */
const storing = new Set(['CreateItem', 'UpdateItem', 'CopyItem', 'CreateAttachment', 'UploadItems', 'SendItem', 'CreateFolder']);

const isSameAddress = (one: string | undefined, two: string): boolean => one === undefined || one.toLowerCase() === two.toLowerCase();

/** True where a fault has anything to do with a request. */
export function concerns({ operation, mailbox, account, action }: Fault, request: FaultRequest): boolean {
  if (operation !== undefined && operation !== request.operation) return false;
  if (!isSameAddress(account, request.account)) return false;
  if (mailbox !== undefined && !request.mailboxes.some((address) => isSameAddress(mailbox, address))) return false;
  if (action.kind === 'quotaExceeded') return storing.has(request.operation);
  if (action.kind === 'largeBatch') return request.items > action.items;
  return true;
}
