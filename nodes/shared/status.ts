/** Status of a node: ring = heals by itself, dot = someone must act (red) or all is well (green), blue = busy. */
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { ErrorParams, SyncError } from '../../lib/model/error';
import { textOf } from './texts';

/** Fill and shape of what a node can show. */
const looks = {
  busy: { fill: 'blue', shape: 'dot' },
  well: { fill: 'green', shape: 'dot' },
  idle: { fill: 'grey', shape: 'ring' },
  waiting: { fill: 'yellow', shape: 'ring' },
  act: { fill: 'red', shape: 'dot' },
} as const satisfies Record<string, NodeStatus>;

/** What a node can show. */
export type Look = keyof typeof looks;

/** Shows what a node is doing. */
export interface Status {
  readonly show: (look: Look, key: string, params?: ErrorParams) => void;
  /** A sentence instead of a word: a text of any key, which may be long. */
  readonly say: (look: Look, key: string, params: ErrorParams) => void;
  readonly failed: (error: SyncError) => void;
}

/** Status changes closer together than this are told as one: thousands of items a minute must not flood the editor. */
const quietMs = 250;

/** The look of a failure: what is tried again by itself is a ring. */
const lookOf = (error: SyncError): Look => (error.scope === 'connection' || error.scope === 'retry' ? 'waiting' : 'act');

/** Status of one node; equal and quickly replaced states are not sent. */
export const createStatus = (RED: NodeAPI, node: Node): Status => {
  let told = '';
  let timer: NodeJS.Timeout | null = null;
  /** Worded when it is told: what is replaced before costs nothing. */
  let next: (() => NodeStatus) | null = null;
  const tell = () => {
    timer = null;
    if (next === null) return;
    const status = next();
    const key = JSON.stringify(status);
    if (key !== told) node.status(status);
    told = key;
    next = null;
  };
  const put = (status: () => NodeStatus) => {
    next = status;
    if (timer !== null) return;
    tell();
    timer = setTimeout(tell, quietMs);
  };
  node.on('close', () => {
    if (timer !== null) clearTimeout(timer);
    next = null;
  });
  return {
    show: (look, key, params = {}) => put(() => ({ ...looks[look], text: textOf(RED, `status.${key}`, params) })),
    say: (look, key, params) => put(() => ({ ...looks[look], text: textOf(RED, key, params) })),
    failed: (error) => {
      put(() => {
        const general = textOf(RED, `status.scope.${error.scope}`);
        return { ...looks[lookOf(error)], text: textOf(RED, `status.code.${error.code}`, {}, general) };
      });
    },
  };
};
