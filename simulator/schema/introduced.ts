import { requestVersions, type RequestVersion } from '../version';
import { child, type XmlElement } from '../xml/element';

/** Operations that came after Exchange 2007, by the version that brought them ("Applies to" of each operation's page). */
const introduced: readonly (readonly [RequestVersion, string])[] = [
  ['Exchange2007_SP1', 'AddDelegate GetDelegate RemoveDelegate UpdateDelegate'],
  [
    'Exchange2010',
    'FindConversation GetServerTimeZones GetRoomLists GetRooms GetServiceConfiguration GetMailTips PlayOnPhone GetPhoneCallInformation ' +
      'DisconnectPhoneCall CreateUserConfiguration GetUserConfiguration UpdateUserConfiguration DeleteUserConfiguration GetSharingFolder ' +
      'GetSharingMetadata RefreshSharingFolder FindMessageTrackingReport GetMessageTrackingReport',
  ],
  [
    'Exchange2010_SP1',
    'GetStreamingEvents EmptyFolder ExportItems UploadItems ApplyConversationAction GetInboxRules UpdateInboxRules ' +
      'GetPasswordExpirationDate GetSearchableMailboxes',
  ],
  ['Exchange2010_SP2', 'FindMailboxStatisticsByKeywords'],
  [
    'Exchange2013',
    'ArchiveItem GetConversationItems FindPeople GetPersona MarkAllItemsAsRead MarkAsJunk GetAppManifests InstallApp UninstallApp DisableApp ' +
      'GetAppMarketplaceUrl GetClientAccessToken GetUserPhoto SetUserPhoto SearchMailboxes GetDiscoverySearchConfiguration ' +
      'GetHoldOnMailboxes SetHoldOnMailboxes GetNonIndexableItemStatistics GetNonIndexableItemDetails GetUserRetentionPolicyTags ' +
      'CreateFolderPath GetReminders PerformReminderAction GetImItemList GetImItems AddNewImContactToGroup AddImContactToGroup ' +
      'RemoveImContactFromGroup AddImGroup RemoveImGroup SetImGroup AddImDistributionListToGroup RemoveDistributionGroupFromImList ' +
      'RemoveContactFromImList UpdateItemInRecoverableItems',
  ],
];

const firstVersions = new Map(introduced.flatMap(([version, names]) => names.split(' ').map((name) => [name, version] as const)));

/** True where an operation (and, of Subscribe, the kind of subscription) is there in the version a request is for. */
export function isIntroduced(request: XmlElement, version: RequestVersion): boolean {
  const first = child(request, 'StreamingSubscriptionRequest') ? 'Exchange2010_SP1' : firstVersions.get(request.name);
  return first === undefined || requestVersions.indexOf(first) <= requestVersions.indexOf(version);
}
