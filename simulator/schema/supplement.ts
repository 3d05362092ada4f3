/**
 * What Microsoft's published schema files leave out, after the elements' reference
 * (https://learn.microsoft.com/exchange/client-developer/web-service-reference/ews-xml-elements-in-exchange), MS-OXWAVLS, MS-OXWOOF and MS-OXWMT.
 */
import type { Particle, SchemaType } from './schema-type';

const one = (element: string, type: string, ns = 't'): Particle => ({ element, ns, type });
const optional = (element: string, type: string, ns = 't'): Particle => ({ element, ns, type, min: 0 });
const many = (element: string, type: string, ns = 't'): Particle => ({ element, ns, type, min: 0, max: -1 });
const sequence = (...parts: readonly Particle[]): SchemaType => ({ content: { sequence: parts } });
const extending = (base: string, ...parts: readonly Particle[]): SchemaType => ({ base, ...sequence(...parts) });
const oneOf = (...values: readonly string[]): SchemaType => ({ simple: 'xs:string', values });

const availability: Readonly<Record<string, SchemaType>> = {
  't:SerializableTimeZoneTime': sequence(
    one('Bias', 'xs:int'),
    one('Time', 'xs:string'),
    one('DayOrder', 'xs:short'),
    one('Month', 'xs:short'),
    one('DayOfWeek', 't:DayOfWeekType'),
    optional('Year', 'xs:string'),
  ),
  't:SerializableTimeZone': sequence(
    one('Bias', 'xs:int'),
    one('StandardTime', 't:SerializableTimeZoneTime'),
    one('DaylightTime', 't:SerializableTimeZoneTime'),
  ),
  't:MeetingAttendeeType': oneOf('Organizer', 'Required', 'Optional', 'Room', 'Resource'),
  't:MailboxData': sequence(
    one('Email', 't:EmailAddress'),
    one('AttendeeType', 't:MeetingAttendeeType'),
    optional('ExcludeConflicts', 'xs:boolean'),
  ),
  't:ArrayOfMailboxData': sequence(many('MailboxData', 't:MailboxData')),
  't:FreeBusyViewType.item': oneOf('None', 'MergedOnly', 'FreeBusy', 'FreeBusyMerged', 'Detailed', 'DetailedMerged'),
  't:FreeBusyViewType': { list: 't:FreeBusyViewType.item' },
  't:FreeBusyViewOptionsType': sequence(
    one('TimeWindow', 't:Duration'),
    optional('MergedFreeBusyIntervalInMinutes', 'xs:int'),
    optional('RequestedView', 't:FreeBusyViewType'),
  ),
  't:SuggestionQuality': oneOf('Excellent', 'Good', 'Fair', 'Poor'),
  't:SuggestionsViewOptionsType': sequence(
    optional('GoodThreshold', 'xs:int'),
    optional('MaximumResultsByDay', 'xs:int'),
    optional('MaximumNonWorkHourResultsByDay', 'xs:int'),
    optional('MeetingDurationInMinutes', 'xs:int'),
    optional('MinimumSuggestionQuality', 't:SuggestionQuality'),
    one('DetailedSuggestionsWindow', 't:Duration'),
    optional('CurrentMeetingTime', 'xs:dateTime'),
    optional('GlobalObjectId', 'xs:string'),
  ),
  't:CalendarEventDetails': sequence(
    optional('ID', 'xs:string'),
    optional('Subject', 'xs:string'),
    optional('Location', 'xs:string'),
    one('IsMeeting', 'xs:boolean'),
    one('IsRecurring', 'xs:boolean'),
    one('IsException', 'xs:boolean'),
    one('IsReminderSet', 'xs:boolean'),
    one('IsPrivate', 'xs:boolean'),
  ),
  't:CalendarEvent': sequence(
    one('StartTime', 'xs:dateTime'),
    one('EndTime', 'xs:dateTime'),
    one('BusyType', 't:LegacyFreeBusyType'),
    optional('CalendarEventDetails', 't:CalendarEventDetails'),
  ),
  't:ArrayOfCalendarEvent': sequence(many('CalendarEvent', 't:CalendarEvent')),
  't:WorkingPeriod': sequence(one('DayOfWeek', 't:DaysOfWeekType'), one('StartTimeInMinutes', 'xs:int'), one('EndTimeInMinutes', 'xs:int')),
  't:ArrayOfWorkingPeriod': sequence(many('WorkingPeriod', 't:WorkingPeriod')),
  't:WorkingHours': sequence(one('TimeZone', 't:SerializableTimeZone'), one('WorkingPeriodArray', 't:ArrayOfWorkingPeriod')),
  't:FreeBusyView': sequence(
    one('FreeBusyViewType', 't:FreeBusyViewType'),
    optional('MergedFreeBusy', 'xs:string'),
    optional('CalendarEventArray', 't:ArrayOfCalendarEvent'),
    optional('WorkingHours', 't:WorkingHours'),
  ),
  't:UnknownAttendeeConflictData': {},
  't:IndividualAttendeeConflictData': sequence(one('BusyType', 't:LegacyFreeBusyType')),
  't:ArrayOfAttendeeConflictData': {
    content: {
      choice: [
        one('UnknownAttendeeConflictData', 't:UnknownAttendeeConflictData'),
        one('IndividualAttendeeConflictData', 't:IndividualAttendeeConflictData'),
      ],
      min: 0,
      max: -1,
    },
  },
  't:Suggestion': sequence(
    one('MeetingTime', 'xs:dateTime'),
    one('IsWorkTime', 'xs:boolean'),
    one('SuggestionQuality', 't:SuggestionQuality'),
    optional('AttendeeConflictDataArray', 't:ArrayOfAttendeeConflictData'),
  ),
  't:ArrayOfSuggestion': sequence(many('Suggestion', 't:Suggestion')),
  't:SuggestionDayResult': sequence(
    one('Date', 'xs:dateTime'),
    one('DayQuality', 't:SuggestionQuality'),
    optional('SuggestionArray', 't:ArrayOfSuggestion'),
  ),
  't:ArrayOfSuggestionDayResult': sequence(many('SuggestionDayResult', 't:SuggestionDayResult')),
  'm:GetUserAvailabilityRequestType': extending(
    'm:BaseRequestType',
    optional('TimeZone', 't:SerializableTimeZone'),
    one('MailboxDataArray', 't:ArrayOfMailboxData', 'm'),
    optional('FreeBusyViewOptions', 't:FreeBusyViewOptionsType'),
    optional('SuggestionsViewOptions', 't:SuggestionsViewOptionsType'),
  ),
  'm:FreeBusyResponseType': sequence(
    optional('ResponseMessage', 'm:ResponseMessageType', 'm'),
    optional('FreeBusyView', 't:FreeBusyView', 'm'),
  ),
  'm:ArrayOfFreeBusyResponse': sequence(many('FreeBusyResponse', 'm:FreeBusyResponseType', 'm')),
  'm:SuggestionsResponseType': sequence(
    optional('ResponseMessage', 'm:ResponseMessageType', 'm'),
    optional('SuggestionDayResultArray', 't:ArrayOfSuggestionDayResult', 'm'),
  ),
  'm:GetUserAvailabilityResponseType': sequence(
    optional('FreeBusyResponseArray', 'm:ArrayOfFreeBusyResponse', 'm'),
    optional('SuggestionsResponse', 'm:SuggestionsResponseType', 'm'),
  ),
};

