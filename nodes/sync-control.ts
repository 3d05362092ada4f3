/** `sync-control`: what a dashboard or another flow may ask for; also ends items that a flow leaves out. */
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { control } from '../lib/sync/control/control';
import { watchQuestions, type QuestionsTold } from '../lib/sync/control/questions';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { tenantOf } from './shared/config-nodes';
import { onInput } from './shared/input';
import { optionalText } from './shared/settings';
import type { Status } from './shared/status';

interface Definition extends NodeDef {
  readonly erp?: unknown;
  readonly action?: unknown;
  readonly reason?: unknown;
}

type Request = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Request => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Words that the message says take the place of the node's own. */
const said = (message: NodeMessageInFlow, payload: Request, word: 'action' | 'reason', own: unknown): string =>
  optionalText(message[word]) || optionalText(payload[word]) || optionalText(own);

/** An item of the pack is asked about by its row; its payload is the item and no request. */
const requestOf = (message: NodeMessageInFlow, definition: Definition): Request => {
  const { sync, payload } = message;
  const item = isObject(sync);
  const given = !item && isObject(payload) ? payload : {};
  return {
    ...given,
    ...(item ? { id: sync['journalId'], tenant: sync['tenant'] } : {}),
    action: said(message, given, 'action', definition.action),
    reason: said(message, given, 'reason', definition.reason),
  };
};

/** Shows how many questions wait for a person. */
const showQuestions =
  (status: Status) =>
  (told: QuestionsTold): void => {
    if (typeof told !== 'number') status.failed(told);
    else if (told > 0) status.show('act', 'questions', { count: told });
    else status.show('well', 'no-questions');
  };

export = (RED: NodeAPI): void => {
  function SyncControl(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const source = tenantOf(RED, definition.erp);
      const { service } = attach(RED, this, status, source, {
        create: (tenant) => ({
          ask: (request: Request) => control(tenant, request),
          questions: watchQuestions(tenant, showQuestions(status)),
        }),
        stop: ({ questions }) => {
          questions.stop();
          return Promise.resolve();
        },
        showsItself: true,
      });
      onInput(RED, this, status, async (received) => {
        const { ask, questions } = await service();
        const answer = await ask(requestOf(received, definition));
        return { outputs: { ...received, payload: answer }, show: () => void questions.look() };
      });
    });
  }
  RED.nodes.registerType('sync-control', SyncControl);
};
