/**
 * What all answers have in common: the envelope, faults, and response messages with their response codes.
 * https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/handling-notification-related-errors-in-ews-in-exchange
 */
import { SyncError, toSyncError } from '../../../model/error';
import { fail, ok } from '../../../model/result';
import type { Result } from '../../../model/result';
import { soapNamespace } from '../namespaces';
import { attributeOf, child, childrenNamed, descend, textOf } from '../xml/find';
import type { XmlElement } from '../xml/read';
import { errorFromServer } from './response-code';

const backOffOf = (messageXml: XmlElement | null): number | null => {
  const value = childrenNamed(messageXml, 'Value').find((candidate) => candidate.attributes['Name'] === 'BackOffMilliseconds');
  const ms = Number(value?.text.trim() ?? 'none');
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
};

const notEws = (found: string): SyncError =>
  new SyncError(
    'not-xml',
    'connection',
    `The answer is XML but not of Exchange Web Services (${found}). Check the address of the connection.`,
    { found },
  );

const faultError = (fault: XmlElement): SyncError => {
  const detail = child(fault, 'detail');
  // Faults of the SOAP layer itself, such as a bad request, carry their code in faultcode only, `a:ErrorSchemaValidation`.
  const responseCode = textOf(detail, 'ResponseCode') ?? textOf(fault, 'faultcode')?.split(':').at(-1) ?? 'unknown';
  return errorFromServer({
    responseCode: responseCode.trim(),
    text: textOf(fault, 'faultstring') ?? '',
    backOffMs: backOffOf(child(detail, 'MessageXml')),
  });
};

/**
 * The answer's element inside an envelope.
 * @throws SyncError of a fault, or `not-xml` when it is another document
 */
export const openEnvelope = (envelope: XmlElement, operationName: string): XmlElement => {
  if (envelope.name !== 'Envelope' || envelope.namespace !== soapNamespace) throw notEws(envelope.name);
  const body = child(envelope, 'Body');
  const fault = child(body, 'Fault');
  if (fault !== null) throw faultError(fault);
  const response = child(body, `${operationName}Response`);
  if (response === null) throw notEws(body?.children[0]?.name ?? 'empty body');
  return response;
};

/** The response messages of an answer, in the order of the request. */
export const responseMessages = (response: XmlElement): readonly XmlElement[] => child(response, 'ResponseMessages')?.children ?? [];

/** The failure that a response message reports, null for success. */
export const failureOf = (message: XmlElement): SyncError | null => {
  const responseCode = textOf(message, 'ResponseCode')?.trim() ?? '';
  if (attributeOf(message, 'ResponseClass') === 'Success' || responseCode === 'NoError') return null;
  return errorFromServer({ responseCode, text: textOf(message, 'MessageText') ?? '', backOffMs: backOffOf(child(message, 'MessageXml')) });
};

const readOne = <T>(message: XmlElement, read: (message: XmlElement) => T): Result<T> => {
  const failure = failureOf(message);
  if (failure !== null) return fail(failure);
  try {
    return ok(read(message));
  } catch (thrown) {
    return fail(toSyncError(thrown));
  }
};

const concernsWholeCall = (error: SyncError): boolean => error.scope !== 'item' && error.scope !== 'retry';

/**
 * One result per member of a batch. A member that cannot be read fails alone; when all fail for one reason that concerns the whole call,
 * the call fails.
 * @throws SyncError of scope `connection`, `login` or `configuration`
 */
export const readBatch = <T>(response: XmlElement, expected: number, read: (message: XmlElement) => T): readonly Result<T>[] => {
  const results = responseMessages(response).map((message) => readOne(message, read));
  const [first] = results;
  if (first !== undefined && !first.ok && concernsWholeCall(first.error)) {
    const { code } = first.error;
    if (results.every((result) => !result.ok && result.error.code === code)) throw first.error;
  }
  if (results.length !== expected) {
    throw new SyncError(
      'answer-incomplete',
      'connection',
      `Exchange answered ${results.length} of ${expected} items. The request is tried again.`,
      {
        answered: results.length,
        expected,
      },
    );
  }
  return results;
};

/**
 * The only response message of an answer.
 * @throws SyncError of its response code; `server-error` (scope `retry`) for one that means nothing special
 */
export const readSingle = <T>(response: XmlElement, read: (message: XmlElement) => T): T => {
  const [result] = readBatch(response, 1, read);
  if (result === undefined) throw notEws('no response message');
  if (result.ok) return result.value;
  const { code, message, params } = result.error;
  // There is no item that could have been refused.
  throw code === 'item-refused' ? new SyncError('server-error', 'retry', message, params) : result.error;
};

/** Id and change key of the item in a response message. */
export const itemIdentity = (message: XmlElement): { readonly id: string; readonly changeKey: string } => {
  const itemId = child(descend(message, 'Items')?.children[0] ?? null, 'ItemId');
  const id = attributeOf(itemId, 'Id');
  const changeKey = attributeOf(itemId, 'ChangeKey');
  if (id === null || changeKey === null) throw new SyncError('item-not-readable', 'item', 'Exchange answered without the id of the item.');
  return { id, changeKey };
};