const outOfOffice: Readonly<Record<string, SchemaType>> = {
  't:OofState': oneOf('Disabled', 'Enabled', 'Scheduled'),
  't:ExternalAudience': oneOf('None', 'Known', 'All'),
  't:UserOofSettings': sequence(
    one('OofState', 't:OofState'),
    one('ExternalAudience', 't:ExternalAudience'),
    optional('Duration', 't:Duration'),
    optional('InternalReply', 't:ReplyBody'),
    optional('ExternalReply', 't:ReplyBody'),
  ),
  'm:GetUserOofSettingsRequest': extending('m:BaseRequestType', one('Mailbox', 't:EmailAddress')),
  'm:SetUserOofSettingsRequest': extending(
    'm:BaseRequestType',
    one('Mailbox', 't:EmailAddress'),
    one('UserOofSettings', 't:UserOofSettings'),
  ),
  'm:GetUserOofSettingsResponse': sequence(
    one('ResponseMessage', 'm:ResponseMessageType', 'm'),
    optional('OofSettings', 't:UserOofSettings'),
    optional('AllowExternalOof', 't:ExternalAudience', 'm'),
  ),
  'm:SetUserOofSettingsResponse': sequence(optional('ResponseMessage', 'm:ResponseMessageType', 'm')),
};

