/** What both in-nodes share: a feed's events become messages, status and errors of the node. */
import type { Node, NodeAPI } from 'node-red';
import type { FirstRunReport, FirstRunStatus } from '../../lib/sync/first-run/report';
import type { Feed, FeedEvents, FeedStatus, TenantRuntime } from '../../lib/sync/runtime';
import type { Status } from './status';
import { shownError, textOf } from './texts';

/** `first run 3 of 20 mailboxes, 1,240/5,000, 85/s, 44 s left`; what nobody knows yet is left out. */
const showFirstRun = (RED: NodeAPI, status: Status, firstRun: FirstRunStatus): void => {
  const numbers = new Intl.NumberFormat(textOf(RED, 'first-run.numbers', {}, 'en'), { maximumFractionDigits: 0 });
  const known = firstRun.remainingMs !== null && firstRun.perSecond > 0 && firstRun.remainingMs > 0;
  status.say('busy', known ? 'first-run.rate' : 'first-run.running', {
    finished: numbers.format(firstRun.finished),
    mailboxes: numbers.format(firstRun.mailboxes),
    done: numbers.format(firstRun.done),
    total: numbers.format(firstRun.total),
    rate: numbers.format(Math.max(1, firstRun.perSecond)),
    seconds: numbers.format(Math.ceil((firstRun.remainingMs ?? 0) / 1_000)),
  });
};

const showRunning = (
  RED: NodeAPI,
  status: Status,
  { failedMailboxes, firstRun, inFlight, mailboxes, needsPerson }: Extract<FeedStatus, { state: 'running' }>,
): void => {
  if (firstRun !== null && !needsPerson) showFirstRun(RED, status, firstRun);
  else if (failedMailboxes > 0) status.show(needsPerson ? 'act' : 'waiting', 'mailboxes-failed', { count: failedMailboxes });
  else if (inFlight > 0) status.show('busy', 'in-flight', { count: inFlight });
  else if (mailboxes > 0) status.show('well', 'watching', { count: mailboxes });
  else status.show('well', 'waiting-changes');
};

const show = (RED: NodeAPI, status: Status, feed: FeedStatus): void => {
  switch (feed.state) {
    case 'connecting':
      status.show('waiting', 'connecting');
      break;
    case 'running':
      showRunning(RED, status, feed);
      break;
    case 'waiting':
      status.failed(feed.error);
      break;
    case 'stopped':
      status.show('idle', 'stopped');
  }
};

/** Starts the feed of an in-node and makes it known to its tenant until it is stopped. */
export const runFeed = (
  RED: NodeAPI,
  node: Node,
  status: Status,
  tenant: TenantRuntime,
  create: (events: FeedEvents & { readonly report: (report: FirstRunReport) => void }) => Feed,
): Feed => {
  const key = node.name !== undefined && node.name !== '' ? `${node.name} (${node.id})` : node.id;
  const feed = create({
    emit: (message) => node.send({ ...message }),
    status: (now) => {
      if (tenant.feeds.has(key)) tenant.feeds.set(key, { feed, status: now });
      show(RED, status, now);
    },
    report: (report) => node.send([null, { topic: 'first-run/report', payload: { report, timeZone: tenant.database.store.timeZone } }]),
    error: (error, message) => node.error(shownError(RED, error), message === null ? {} : { ...message }),
  });
  tenant.feeds.set(key, { feed, status: { state: 'connecting' } });
  feed.start();
  return {
    ...feed,
    stop: () => {
      tenant.feeds.delete(key);
      return feed.stop();
    },
  };
};
