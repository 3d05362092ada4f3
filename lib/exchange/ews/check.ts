/** Checks a connection step by step: each step needs the one before, so the first failure ends it. */
import { toSyncError } from '../../model/error';
import type { CheckStep } from '../connection';
import { getFolder } from './operations/get-folder';
import { getStreamingEvents } from './operations/get-streaming-events';
import { subscribe } from './operations/subscribe';
import { unsubscribe } from './operations/unsubscribe';
import type { EwsOptions } from './options';
import type { FolderName } from './folders';
import type { SoapClient } from './soap/client';
import type { HttpTransport } from './transport/transport';

/** What a check looks at. */
export interface CheckParts {
  readonly client: SoapClient;
  readonly transport: HttpTransport;
  readonly options: EwsOptions;
}

interface Step {
  readonly step: string;
  /** English text of what was found. */
  readonly run: () => Promise<string>;
}

const connect = async ({ transport, options }: CheckParts): Promise<string> => {
  const status = await transport.probe(AbortSignal.timeout(options.timeoutMs));
  return `${transport.host} answers (HTTP ${status}).`;
};

/** Whether the login is accepted does not depend on whether the user has a mailbox. */
const login = async ({ client, options }: CheckParts): Promise<string> => {
  const root: FolderName = { distinguished: 'msgfolderroot', mailbox: null };
  try {
    await client.call(getFolder([root]), { mailbox: null });
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (error.code !== 'mailbox-not-found' && error.code !== 'impersonation-denied' && error.scope !== 'item') throw error;
  }
  return `The user ${options.user} is logged in.`;
};

const folder = async ({ client, options }: CheckParts, mailbox: string, distinguished: FolderName['distinguished']): Promise<void> => {
  const [result] = await client.call(getFolder([{ distinguished, mailbox: options.impersonation ? null : mailbox }]), { mailbox });
  if (result?.ok === false) throw result.error;
};

/** Subscribes and waits for the first sign of life of the stream. */
const notifications = async ({ client, options }: CheckParts, mailbox: string): Promise<string> => {
  const context = { mailbox, anchor: mailbox };
  const folderName: FolderName = { distinguished: 'calendar', mailbox: options.impersonation ? null : mailbox };
  const id = await client.call(subscribe([folderName]), context);
  const ending = new AbortController();
  try {
    const stream = await client.open(getStreamingEvents([id], 1), {
      ...context,
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(options.timeoutMs)]),
    });
    for await (const { failure } of stream) {
      if (failure !== null) throw failure;
      return 'Notifications arrive.';
    }
    return 'Notifications arrive.';
  } finally {
    ending.abort();
    await client.call(unsubscribe(id), context).catch(() => null);
  }
};

const steps = (parts: CheckParts, mailbox: string | null): readonly Step[] => {
  const general: readonly Step[] = [
    { step: 'address', run: () => Promise.resolve(`The address ${parts.options.url} is well-formed.`) },
    { step: 'connect', run: () => connect(parts) },
    { step: 'login', run: () => login(parts) },
  ];
  if (mailbox === null) return general;
  const inMailbox = (step: string, distinguished: FolderName['distinguished'], found: string): Step => ({
    step,
    run: async () => {
      await folder(parts, mailbox, distinguished);
      return found;
    },
  });
  return [
    ...general,
    inMailbox('mailbox', 'msgfolderroot', `The mailbox ${mailbox} can be opened.`),
    inMailbox('calendar', 'calendar', 'The calendar can be read.'),
    inMailbox('tasks', 'tasks', 'The tasks can be read.'),
    { step: 'notifications', run: () => notifications(parts, mailbox) },
  ];
};

/** One line per step; never throws. */
export async function* checkConnection(parts: CheckParts, mailbox: string | null): AsyncIterable<CheckStep> {
  for (const { step, run } of steps(parts, mailbox)) {
    const line = await run().then(
      (text): CheckStep => ({ step, ok: true, text }),
      (thrown: unknown): CheckStep => ({ step, ok: false, text: toSyncError(thrown).message }),
    );
    yield line;
    if (!line.ok) return;
  }
}
