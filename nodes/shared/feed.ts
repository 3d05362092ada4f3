/** What both in-nodes share: a feed's events become messages, status and errors of the node. */
import type { Node, NodeAPI } from 'node-red';
import type { Feed, FeedEvents, FeedStatus } from '../../lib/sync/runtime';
import type { Status } from './status';
import { shownError } from './texts';

const show = (status: Status, feed: FeedStatus): void => {
  switch (feed.state) {
    case 'connecting':
      return status.show('waiting', 'connecting');
    case 'running':
      if (feed.failedMailboxes > 0) return status.show('act', 'mailboxes-failed', { count: feed.failedMailboxes });
      if (feed.inFlight > 0) return status.show('busy', 'in-flight', { count: feed.inFlight });
      return status.show('well', 'watching', { count: feed.mailboxes });
    case 'waiting':
      return status.failed(feed.error);
    case 'stopped':
      return status.show('idle', 'stopped');
  }
};

/** Events of a feed, told through its node. */
export const feedEvents = (RED: NodeAPI, node: Node, status: Status): FeedEvents => ({
  emit: (message) => node.send({ ...message }),
  status: (feed) => show(status, feed),
  error: (error, message) => node.error(shownError(RED, error), message === null ? {} : { ...message }),
});

/** A feed that is running. */
export const started = (feed: Feed): Feed => {
  feed.start();
  return feed;
};
