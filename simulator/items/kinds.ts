import { elementTypes, type ElementTypes } from '../schema/order';

/** What the simulator knows of one kind of item. */
export interface ItemKind {
  /** Its type in the schema. */
  readonly type: string;
  readonly itemClass: string;
  /** Where it is saved when the request names no folder. */
  readonly folder: string;
  /** Element of a SetItemField's prefix, e.g. `calendar` in `calendar:Start`. */
  readonly prefix: string;
  /** Properties of the shape `Default`. */
  readonly defaultShape: readonly string[];
}

const common = ['ItemId', 'Attachments', 'HasAttachments', 'IsAssociated'];
const mail = [
  ...['Subject', 'Sensitivity', 'Body', 'Size', 'DateTimeSent', 'DateTimeCreated', 'ResponseObjects', 'ToRecipients', 'CcRecipients'],
  ...['BccRecipients', 'From', 'IsRead', 'IsReadReceiptRequested', 'IsDeliveryReceiptRequested'],
];

const message = (type: string, itemClass: string): ItemKind => ({
  type,
  itemClass,
  folder: 'drafts',
  prefix: 'message',
  defaultShape: [...common, ...mail],
});

/**
 * The kinds of items by their element. Default shapes after
 * https://learn.microsoft.com/exchange/client-developer/exchange-web-services/property-sets-and-response-shapes-in-ews-in-exchange
 */
export const itemKinds: Readonly<Record<string, ItemKind>> = {
  CalendarItem: {
    type: 't:CalendarItemType',
    itemClass: 'IPM.Appointment',
    folder: 'calendar',
    prefix: 'calendar',
    defaultShape: [
      ...common,
      ...['Subject', 'ResponseObjects', 'Start', 'End', 'LegacyFreeBusyStatus', 'Location', 'CalendarItemType', 'Organizer'],
    ],
  },
  Task: {
    type: 't:TaskType',
    itemClass: 'IPM.Task',
    folder: 'tasks',
    prefix: 'task',
    defaultShape: [...common, 'Subject', 'DueDate', 'PercentComplete', 'StartDate', 'Status'],
  },
  Contact: {
    type: 't:ContactItemType',
    itemClass: 'IPM.Contact',
    folder: 'contacts',
    prefix: 'contacts',
    defaultShape: [
      ...common,
      ...['FileAs', 'CompanyName', 'CompleteName', 'EmailAddresses', 'PhysicalAddresses', 'PhoneNumbers', 'ImAddresses', 'JobTitle'],
    ],
  },
  DistributionList: {
    type: 't:DistributionListType',
    itemClass: 'IPM.DistList',
    folder: 'contacts',
    prefix: 'distributionlist',
    defaultShape: [...common, 'DisplayName', 'FileAs', 'ContactSource'],
  },
  Message: message('t:MessageType', 'IPM.Note'),
  MeetingMessage: message('t:MeetingMessageType', 'IPM.Schedule.Meeting'),
  MeetingRequest: message('t:MeetingRequestMessageType', 'IPM.Schedule.Meeting.Request'),
  MeetingResponse: message('t:MeetingResponseMessageType', 'IPM.Schedule.Meeting.Resp.Pos'),
  MeetingCancellation: message('t:MeetingCancellationMessageType', 'IPM.Schedule.Meeting.Canceled'),
  PostItem: { ...message('t:PostItemType', 'IPM.Post'), prefix: 'postitem', defaultShape: [...common, 'Subject', 'Body', 'From'] },
  Item: { type: 't:ItemType', itemClass: 'IPM.Note', folder: 'drafts', prefix: 'item', defaultShape: [...common, 'Subject', 'Body'] },
};

/** The kind of an item by its element; anything unknown is a plain item. */
export function itemKind(element: string): ItemKind {
  const kind = itemKinds[element] ?? itemKinds['Item'];
  if (!kind) throw new Error('the plain item is always known');
  return kind;
}

