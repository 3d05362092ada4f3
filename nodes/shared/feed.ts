/** What both in-nodes share: a feed's events become messages, status and errors of the node. */
import type { Node, NodeAPI } from 'node-red';
import type { Feed, FeedEvents, FeedStatus, TenantRuntime } from '../../lib/sync/runtime';
import type { Status } from './status';
import { shownError } from './texts';

const showRunning = (
  status: Status,
  { failedMailboxes, inFlight, mailboxes, needsPerson }: Extract<FeedStatus, { state: 'running' }>,
): void => {
  if (failedMailboxes > 0) status.show(needsPerson ? 'act' : 'waiting', 'mailboxes-failed', { count: failedMailboxes });
  else if (inFlight > 0) status.show('busy', 'in-flight', { count: inFlight });
  else if (mailboxes > 0) status.show('well', 'watching', { count: mailboxes });
  else status.show('well', 'waiting-changes');
};

const show = (status: Status, feed: FeedStatus): void => {
  switch (feed.state) {
    case 'connecting':
      status.show('waiting', 'connecting');
      break;
    case 'running':
      showRunning(status, feed);
      break;
    case 'waiting':
      status.failed(feed.error);
      break;
    case 'stopped':
      status.show('idle', 'stopped');
  }
};

/** Starts the feed of an in-node and makes it known to its tenant until it is stopped. */
export const runFeed = (RED: NodeAPI, node: Node, status: Status, tenant: TenantRuntime, create: (events: FeedEvents) => Feed): Feed => {
  const key = node.name !== undefined && node.name !== '' ? `${node.name} (${node.id})` : node.id;
  const feed = create({
    emit: (message) => node.send({ ...message }),
    status: (now) => {
      if (tenant.feeds.has(key)) tenant.feeds.set(key, { feed, status: now });
      show(status, now);
    },
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
