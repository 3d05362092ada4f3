/**
 * Response codes of Exchange as errors of this pack.
 * https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsecode
 */
import { SyncError } from '../../../model/error';
import type { ErrorScope } from '../../../model/error';

/** What a server told about a failure. */
export interface ServerFailure {
  readonly responseCode: string;
  /** MessageText or faultstring, for a person. */
  readonly text: string;
  readonly backOffMs: number | null;
}

interface Known {
  readonly code: string;
  readonly scope: ErrorScope;
  readonly remedy: string;
}

const mailboxNotFound: Known = {
  code: 'mailbox-not-found',
  scope: 'configuration',
  remedy: 'Exchange knows no mailbox with this address. Check the e-mail address of the employee.',
};
const impersonationDenied: Known = {
  code: 'impersonation-denied',
  scope: 'configuration',
  remedy: 'The user of the connection may not act in this mailbox. Give it the role ApplicationImpersonation or full access.',
};
const busy: Known = { code: 'server-busy', scope: 'connection', remedy: 'Exchange is busy and asks to wait; it is tried again.' };
const changed: Known = { code: 'item-changed', scope: 'retry', remedy: 'The item was changed in Exchange meanwhile; it is read again.' };
const gone: Known = { code: 'item-not-found', scope: 'item', remedy: 'The item does not exist in Exchange any more.' };
const timedOut: Known = {
  code: 'server-timeout',
  scope: 'retry',
  remedy: 'Exchange ran out of time; the request is divided and tried again.',
};
const failed: Known = { code: 'server-error', scope: 'retry', remedy: 'Exchange failed to carry out the request; it is tried again.' };
const stateInvalid: Known = {
  code: 'sync-state-invalid',
  scope: 'retry',
  remedy: 'Exchange no longer knows the sync state of the folder; the folder is compared from the beginning.',
};

const known: Readonly<Record<string, Known>> = {
  ErrorNonExistentMailbox: mailboxNotFound,
  ErrorMissingEmailAddress: mailboxNotFound,
  ErrorNonPrimarySmtpAddress: {
    ...mailboxNotFound,
    remedy: 'This is not the primary address of the mailbox. Enter the primary SMTP address.',
  },
  ErrorImpersonateUserDenied: impersonationDenied,
  ErrorImpersonationDenied: impersonationDenied,
  ErrorImpersonationFailed: impersonationDenied,
  ErrorAccessDenied: impersonationDenied,
  ErrorItemNotFound: gone,
  ErrorIrresolvableConflict: changed,
  ErrorStaleObject: changed,
  ErrorChangeKeyRequired: changed,
  ErrorChangeKeyRequiredForWriteOperations: changed,
  ErrorInvalidChangeKey: changed,
  // A person deleted the occurrence between the reading of the series and the writing of its exceptions.
  ErrorCalendarOccurrenceIsDeletedFromRecurrence: changed,
  ErrorInvalidSyncStateData: stateInvalid,
  ErrorTimeoutExpired: timedOut,
  ErrorInternalServerError: failed,
  ErrorServerBusy: busy,
  ErrorExceededConnectionCount: busy,
  ErrorTooManyObjectsOpened: busy,
  ErrorMailboxStoreUnavailable: busy,
  ErrorMailboxMoveInProgress: busy,
  ErrorMailboxFailover: busy,
  ErrorInternalServerTransientError: busy,
  ErrorConnectionFailed: busy,
  ErrorADUnavailable: busy,
};

const itemRefused: Known = { code: 'item-refused', scope: 'item', remedy: 'Exchange refused the item.' };

/** These repeat what was sent, which may be an item's content. */
const repeatsContent = new Set([
  'ErrorSchemaValidation',
  'ErrorInvalidRequest',
  'ErrorInvalidPropertySet',
  'ErrorInvalidExtendedPropertyValue',
]);

/** The failure as SyncError; codes that mean nothing special become `item-refused` with `params.responseCode`. */
export const errorFromServer = ({ responseCode, text, backOffMs }: ServerFailure): SyncError => {
  const { code, scope, remedy } = known[responseCode] ?? itemRefused;
  const said = text === '' || repeatsContent.has(responseCode) ? '' : ` ${text.slice(0, 300)}`;
  return new SyncError(code, scope, `${remedy} (${responseCode})${said}`, { responseCode }, backOffMs === null ? {} : { backOffMs });
};
