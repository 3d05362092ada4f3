/** Subscriptions and streams in raw SOAP, and a clock that tests move. */
import assert from 'node:assert/strict';
import { DateTime } from 'luxon';
import type { Schedule } from '../../../../simulator/testing';
import { parseXml } from '../../../../simulator/xml/parse';
import { authorization, child, descend, owner, soap, type Answer, type Client, type Sent, type XmlElement } from '../harness';

export const allEvents = ['Copied', 'Created', 'Deleted', 'Modified', 'Moved', 'NewMail', 'FreeBusyChanged'].map((kind) => `${kind}Event`);

export const folderIds = (...folders: readonly string[]): string => `<t:FolderIds>${folders.join('')}</t:FolderIds>`;

export const eventTypes = (kinds: readonly string[] = allEvents): string =>
  `<t:EventTypes>${kinds.map((kind) => `<t:EventType>${kind}</t:EventType>`).join('')}</t:EventTypes>`;

const request = (kind: string, folders: string, rest: string): string => {
  const attributes = folders === '' ? ' SubscribeToAllFolders="true"' : '';
  return `<m:Subscribe><m:${kind}SubscriptionRequest${attributes}>${folders}${rest}</m:${kind}SubscriptionRequest></m:Subscribe>`;
};

export const subscribeStreaming = (folders: string, types = eventTypes()): string => request('Streaming', folders, types);

export const subscribePull = (folders: string, timeout = 10, watermark = '', types = eventTypes()): string =>
  request('Pull', folders, `${types}${watermark === '' ? '' : `<t:Watermark>${watermark}</t:Watermark>`}<t:Timeout>${timeout}</t:Timeout>`);

export const subscribePush = (folders: string, url: string, statusFrequency = 30): string =>
  request('Push', folders, `${eventTypes()}<t:StatusFrequency>${statusFrequency}</t:StatusFrequency><t:URL>${url}</t:URL>`);

export const getEvents = (id: string, watermark: string): string =>
  `<m:GetEvents><m:SubscriptionId>${id}</m:SubscriptionId><m:Watermark>${watermark}</m:Watermark></m:GetEvents>`;

export const unsubscribe = (id: string): string => `<m:Unsubscribe><m:SubscriptionId>${id}</m:SubscriptionId></m:Unsubscribe>`;

export const getStreamingEvents = (ids: readonly string[], minutes = 1): string =>
  `<m:GetStreamingEvents><m:SubscriptionIds>${ids.map((id) => `<t:SubscriptionId>${id}</t:SubscriptionId>`).join('')}</m:SubscriptionIds><m:ConnectionTimeout>${minutes}</m:ConnectionTimeout></m:GetStreamingEvents>`;

/** Id and watermark of a subscription that was made. */
export const made = (answer: Answer): { readonly id: string; readonly watermark: string } => {
  assert.deepEqual(answer.codes, ['NoError'], answer.text);
  const [message] = answer.messages;
  return { id: child(message, 'SubscriptionId')?.text ?? '', watermark: child(message, 'Watermark')?.text ?? '' };
};

/** The events of a notification. */
export const eventsOf = (notification: XmlElement | undefined): readonly XmlElement[] =>
  (notification?.children ?? []).filter(({ name }) => name.endsWith('Event'));

/** Whom an event is about, in short: `CreatedEvent item`. */
export const inShort = (event: XmlElement): string =>
  event.name === 'StatusEvent' ? event.name : `${event.name} ${child(event, 'ItemId') ? 'item' : 'folder'}`;

/** The notification of a GetEvents answer. */
export const notificationIn = (answer: Answer): XmlElement => {
  assert.deepEqual(answer.codes, ['NoError'], answer.text);
  const notification = child(answer.messages[0], 'Notification');
  assert.ok(notification);
  return notification;
};

/** The complete envelopes of a stream so far. */
export const envelopesIn = (text: string): readonly string[] => text.split(/(?=<\?xml)/).filter((part) => part.includes('</Envelope>'));

const messageOf = (envelope: string): XmlElement | undefined =>
  descend(parseXml(envelope), 'Body', 'GetStreamingEventsResponse', 'ResponseMessages', 'GetStreamingEventsResponseMessage');

/** What a stream said in its envelopes: the status, the code of an error, or the notifications. */
export const messagesIn = (text: string): readonly XmlElement[] => envelopesIn(text).flatMap((envelope) => messageOf(envelope) ?? []);

/** An open stream, read in the background. */
export interface OpenStream {
  readonly text: () => string;
  /** Waits until the text so far satisfies. */
  readonly until: (isEnough: (text: string) => boolean) => Promise<string>;
  /** Waits for the end of the answer. */
  readonly ended: () => Promise<string>;
  readonly close: () => void;
}

/** Opens a stream and waits until it says so. */
export async function openStream(client: Client, ids: readonly string[], minutes = 1, sent: Sent = {}): Promise<OpenStream> {
  const stop = new AbortController();
  const response = await fetch(client.simulator.url, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', authorization: authorization(sent.as ?? owner) },
    body: soap(getStreamingEvents(ids, minutes), sent.header),
    signal: stop.signal,
  });
  assert.equal(response.status, 200, 'the stream opens');
  const chunks: Uint8Array[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;
  const tell = (): void => {
    for (const callback of [...waiting]) callback();
  };
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      tell();
    }
  };
  void read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      tell();
    });
  const text = (): string => Buffer.concat(chunks).toString('utf8');
  const until = (isEnough: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (isEnough()) resolve(text());
        else if (isOver) reject(new Error(`the stream ended: ${text()}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return {
    text,
    until: (isEnough) => until(() => isEnough(text())),
    ended: () => until(() => isOver),
    close: () => stop.abort(),
  };
}

/** A clock that stands until it is moved, and does what is due on the way. */
export interface TestClock {
  readonly now: () => Date;
  readonly schedule: Schedule;
  readonly advance: (seconds: number) => void;
  /** How much work is due later. */
  readonly pending: () => number;
  /** Waits until something is due in exactly so many seconds. */
  readonly due: (seconds: number) => Promise<void>;
  /** Waits until nothing is due any more. */
  readonly idle: () => Promise<void>;
}

export function createClock(start = '2026-03-02T08:00:00Z'): TestClock {
  let now = DateTime.fromISO(start).toMillis();
  const due = new Set<{ readonly at: number; readonly work: () => void }>();
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const look of [...waiting]) look();
  };
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const next = (end: number) => [...due].filter(({ at }) => at <= end).sort((one, two) => one.at - two.at)[0];
  return {
    now: () => new Date(now),
    schedule: (work, ms) => {
      const entry = { at: now + ms, work };
      due.add(entry);
      changed();
      return () => {
        due.delete(entry);
        changed();
      };
    },
    advance: (seconds) => {
      const end = now + seconds * 1000;
      for (let entry = next(end); entry; entry = next(end)) {
        due.delete(entry);
        now = entry.at;
        entry.work();
      }
      now = end;
    },
    pending: () => due.size,
    due: (seconds) => until(() => [...due].some(({ at }) => at === now + seconds * 1000)),
    idle: () => until(() => due.size === 0),
  };
}
