/** Calls operations: envelope, HTTP, reading, limits, back-off. The one place where a request leaves and an answer comes in. */
import { ConstantBackoff, bulkhead, handleWhen, retry } from 'cockatiel';
import { SyncError, toSyncError } from '../../../model/error';
import type { EwsOptions } from '../options';
import { createBackOff } from '../transport/back-off';
import type { HttpAnswer, HttpTransport } from '../transport/transport';
import { createXmlReader } from '../xml/read';
import type { XmlElement } from '../xml/read';
import { openEnvelope } from './answer';
import { composeEnvelope } from './envelope';
import type { CallContext, Operation } from './operation';
import { splitEnvelopes } from './split-envelopes';

/** A client of one Exchange. */
export interface SoapClient {
  /**
   * Calls an operation. Waits while the server is busy, a few times; what fails after that rejects.
   * @throws SyncError
   */
  readonly call: <T>(operation: Operation<T>, context: CallContext) => Promise<T>;
  /**
   * Opens an operation whose answer never ends: one value per envelope. Does not count against the limit of requests.
   * @throws SyncError
   */
  readonly open: <T>(operation: Operation<T>, context: CallContext & { readonly signal: AbortSignal }) => Promise<AsyncIterable<T>>;
  readonly close: () => Promise<void>;
}

const isXmlStatus = (status: number): boolean => status === 200 || status === 500;

const statusError = (answer: HttpAnswer, host: string): SyncError => {
  const { status } = answer;
  if (status === 503 || status === 429) {
    const seconds = Number(answer.header('retry-after') ?? 'none');
    return new SyncError(
      'server-busy',
      'connection',
      `${host} is busy (HTTP ${status}); it is tried again.`,
      { host, status },
      {
        ...(Number.isFinite(seconds) ? { backOffMs: seconds * 1000 } : {}),
      },
    );
  }
  if (status === 403) {
    return new SyncError(
      'access-forbidden',
      'configuration',
      `${host} forbids access to its web services (HTTP 403). Allow EWS for the user of the connection.`,
      { host, status },
    );
  }
  return new SyncError(
    'not-xml',
    'connection',
    `${host} answered with HTTP ${status} and no EWS answer. Check that the address leads to Exchange.`,
    { host, status },
  );
};

const isBusy = (thrown: Error): boolean => thrown instanceof SyncError && thrown.code === 'server-busy';
/** A kept-alive connection that the server had just closed, or any other break; a timeout is not repeated, it has cost enough. */
const isBroken = (thrown: Error): boolean =>
  thrown instanceof SyncError &&
  thrown.code === 'server-unreachable' &&
  /ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(String(thrown.params['reason'] ?? ''));

const closed = (host: string): SyncError =>
  new SyncError('connection-closed', 'connection', `The request to ${host} was given up because the connection was closed.`, { host });

async function* readStream<T>(answer: HttpAnswer, operation: Operation<T>, maxCharacters: number): AsyncIterable<T> {
  for await (const envelope of splitEnvelopes(answer.body, maxCharacters)) yield operation.read(openEnvelope(envelope, operation.name));
}

/** How often a request is sent again to a busy server before the caller is told. */
const busyAttempts = 3;

const isHtml = (answer: HttpAnswer): boolean => (answer.header('content-type') ?? '').toLowerCase().includes('html');

const readAnswer = async (answer: HttpAnswer, host: string, maxBytes: number): Promise<XmlElement> => {
  if (!isXmlStatus(answer.status) || isHtml(answer)) {
    await answer.drop();
    throw statusError(answer, host);
  }
  const decoder = new TextDecoder('utf-8');
  const reader = createXmlReader(maxBytes);
  for await (const chunk of answer.body) reader.write(decoder.decode(chunk, { stream: true }));
  reader.write(decoder.decode());
  return reader.end();
};

/** Windows zone of requests that name none. */
const utc = 'UTC';

const headersOf = (anchor: string | null, streaming: boolean): Readonly<Record<string, string>> => ({
  'content-type': 'text/xml; charset=utf-8',
  accept: 'text/xml',
  'user-agent': 'exchange-erp-node-red-sync',
  ...(anchor === null ? {} : { 'x-anchormailbox': anchor }),
  ...(streaming ? { 'x-preferserveraffinity': 'true' } : {}),
});

/** A client that sends through `transport`. */
export const createSoapClient = (transport: HttpTransport, options: EwsOptions): SoapClient => {
  const closing = new AbortController();
  const backOff = createBackOff(options.retryBaseMs, options.random);
  const limit = bulkhead(options.concurrency, Number.MAX_SAFE_INTEGER);
  const onceMoreWhenBroken = retry(handleWhen(isBroken), { maxAttempts: 1, backoff: new ConstantBackoff(0) });
  // The pause itself is the shared back-off's; the policy only counts.
  const againWhenBusy = retry(handleWhen(isBusy), { maxAttempts: busyAttempts, backoff: new ConstantBackoff(0) });

  const send = (operation: Operation<unknown>, context: CallContext, signal: AbortSignal): Promise<HttpAnswer> => {
    const anchor = context.anchor ?? context.mailbox;
    return transport.send({
      method: 'POST',
      body: composeEnvelope(operation.request, {
        impersonated: options.impersonation ? context.mailbox : null,
        windowsZone: context.windowsZone ?? utc,
      }),
      // A stream and the subscriptions it carries share the cookies of their group.
      affinity: context.anchor == null ? `mailbox ${anchor ?? ''}` : `group ${context.anchor}`,
      headers: headersOf(anchor, context.anchor != null),
      signal,
    });
  };

  const sendOnce = async <T>(operation: Operation<T>, context: CallContext): Promise<T> => {
    const outer = context.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, context.signal]);
    let sentAt = Date.now();
    try {
      await backOff.ready(options.timeoutMs, outer);
      sentAt = Date.now();
      const signal = AbortSignal.any([outer, AbortSignal.timeout(options.timeoutMs)]);
      const envelope = await readAnswer(await send(operation, context, signal), transport.host, options.maxAnswerBytes);
      const value = operation.read(openEnvelope(envelope, operation.name));
      backOff.answered();
      return value;
    } catch (thrown) {
      if (outer.aborted) throw closed(transport.host);
      const error = toSyncError(thrown);
      if (isBusy(error)) backOff.busy(sentAt, error.backOffMs);
      throw error;
    }
  };

  const sendLimited = <T>(operation: Operation<T>, context: CallContext): Promise<T> => limit.execute(() => sendOnce(operation, context));

  return {
    call: (operation, context) =>
      againWhenBusy.execute(() =>
        operation.repeatable ? onceMoreWhenBroken.execute(() => sendLimited(operation, context)) : sendLimited(operation, context),
      ),
    open: async (operation, context) => {
      const answer = await send(operation, context, AbortSignal.any([closing.signal, context.signal]));
      if (answer.status !== 200 || isHtml(answer)) {
        // A refusal is an ordinary answer: a fault, which reading throws.
        const envelope = await readAnswer(answer, transport.host, options.maxAnswerBytes);
        openEnvelope(envelope, operation.name);
        throw statusError(answer, transport.host);
      }
      return readStream(answer, operation, options.maxAnswerBytes);
    },
    close: async () => {
      closing.abort();
      await transport.close();
    },
  };
};
