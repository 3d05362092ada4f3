/** What a message tells somebody who gets it by mail. */
import type { NodeMessage } from 'node-red';
import type { CheckReport } from '../../lib/monitoring/check-report';
import type { MailEvent } from '../../lib/monitoring/mail';
import type { FirstRunReport } from '../../lib/sync/first-run/report';

/** `nothing`: a status that needs nobody; `unknown`: no alarm at all. */
export type Alert =
  | { readonly type: 'event'; readonly event: MailEvent }
  | { readonly type: 'report'; readonly report: CheckReport; readonly timeZone: string }
  | { readonly type: 'first-run'; readonly report: FirstRunReport }
  | { readonly type: 'nothing' }
  | { readonly type: 'unknown' };

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const isReport = (value: unknown): value is CheckReport =>
  isObject(value) && Array.isArray(value['entries']) && Array.isArray(value['failures']) && typeof value['connection'] === 'string';

const isFirstRun = (value: unknown): value is FirstRunReport => isObject(value) && Array.isArray(value['runs']) && isObject(value['total']);

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

const sourceOf = ({ source }: Fields): string => (isObject(source) ? word(source['name']) || word(source['type']) : '');

const event = (text: string, source: string): Alert => (text === '' ? { type: 'unknown' } : { type: 'event', event: { text, source } });

/** Reads a message of a catch or status node, a report of `diff-report`, or a text. */
export const alertOf = ({ error, status, payload }: NodeMessage): Alert => {
  if (isObject(error)) return event(word(error['message']), sourceOf(error));
  // Of the states only the red ones need somebody; the others heal by themselves or are well.
  if (isObject(status)) return status['fill'] === 'red' ? event(word(status['text']), sourceOf(status)) : { type: 'nothing' };
  if (isObject(payload) && isReport(payload['report'])) {
    return { type: 'report', report: payload['report'], timeZone: word(payload['timeZone']) || 'Etc/UTC' };
  }
  if (isObject(payload) && isFirstRun(payload['report'])) return { type: 'first-run', report: payload['report'] };
  return event(word(payload), '');
};
