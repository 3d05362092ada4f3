/**
 * What happened in the mailboxes that are watched, in order, as Exchange's event table holds it: subscriptions and watermarks are places in it.
 * A mailbox is watched from its first subscription on; its oldest events are forgotten.
 */
import { memoize } from 'lodash';
import type { Database, FolderEvent, ItemEvent, StoreEvent } from '../storage/database';
import { folderById } from '../storage/folders';
import { unreadCount } from '../storage/unread';

/** An event with its place in the mailbox's log, counted from 1; `unread` where it tells that a folder changed. */
export type LoggedEvent = StoreEvent & { readonly number: number; readonly unread?: number };

/** The logs of all watched mailboxes. */
export interface EventLog {
  /** From now on, events of this mailbox are kept. */
  readonly watch: (mailbox: number) => void;
  /** The place of the last event; 0 where nothing has happened. */
  readonly last: (mailbox: number) => number;
  /** The events behind a place; undefined where some of them are forgotten. */
  readonly after: (mailbox: number, place: number) => readonly LoggedEvent[] | undefined;
  readonly stop: () => void;
}

/** Of each mailbox this many events are kept. */
const mostEvents = 10_000;

const isOfItem = (event: StoreEvent): event is ItemEvent => 'item' in event;

/** Where something moves or is copied between mailboxes, it is new in one and (if moved) deleted in the other. */
const withinMailboxes = (database: Database, event: StoreEvent): readonly StoreEvent[] => {
  const origin = event.from && folderById(database, isOfItem(event) ? event.from.folder : event.from.parent);
  if (!origin || origin.mailbox === event.mailbox) return [event];
  const { from, ...rest } = event;
  const created: StoreEvent = { ...rest, kind: 'CreatedEvent' };
  return event.kind === 'MovedEvent' ? [{ ...rest, ...from, kind: 'DeletedEvent', mailbox: origin.mailbox }, created] : [created];
};

/** The folders whose content an event changes: where it happened, and where a moved object came from. */
const changedFolders = (event: StoreEvent): readonly number[] => {
  if (event.kind === 'NewMailEvent' || event.kind === 'FreeBusyChangedEvent') return [];
  if (!isOfItem(event) && event.kind === 'ModifiedEvent') return [];
  const moved = event.kind === 'MovedEvent' ? event.from : undefined;
  return isOfItem(event)
    ? [moved?.folder ?? event.folder, event.folder]
    : [moved && 'parent' in moved ? moved.parent : event.parent, event.parent];
};

const folderModified = (database: Database, id: number, { sequence, time }: StoreEvent): readonly FolderEvent[] => {
  const folder = folderById(database, id);
  return folder ? [{ kind: 'ModifiedEvent', mailbox: folder.mailbox, folder: id, parent: folder.parent ?? id, sequence, time }] : [];
};

const subject = (event: StoreEvent): string => (isOfItem(event) ? `item ${event.item}` : `folder ${event.folder}`);

/** Puts behind what happened to one item or folder that the folders around it changed. */
const withFolders = (database: Database, events: readonly StoreEvent[]): readonly StoreEvent[] => {
  const all: StoreEvent[] = [];
  const changed = new Set<number>();
  for (const [index, event] of events.entries()) {
    all.push(event);
    for (const folder of changedFolders(event)) changed.add(folder);
    const next = events[index + 1];
    if (next && subject(next) === subject(event)) continue;
    for (const folder of changed) all.push(...folderModified(database, folder, event));
    changed.clear();
  }
  return all;
};

interface MailboxLog {
  last: number;
  readonly events: LoggedEvent[];
}

/** Follows the committed changes of a store, and tells after each how many events the logs grew by, by mailbox. */
export function createEventLog(database: Database, onEvents: (added: ReadonlyMap<number, number>) => void): EventLog {
  const logs = new Map<number, MailboxLog>();
  const append = (event: StoreEvent, unreadOf: (folder: number) => number): void => {
    const log = logs.get(event.mailbox);
    if (!log) return;
    log.last += 1;
    const tellsUnread = !isOfItem(event) && event.kind === 'ModifiedEvent';
    log.events.push({ ...event, number: log.last, ...(tellsUnread ? { unread: unreadOf(event.folder) } : {}) });
  };
  const stop = database.listen((committed) => {
    if (logs.size === 0) return;
    const unreadOf = memoize((folder: number) => unreadCount(database, folder));
    const events = withFolders(
      database,
      committed.flatMap((event) => withinMailboxes(database, event)),
    );
    const added = new Map<number, number>();
    for (const event of events) {
      append(event, unreadOf);
      added.set(event.mailbox, (added.get(event.mailbox) ?? 0) + 1);
    }
    for (const { events: kept } of logs.values()) if (kept.length > mostEvents) kept.splice(0, kept.length - mostEvents);
    onEvents(added);
  });
  return {
    watch: (mailbox) => void logs.set(mailbox, logs.get(mailbox) ?? { last: 0, events: [] }),
    last: (mailbox) => logs.get(mailbox)?.last ?? 0,
    after: (mailbox, place) => {
      const { last, events } = logs.get(mailbox) ?? { last: 0, events: [] };
      const missing = last - place;
      if (missing === 0) return [];
      return missing > events.length ? undefined : events.slice(-missing);
    },
    stop,
  };
}
