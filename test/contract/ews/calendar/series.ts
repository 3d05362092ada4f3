/** Series and occurrences for the calendar tests; times are UTC unless a zone is given. */
import assert from 'node:assert/strict';
import { appointment, child, findItem, idOf, inZone, itemOf, shape, type Answer, type Client, type XmlElement } from '../harness';

export const vienna = { header: inZone('W. Europe Standard Time') };

/** Daily at nine in Vienna from 2026-03-02 (a Monday), ten times unless told otherwise. */
export const daily = (
  content = '',
  range = '<t:NumberedRecurrence><t:StartDate>2026-03-02</t:StartDate><t:NumberOfOccurrences>10</t:NumberOfOccurrences></t:NumberedRecurrence>',
  interval = 1,
): string =>
  appointment(
    `<t:Subject>Daily</t:Subject>${content}<t:Start>2026-03-02T09:00:00</t:Start><t:End>2026-03-02T10:00:00</t:End><t:Location>Here</t:Location><t:Recurrence><t:DailyRecurrence><t:Interval>${interval}</t:Interval></t:DailyRecurrence>${range}</t:Recurrence>`,
  );

export const createSeries = async (client: Client, request = daily()): Promise<string> => idOf(await client.call(request, vienna)).id;

export const occurrence = (series: string, index: number): string =>
  `<t:OccurrenceItemId RecurringMasterId="${series}" InstanceIndex="${index}"/>`;

export const itemId = (id: string, changeKey?: string): string =>
  `<t:ItemId Id="${id}"${changeKey === undefined ? '' : ` ChangeKey="${changeKey}"`}/>`;

export const get = (client: Client, id: string, itemShape = shape('AllProperties')): Promise<Answer> =>
  client.call(`<m:GetItem>${itemShape}<m:ItemIds>${id}</m:ItemIds></m:GetItem>`, vienna);

export const update = (client: Client, id: string, updates: string, resolution = 'AlwaysOverwrite'): Promise<Answer> =>
  client.call(
    `<m:UpdateItem ConflictResolution="${resolution}" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>${id}<t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    vienna,
  );

export const remove = (client: Client, id: string, type = 'HardDelete'): Promise<Answer> =>
  client.call(
    `<m:DeleteItem DeleteType="${type}" SendMeetingCancellations="SendToNone" AffectedTaskOccurrences="AllOccurrences"><m:ItemIds>${id}</m:ItemIds></m:DeleteItem>`,
    vienna,
  );

export const set = (name: string, value: string): string =>
  `<t:SetItemField><t:FieldURI FieldURI="calendar:${name}"/><t:CalendarItem><t:${name}>${value}</t:${name}></t:CalendarItem></t:SetItemField>`;

export const setSubject = (value: string): string =>
  `<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem><t:Subject>${value}</t:Subject></t:CalendarItem></t:SetItemField>`;

export const move = (start: string, end: string): string => set('Start', start) + set('End', end);

/** The items of a calendar view from one day to another (both at midnight in Vienna). */
export const view = async (client: Client, from: string, to: string): Promise<readonly XmlElement[]> => {
  const request = findItem(
    'calendar',
    `<m:CalendarView StartDate="${from}T00:00:00+01:00" EndDate="${to}T00:00:00+01:00"/>`,
    shape('AllProperties'),
  );
  const answer = await client.call(request, vienna);
  assert.deepEqual(answer.codes, ['NoError'], answer.text);
  return child(child(answer.messages[0], 'RootFolder'), 'Items')?.children ?? [];
};

/** What a master lists: the texts of one part of each entry. */
export const listed = (answer: Answer, list: string, part: string): readonly string[] =>
  (child(itemOf(answer), list)?.children ?? []).map((entry) => child(entry, part)?.text ?? '');

/** The id text of an item. */
export const idText = (item: XmlElement | undefined): string => child(item, 'ItemId')?.attributes['Id'] ?? '';
