/** Alerts by e-mail (requirement O8): collected for some seconds, limited per hour, never silently dropped. */
import type { MailText } from './check-text';
import { textOf, type Language } from './texts';

/** Something that somebody should know; never a secret, never an item's content. */
export interface MailEvent {
  /** One line or a few; equal texts are counted. */
  readonly text: string;
  /** Name of the node or place it comes from, empty when unknown. */
  readonly source: string;
}

/** Time as the collector sees it; tests bring their own. */
export interface MailClock {
  /** Milliseconds. */
  readonly now: () => number;
  /** Calls back once after some milliseconds; the returned function prevents it. */
  readonly after: (ms: number, task: () => void) => () => void;
}

/** Settings of a collector. */
export interface MailCollectorOptions {
  readonly send: (mail: MailText) => Promise<void>;
  /** How long events are collected after the first one. */
  readonly collectMs: number;
  readonly maxPerHour: number;
  readonly language: Language;
  /** Told when a mail could not be sent; its events stay and are tried again after five minutes. */
  readonly onError: (error: unknown) => void;
  readonly clock?: MailClock;
}

/** Collects events into mails. */
export interface MailCollector {
  readonly add: (event: MailEvent) => void;
  /** Sends what is collected at once, even above the limit, and ends; resolves when it is sent or failed. */
  readonly stop: () => Promise<void>;
}

const hourMs = 3_600_000;
const retryMs = 300_000;
/** More different events than this in one mail are only counted. */
const maxEvents = 50;
const maxTextLength = 1_000;

const systemClock: MailClock = {
  now: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

const shortened = (text: string): string => (text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text);

interface Collected {
  readonly time: number;
  readonly event: MailEvent;
  readonly count: number;
}

const compose = (events: readonly Collected[], leftOut: number, language: Language): MailText => {
  const [only] = events;
  const lines = events.map(({ time, event, count }) => {
    const times = count > 1 ? ` ${textOf(language, 'mail.times', { count })}` : '';
    return `- ${new Date(time).toISOString()} ${event.source === '' ? '' : `[${event.source}] `}${event.text}${times}`;
  });
  const total = events.reduce((sum, { count }) => sum + count, leftOut);
  const firstLine = only?.event.text.split('\n')[0]?.slice(0, 100) ?? '';
  return {
    subject: total === 1 ? textOf(language, 'mail.subject.one', { text: firstLine }) : textOf(language, 'mail.subject', { count: total }),
    text: [
      textOf(language, 'mail.intro'),
      '',
      ...lines,
      ...(leftOut > 0 ? ['', textOf(language, 'mail.left-out', { count: leftOut })] : []),
      '',
    ].join('\n'),
  };
};

/**
 * A collector. Above the limit events wait for the next hour's mail, so that a storm of errors ends in a few mails and none is
 * forgotten: what does not fit is counted and said.
 */
export const createMailCollector = (options: MailCollectorOptions): MailCollector => {
  const { send, collectMs, maxPerHour, language, onError, clock = systemClock } = options;
  const waiting = new Map<string, Collected>();
  let leftOut = 0;
  let sentAt: readonly number[] = [];
  let cancel: (() => void) | null = null;
  let sending: Promise<void> = Promise.resolve();
  let stopped = false;

  /** Puts the events of a mail that failed back, before those that came meanwhile. */
  const restore = (events: readonly Collected[], missed: number) => {
    for (const { time, event, count } of events) keep(event, time, count);
    leftOut += missed;
  };

  const sendNow = async (): Promise<void> => {
    cancel?.();
    cancel = null;
    if (waiting.size === 0 && leftOut === 0) return;
    const events = [...waiting.values()];
    const missed = leftOut;
    waiting.clear();
    leftOut = 0;
    sentAt = [...sentAt, clock.now()];
    try {
      await send(compose(events, missed, language));
    } catch (error) {
      restore(events, missed);
      schedule(retryMs);
      onError(error);
    }
  };

  const onTimer = () => {
    cancel = null;
    const now = clock.now();
    sentAt = sentAt.filter((time) => time > now - hourMs);
    const [oldest] = sentAt;
    if (oldest !== undefined && sentAt.length >= maxPerHour) schedule(oldest + hourMs - now);
    else sending = sending.then(sendNow);
  };

  const schedule = (ms: number) => {
    if (!stopped) cancel ??= clock.after(ms, onTimer);
  };

  const keep = (event: MailEvent, time: number, count: number) => {
    const text = shortened(event.text);
    const key = `${event.source}\n${text}`;
    const known = waiting.get(key);
    if (known === undefined && waiting.size >= maxEvents) leftOut += count;
    else waiting.set(key, known === undefined ? { time, event: { ...event, text }, count } : { ...known, count: known.count + count });
  };

  return {
    add: (event) => {
      keep(event, clock.now(), 1);
      schedule(collectMs);
    },
    stop: async () => {
      stopped = true;
      await sending;
      await sendNow();
    },
  };
};