/** Classes that make an item a kind of its own; items of any other class are messages. */
const classes: readonly (readonly [string, string])[] = [
  ['IPM.Appointment', 'CalendarItem'],
  ['IPM.Task', 'Task'],
  ['IPM.Contact', 'Contact'],
  ['IPM.DistList', 'DistributionList'],
  ['IPM.Post', 'PostItem'],
  ['IPM.Schedule.Meeting.Request', 'MeetingRequest'],
  ['IPM.Schedule.Meeting.Resp', 'MeetingResponse'],
  ['IPM.Schedule.Meeting.Canceled', 'MeetingCancellation'],
];

/** The element of items of a class, e.g. `Task` of `IPM.Task.Special`. */
export const elementOfClass = (itemClass: string): string =>
  classes.find(([start]) => `${itemClass.toLowerCase()}.`.startsWith(`${start.toLowerCase()}.`))?.[1] ?? 'Message';

/** True where items of an element can have this class. */
export const hasClassOf = (element: string, itemClass: string): boolean => {
  const expected = elementOfClass(itemClass);
  return element === expected || element === 'Item' || (itemKind(element).prefix === 'message' && itemKind(expected).prefix === 'message');
};

/** True for messages of all kinds, meeting requests and their like among them. */
export const isMessage = (element: string): boolean => itemKinds[element]?.prefix === 'message';

/** Properties an item of this element can have, in the schema's order, with their types. */
export const propertyTypes = (element: string): ElementTypes => elementTypes(itemKind(element).type);

/** Properties only the server sets. */
export const readOnlyProperties: ReadonlySet<string> = new Set([
  ...['ItemId', 'ParentFolderId', 'DateTimeReceived', 'Size', 'DateTimeCreated', 'DateTimeSent', 'LastModifiedName', 'LastModifiedTime'],
  ...['IsSubmitted', 'IsDraft', 'IsFromMe', 'IsResend', 'IsUnmodified', 'ResponseObjects', 'DisplayCc', 'DisplayTo', 'HasAttachments'],
  ...['ConversationIndex', 'ConversationTopic', 'ReceivedBy', 'ReceivedRepresenting', 'ApprovalRequestData', 'VotingInformation'],
  ...['ReminderMessageData', 'BlockStatus', 'HasBlockedImages', 'IconIndex', 'RightsManagementLicenseData', 'WebClientReadFormQueryString'],
  ...['WebClientEditFormQueryString', 'EntityExtractionResult'],
  ...['EffectiveRights', 'ConversationId', 'UniqueBody', 'TextBody', 'ReminderNextTime', 'InstanceKey', 'Preview', 'NormalizedBody'],
  ...['IsMeeting', 'IsCancelled', 'IsRecurring', 'MeetingRequestWasSent', 'CalendarItemType', 'MyResponseType', 'Organizer', 'IsOrganizer'],
  ...['ConflictingMeetingCount', 'AdjacentMeetingCount', 'ConflictingMeetings', 'AdjacentMeetings', 'Duration', 'TimeZone'],
  ...['AppointmentReplyTime', 'AppointmentSequenceNumber', 'AppointmentState', 'FirstOccurrence', 'LastOccurrence', 'OriginalStart'],
  ...['IsOnlineMeeting', 'ModifiedOccurrences', 'DeletedOccurrences', 'StartWallClock', 'EndWallClock', 'StartTimeZoneId', 'EndTimeZoneId'],
  ...['AssignedTime', 'ChangeCount', 'DelegationState', 'Delegator', 'IsAssignmentEditable', 'IsComplete', 'IsTeamTask'],
  ...['MeetingRequestType', 'AssociatedCalendarItemId', 'IsDelegated', 'IsOutOfDate', 'HasBeenProcessed', 'ResponseType'],
  ...['StatusDescription', 'WebClientReadFormQueryString', 'WebClientEditFormQueryString', 'RightsManagementLicenseData', 'IconIndex'],
  ...['BlockStatus', 'HasBlockedImages', 'EntityExtractionResult', 'RetentionDate', 'CompleteName', 'ContactSource', 'HasPicture'],
]);