const mailTips: Readonly<Record<string, SchemaType>> = {
  't:MailTipTypes.item': oneOf(
    ...['All', 'OutOfOfficeMessage', 'MailboxFullStatus', 'CustomMailTip', 'ExternalMemberCount', 'TotalMemberCount', 'MaxMessageSize'],
    ...['DeliveryRestriction', 'ModerationStatus', 'InvalidRecipient', 'Scope', 'RecipientSuggestions', 'PreferAccessibleContent'],
  ),
  't:MailTipTypes': { list: 't:MailTipTypes.item' },
  't:OutOfOfficeMailTip': sequence(one('ReplyBody', 't:ReplyBody'), optional('Duration', 't:Duration')),
  't:MailTips': sequence(
    one('RecipientAddress', 't:EmailAddressType'),
    one('PendingMailTips', 't:MailTipTypes'),
    optional('OutOfOffice', 't:OutOfOfficeMailTip'),
    optional('MailboxFull', 'xs:boolean'),
    optional('CustomMailTip', 'xs:string'),
    optional('TotalMemberCount', 'xs:int'),
    optional('ExternalMemberCount', 'xs:int'),
    optional('MaxMessageSize', 'xs:int'),
    optional('DeliveryRestricted', 'xs:boolean'),
    optional('IsModerated', 'xs:boolean'),
    optional('InvalidRecipient', 'xs:boolean'),
  ),
  'm:GetMailTipsType': extending(
    'm:BaseRequestType',
    one('SendingAs', 't:EmailAddressType', 'm'),
    one('Recipients', 't:ArrayOfRecipientsType', 'm'),
    one('MailTipsRequested', 't:MailTipTypes', 'm'),
  ),
  'm:MailTipsResponseMessageType': extending('m:ResponseMessageType', optional('MailTips', 't:MailTips', 'm')),
  'm:ArrayOfMailTipsResponseMessageType': sequence(many('MailTipsResponseMessageType', 'm:MailTipsResponseMessageType', 'm')),
  'm:GetMailTipsResponseMessageType': extending(
    'm:ResponseMessageType',
    optional('ResponseMessages', 'm:ArrayOfMailTipsResponseMessageType', 'm'),
  ),
};

const serviceConfiguration: Readonly<Record<string, SchemaType>> = {
  't:ServiceConfigurationType.item': oneOf(
    ...['MailTips', 'UnifiedMessagingConfiguration', 'ProtectionRules', 'PolicyNudges', 'SharePointURLs', 'OfficeIntegrationConfiguration'],
  ),
  't:ServiceConfigurationType': { list: 't:ServiceConfigurationType.item' },
  'm:ArrayOfServiceConfigurationType': sequence({ element: 'ConfigurationName', ns: 'm', type: 't:ServiceConfigurationType', max: -1 }),
  't:SmtpDomain': { attributes: { Name: { type: 'xs:string', required: true }, IncludeSubdomains: { type: 'xs:boolean' } } },
  't:SmtpDomainList': sequence(many('Domain', 't:SmtpDomain')),
  't:MailTipsServiceConfiguration': sequence(
    one('MailTipsEnabled', 'xs:boolean'),
    one('MaxRecipientsPerGetMailTipsRequest', 'xs:int'),
    one('MaxMessageSize', 'xs:int'),
    one('LargeAudienceThreshold', 'xs:int'),
    one('ShowExternalRecipientCount', 'xs:boolean'),
    one('InternalDomains', 't:SmtpDomainList'),
    one('PolicyTipsEnabled', 'xs:boolean'),
    one('LargeAudienceCap', 'xs:int'),
  ),
  't:UnifiedMessageServiceConfiguration': sequence(
    one('UmEnabled', 'xs:boolean'),
    one('PlayOnPhoneDialString', 'xs:string'),
    one('PlayOnPhoneEnabled', 'xs:boolean'),
  ),
  't:ConfigurationRequestDetailsType': { content: { choice: [{ any: true, min: 0, max: -1 }] } },
  'm:GetServiceConfigurationType': extending(
    'm:BaseRequestType',
    optional('ActingAs', 't:EmailAddressType', 'm'),
    one('RequestedConfiguration', 'm:ArrayOfServiceConfigurationType', 'm'),
    optional('ConfigurationRequestDetails', 't:ConfigurationRequestDetailsType', 'm'),
  ),
  'm:ServiceConfigurationResponseMessageType': extending(
    'm:ResponseMessageType',
    optional('MailTipsConfiguration', 't:MailTipsServiceConfiguration', 'm'),
    optional('UnifiedMessagingConfiguration', 't:UnifiedMessageServiceConfiguration', 'm'),
  ),
  'm:ArrayOfServiceConfigurationResponseMessageType': sequence(
    many('ServiceConfigurationResponseMessageType', 'm:ServiceConfigurationResponseMessageType', 'm'),
  ),
  'm:GetServiceConfigurationResponseMessageType': extending(
    'm:ResponseMessageType',
    optional('ResponseMessages', 'm:ArrayOfServiceConfigurationResponseMessageType', 'm'),
  ),
};

