/** Tells a message of this pack from any other. */
import { SyncError } from '../../lib/model/error';
import type { SyncMessage } from '../../lib/model/message';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isSyncMessage = (message: unknown): message is SyncMessage => {
  if (!isObject(message) || !isObject(message['sync'])) return false;
  const { journalId, direction, kind, operation, tenant, employee } = message['sync'];
  const texts = [direction, kind, operation, tenant].every((part) => typeof part === 'string');
  const payload = message['payload'];
  return typeof journalId === 'number' && texts && isObject(employee) && (payload === null || isObject(payload));
};

/** The message as one of this pack; what a flow made of it must still be one item. */
export const asSyncMessage = (message: unknown): SyncMessage => {
  if (isSyncMessage(message)) return message;
  const text = 'This is not a message of an in-node: msg.sync must be there and msg.payload must be the item or null.';
  throw new SyncError('message-invalid', 'item', text);
};
