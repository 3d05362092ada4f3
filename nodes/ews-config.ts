/** `ews-config`: one Exchange connection; its name is the key of its links (decision 0003). */
import { readFile } from 'node:fs/promises';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { findExchangeUrl } from '../lib/exchange/autodiscover';
import { createEwsConnection } from '../lib/exchange/ews';
import type { ExchangeConnection } from '../lib/exchange/connection';
import { SyncError } from '../lib/model/error';
import { createExchangeRuntime } from '../lib/sync/create-runtime';
import { adminAction, dialogPassword, substitutedFields } from './shared/admin';
import { offerExchange } from './shared/config-nodes';
import { passwordOr } from './shared/environment';
import { numberBetween, oneOf, optionalText, requiredText, yesOrNo } from './shared/settings';
import { shareConnection } from './shared/shared-connection';
import { shownError } from './shared/texts';

interface Fields {
  readonly name?: unknown;
  readonly url?: unknown;
  readonly user?: unknown;
  readonly passwordEnv?: unknown;
  readonly allowPlainHttp?: unknown;
  readonly caFile?: unknown;
  readonly loginMode?: unknown;
  readonly impersonation?: unknown;
  readonly invitations?: unknown;
  readonly bodies?: unknown;
  readonly employees?: unknown;
  readonly timeZone?: unknown;
  readonly concurrency?: unknown;
  readonly batchSize?: unknown;
  readonly timeout?: unknown;
}
type Definition = NodeDef & Fields;
type Credentials = Record<'password', unknown>;

/** Time for a config node's users to leave before it closes all the same; Node-RED waits 15 s. */
const graceMs = 12_000;

const readCa = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SyncError('ca-file-unreadable', 'configuration', `CA file ${file} cannot be read.`, { file }, { cause });
  }
};

const batchSizeOf = (fields: Fields): number => numberBetween(fields.batchSize, 'Batch size', { min: 1, max: 50, or: 50 });

const connect = async (fields: Fields, password: string): Promise<ExchangeConnection> => {
  const caFile = optionalText(fields.caFile);
  return createEwsConnection({
    url: requiredText(fields.url, 'URL'),
    user: requiredText(fields.user, 'User'),
    password: requiredText(password, 'Password'),
    loginMode: oneOf(fields.loginMode, 'Login', ['basic']),
    impersonation: yesOrNo(fields.impersonation ?? true, 'Impersonation'),
    invitations: oneOf(fields.invitations, 'Invitations', ['never', 'send']),
    bodies: oneOf(fields.bodies, 'Bodies', ['plain', 'rich']),
    allowPlainHttp: yesOrNo(fields.allowPlainHttp, 'Plain HTTP'),
    caPem: caFile === '' ? null : await readCa(caFile),
    timeZone: optionalText(fields.timeZone) || 'Europe/Vienna',
    timeoutMs: 1000 * numberBetween(fields.timeout, 'Timeout', { min: 1, max: 600, or: 60 }),
    concurrency: numberBetween(fields.concurrency, 'Concurrency', { min: 1, max: 27, or: 8 }),
    batchSize: batchSizeOf(fields),
  });
};

export = (RED: NodeAPI): void => {
  function EwsConfig(this: Node<Credentials>, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    const open = async () => {
      const password = passwordOr(RED, this, this.credentials.password, definition.passwordEnv);
      const name = requiredText(definition.name, 'Name');
      const connection = await connect(definition, password);
      const runtime = createExchangeRuntime(connection, {
        name,
        employees: optionalText(definition.employees),
        batchSize: batchSizeOf(definition),
      });
      return { runtime, close: () => connection.close() };
    };
    const connection = shareConnection(open, (error, witnesses) => {
      for (const witness of witnesses) witness.error(shownError(RED, error), {});
    });
    offerExchange(this, connection);
    this.on('close', (done: () => void) => {
      void connection.end(graceMs).finally(done);
    });
  }
  RED.nodes.registerType('ews-config', EwsConfig, { credentials: { password: { type: 'password' } } });

  adminAction(RED, 'ews-config', 'check', async (dialog) => {
    const fields = substitutedFields(RED, dialog);
    const connection = await connect(fields, dialogPassword(RED, dialog));
    try {
      const mailbox = optionalText(fields['mailbox']);
      const steps = [];
      for await (const step of connection.check(mailbox === '' ? null : mailbox)) steps.push(step);
      return { steps };
    } finally {
      await connection.close();
    }
  });

  adminAction(RED, 'ews-config', 'autodiscover', async (dialog) => {
    const fields = substitutedFields(RED, dialog);
    const mailbox = requiredText(fields['mailbox'], 'Mailbox');
    const user = requiredText(fields['user'], 'User');
    const caFile = optionalText(fields['caFile']);
    const caPem = caFile === '' ? null : await readCa(caFile);
    return { url: await findExchangeUrl({ mailbox, user, password: dialogPassword(RED, dialog), caPem }) };
  });
};