const inboxRules: Readonly<Record<string, SchemaType>> = {
  'm:GetInboxRulesRequestType': extending('m:BaseRequestType', optional('MailboxSmtpAddress', 'xs:string', 'm')),
  't:ArrayOfRulesType': {},
  'm:GetInboxRulesResponseType': extending(
    'm:ResponseMessageType',
    optional('OutlookRuleBlobExists', 'xs:boolean', 'm'),
    optional('InboxRules', 't:ArrayOfRulesType', 'm'),
  ),
};

/** Requests that are refused whatever they hold. */
const refused = [
  ...['AddDistributionGroupToImList', 'AddImContactToGroup', 'AddImGroup', 'AddNewImContactToGroup', 'AddNewTelUriContactToGroup'],
  ...['ArchiveItem', 'CreateFolderPath', 'DisconnectPhoneCall', 'FindMailboxStatisticsByKeywords', 'FindMessageTrackingReport'],
  ...['GetImItemList', 'GetImItems', 'GetMessageTrackingReport', 'GetPhoneCallInformation', 'PlayOnPhone', 'RemoveContactFromImList'],
  ...['RemoveDistributionGroupFromImList', 'RemoveImContactFromGroup', 'RemoveImGroup', 'SetImGroup', 'SetImListMigrationCompleted'],
  ...['SetTeamMailbox', 'UnpinTeamMailbox', 'UpdateInboxRules'],
];

/** Further global elements and their types, by prefixed name. */
export const supplementElements: Readonly<Record<string, string>> = {
  'm:GetUserAvailabilityRequest': 'm:GetUserAvailabilityRequestType',
  'm:GetUserAvailabilityResponse': 'm:GetUserAvailabilityResponseType',
  'm:GetUserOofSettingsRequest': 'm:GetUserOofSettingsRequest',
  'm:GetUserOofSettingsResponse': 'm:GetUserOofSettingsResponse',
  'm:SetUserOofSettingsRequest': 'm:SetUserOofSettingsRequest',
  'm:SetUserOofSettingsResponse': 'm:SetUserOofSettingsResponse',
  'm:GetMailTips': 'm:GetMailTipsType',
  'm:GetMailTipsResponse': 'm:GetMailTipsResponseMessageType',
  'm:GetServiceConfiguration': 'm:GetServiceConfigurationType',
  'm:GetServiceConfigurationResponse': 'm:GetServiceConfigurationResponseMessageType',
  'm:GetInboxRules': 'm:GetInboxRulesRequestType',
  'm:GetInboxRulesResponse': 'm:GetInboxRulesResponseType',
  ...Object.fromEntries(refused.map((name) => [`m:${name}`, 'xs:anyType'])),
};

/** Further types by prefixed name. */
export const supplementTypes: Readonly<Record<string, SchemaType>> = {
  ...availability,
  ...outOfOffice,
  ...mailTips,
  ...serviceConfiguration,
  ...inboxRules,
};
