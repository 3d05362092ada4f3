import { isValidSimple } from './schema/simple';
import type { XmlElement } from './xml/element';

/** Texts Exchange gives with its codes; other codes explain themselves by their name. */
const texts: Readonly<Record<string, string>> = {
  ErrorItemNotFound: 'The specified object was not found in the store.',
  ErrorFolderNotFound: 'The specified folder could not be found in the store.',
  ErrorFolderExists: 'A folder with the specified name already exists.',
  ErrorParentFolderNotFound: 'The parent folder could not be found.',
  ErrorSavedItemFolderNotFound: 'The folder to save the item in could not be found.',
  ErrorToFolderNotFound: 'The destination folder could not be found.',
  ErrorDeleteDistinguishedFolder: 'Distinguished folders cannot be deleted.',
  ErrorMoveDistinguishedFolder: 'Distinguished folders cannot be moved.',
  ErrorMoveCopyFailed: 'The move or copy operation failed.',
  ErrorCannotEmptyFolder: 'The folder cannot be emptied.',
  ErrorNoFolderClassOverride: 'FolderClass can only be set on a generic folder.',
  ErrorDelegateAlreadyExists: 'The user is already a delegate for the mailbox.',
  ErrorDelegateCannotAddOwner: 'The owner of the mailbox cannot be added as a delegate.',
  ErrorDelegateNoUser: 'The delegate does not map to a user in the Active Directory.',
  ErrorNotDelegate: 'The user is not a delegate for the mailbox.',
  ErrorInvalidIdMalformed: 'Id is malformed.',
  ErrorInvalidIdEmpty: 'The Id is empty.',
  ErrorChangeKeyRequired: 'The request must include a change key for the conflict resolution mode that is specified.',
  ErrorChangeKeyRequiredForWriteOperations: 'The change key passed in the request is required for write operations.',
  ErrorInvalidChangeKey: 'The change key is invalid.',
  ErrorStaleObject: 'The change key passed in the request does not match the current change key for the item.',
  ErrorIrresolvableConflict:
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  ErrorCalendarEndDateIsEarlierThanStartDate: 'EndDate is earlier than StartDate',
  ErrorCalendarDurationIsTooLong: 'The duration of the calendar item exceeds the maximum duration.',
  ErrorCalendarViewRangeTooBig: 'The specified view range exceeds the maximum range of two years.',
  ErrorCalendarInvalidRecurrence: 'The specified recurrence cannot be created.',
  ErrorSendMeetingInvitationsRequired: 'SendMeetingInvitations attribute is required for calendar items.',
  ErrorSendMeetingInvitationsOrCancellationsRequired: 'SendMeetingInvitationsOrCancellations attribute is required for calendar items.',
  ErrorSendMeetingCancellationsRequired: 'SendMeetingCancellations attribute is required for calendar items.',
  ErrorAffectedTaskOccurrencesRequired: 'AffectedTaskOccurrences attribute is required for Task items.',
  ErrorNonExistentMailbox: 'The SMTP address has no mailbox associated with it.',
  ErrorImpersonateUserDenied: 'The account does not have permission to impersonate the requested user.',
  ErrorAccessDenied: 'Access is denied. Check credentials and try again.',
  ErrorInvalidRequest: 'The request is invalid.',
  ErrorInvalidServerVersion: 'The specified server version is invalid.',
  ErrorIncorrectSchemaVersion:
    'The request is valid but does not specify the correct server version in the RequestServerVersion SOAP header. Ensure that the RequestServerVersion SOAP header is set with the correct RequestServerVersionValue.',
  ErrorDuplicateSOAPHeader: 'SOAP header is duplicated.',
  ErrorInvalidSid: 'The SID specified is not valid.',
  ErrorInvalidUserSid: 'The user SID is not valid.',
  ErrorInvalidUserPrincipalName: 'The user principal name is not valid.',
  ErrorAccountDisabled: 'The account is disabled.',
  ErrorExceededConnectionCount:
    'You have exceeded the available concurrent connections for your account. Try again once your other requests have completed.',
  ErrorQuotaExceeded: 'The mailbox has exceeded its quota.',
  ErrorMailboxMoveInProgress: 'Mailbox move in progress. Try again later.',
  ErrorMailboxStoreUnavailable: 'The mailbox database is temporarily unavailable.',
  ErrorTimeoutExpired: 'Processing of the request timed out. Try again with fewer items.',
  ErrorInternalServerError: 'An internal server error occurred. The operation failed.',
  ErrorInvalidSyncStateData: 'Synchronization state data is corrupt or otherwise invalid.',
  ErrorSyncFolderNotFound: 'The folder to be synchronized could not be found.',
  ErrorInvalidFolderTypeForOperation: 'The folder type is invalid for the requested operation.',
  ErrorSubscriptionNotFound: 'The specified subscription was not found.',
  ErrorSubscriptionAccessDenied: 'Access is denied. Only the subscription owner may access the subscription.',
  ErrorSubscriptionDelegateAccessNotSupported: 'Subscriptions are not supported for delegate user access.',
  ErrorSubscriptionUnsubscribed: 'The subscription has been ended by the Unsubscribe operation.',
  ErrorExpiredSubscription: 'The subscription has expired.',
  ErrorInvalidSubscription: 'The subscription is invalid for the requested operation.',
  ErrorInvalidPullSubscriptionId: 'The subscription ID is not that of a pull subscription.',
  ErrorInvalidPushSubscriptionUrl: 'The push subscription URL is invalid.',
  ErrorInvalidWatermark: 'The watermark used for creating this subscription was not found.',
  ErrorEventNotFound: 'The event of the watermark is no longer there; subscribe again.',
  ErrorMissedNotificationEvents: 'Notification events were missed; subscribe again.',
  ErrorNewEventStreamConnectionOpened: 'A new event stream connection has been opened for the subscription.',
  ErrorExceededSubscriptionCount:
    'You have exceeded the available subscriptions for your account. Remove unnecessary subscriptions and try your request again.',
  ErrorServerBusy: 'The server cannot service this request right now. Try again later.',
  ErrorInvalidPropertySet: 'Set action is invalid for property.',
  ErrorInvalidPropertyDelete: 'Delete action is invalid for this property.',
  ErrorInvalidPropertyAppend: 'The property can not be used with this type of append.',
  ErrorIncorrectUpdatePropertyCount: 'An object within a change description must contain one and only one property to modify.',
  ErrorUpdatePropertyMismatch: 'The property to modify does not match the property given.',
  ErrorObjectTypeChanged: 'The object type of the item cannot be changed.',
  ErrorInvalidPropertyRequest: 'Property is not valid for this object type.',
  ErrorInvalidExtendedProperty: 'The extended property attribute combination is invalid.',
  ErrorInvalidExtendedPropertyValue: 'The extended property value is invalid.',
  ErrorInvalidPagingMaxRows: 'The MaxEntriesReturned value is invalid; it must be greater than 0.',
  ErrorInvalidIndexedPagingParameters: 'Paging offset is invalid.',
  ErrorInvalidRecipients: 'At least one recipient is not valid.',
  ErrorSendAsDenied:
    'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
  ErrorMessageDispositionRequired: 'Message disposition is required for this item type.',
  ErrorInvalidSendItemSaveSettings: 'A saved item folder must not be specified when the item is not to be saved.',
  ErrorInvalidItemForOperationSendItem: 'Operation SendItem is not supported for this item.',
  ErrorMimeContentInvalid: 'The MIME content is invalid.',
  ErrorMimeContentInvalidBase64String: 'The MIME content is not a valid base64 string.',
  ErrorUnsupportedMimeConversion: 'The MIME conversion is not supported for this item type.',
  ErrorInvalidPropertyUpdateSentMessage: 'The property cannot be changed: the message has been sent.',
  ErrorReadReceiptNotPending: 'No read receipt is pending for this message.',
  ErrorInvalidArgument: 'The argument is invalid.',
  ErrorTimeZone: 'The specified time zone is not valid.',
  ErrorInvalidPercentCompleteValue: 'The PercentComplete property must be a value between 0 and 100.',
  ErrorNameResolutionNoResults: 'No results were found.',
  ErrorNameResolutionNoMailbox: 'Exchange Web Services cannot resolve names for a caller without a mailbox.',
  ErrorInvalidNameForNameResolution: 'The specified name is invalid.',
  ErrorResolveNamesOnlyOneContactsFolderAllowed: 'Only one contacts folder can be specified.',
  ErrorResolveNamesInvalidFolderType: 'The folder to search must be a contacts folder.',
  ErrorMissingEmailAddress:
    'When making a request as an account that does not have a mailbox, you must specify the mailbox primary SMTP address for any distinguished folder Ids.',
};

/** What an error may carry besides its code. */
export interface ErrorDetails {
  readonly text?: string;
  readonly messageXml?: readonly XmlElement[];
}

/** Some properties of the schema have no field URI that the schema would let an answer name. */
const isKnownPath = (element: XmlElement): boolean =>
  element.name !== 'FieldURI' || isValidSimple(element.attributes['FieldURI'] ?? '', 't:UnindexedFieldURIType');

/** An error of the protocol: inside an operation it becomes the response message of one item, outside a SOAP fault. */
export class EwsError extends Error {
  readonly messageXml: readonly XmlElement[];

  constructor(
    readonly code: string,
    details: ErrorDetails = {},
  ) {
    super(details.text ?? texts[code] ?? code.replace(/^Error/, '').replace(/([a-z])([A-Z])/g, '$1 $2'));
    this.messageXml = (details.messageXml ?? []).filter(isKnownPath);
  }
}
