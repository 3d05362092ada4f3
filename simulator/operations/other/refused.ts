import { EwsError } from '../../errors';
import { failedResponse } from '../../faults/failed-response';
import type { Operation, OperationGroup } from '../operation';

/** What a server answers that has not what an operation needs: by the error, the operations. */
const refusals: Readonly<Record<string, readonly string[]>> = {
  // No unified messaging.
  ErrorUserNotUnifiedMessagingEnabled: ['DisconnectPhoneCall', 'GetPhoneCallInformation', 'PlayOnPhone'],
  // Nobody has the management roles of discovery and hold.
  ErrorAccessDenied: [
    ...['FindMailboxStatisticsByKeywords', 'GetDiscoverySearchConfiguration', 'GetHoldOnMailboxes', 'GetNonIndexableItemDetails'],
    ...['GetNonIndexableItemStatistics', 'GetSearchableMailboxes', 'SearchMailboxes', 'SetHoldOnMailboxes'],
    ...['InstallApp', 'SetUserPhoto', 'UpdateInboxRules', 'UpdateItemInRecoverableItems'],
  ],
  // No store of apps, and no app.
  ErrorCannotGetExternalEcpUrl: ['GetAppMarketplaceUrl'],
  ErrorExtensionNotFound: ['DisableApp', 'UninstallApp'],
  ErrorNoOAuthServerAvailableForRequest: ['GetClientAccessToken'],
  // The organisation shares with no other.
  ErrorOrganizationNotFederated: ['GetSharingFolder', 'GetSharingMetadata', 'RefreshSharingFolder'],
  ErrorManagedFolderNotFound: ['CreateManagedFolder'],
  ErrorArchiveMailboxNotEnabled: ['ArchiveItem'],
  ErrorMessageTrackingPermanentError: ['FindMessageTrackingReport', 'GetMessageTrackingReport'],
  ErrorTeamMailboxNotFound: ['SetTeamMailbox', 'UnpinTeamMailbox'],
  ErrorInstantSearchFailed: ['PerformInstantSearch'],
  // Contacts are not kept in the unified contact store.
  ErrorInvalidOperation: [
    ...['AddDistributionGroupToImList', 'AddImContactToGroup', 'AddImGroup', 'AddNewImContactToGroup', 'AddNewTelUriContactToGroup'],
    ...['GetImItemList', 'GetImItems', 'RemoveContactFromImList', 'RemoveDistributionGroupFromImList', 'RemoveImContactFromGroup'],
    ...['RemoveImGroup', 'SetImGroup', 'SetImListMigrationCompleted'],
    // What the simulator lacks, although Exchange has it.
    ...[
      'ApplyConversationAction',
      'CreateFolderPath',
      'ExportItems',
      'FindConversation',
      'FindPeople',
      'GetConversationItems',
      'GetPersona',
    ],
    ...['GetReminders', 'PerformReminderAction', 'UploadItems'],
  ],
  // Messages of the server's own calls, which nobody sends it.
  ErrorInvalidRequest: ['SendNotification', 'SendNotificationResult'],
};

/** Refuses in the operation's own response, or with a fault where the schema allows no response without a result. */
const refuse =
  (code: string): Operation =>
  (request) => {
    const error = new EwsError(code);
    const response = failedResponse(request, error);
    if (response) return response;
    throw error;
  };

/** Operations that are refused whatever they ask for. */
export const refusedOperations: OperationGroup = Object.fromEntries(
  Object.entries(refusals).flatMap(([code, names]) => names.map((name) => [name, refuse(code)] as const)),
);
