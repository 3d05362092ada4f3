import { keyOf } from './comparison';
import { searchedProperty, type Condition, type Operator, type Searched } from './restriction';
import type { Session } from '../session';
import { timeRange } from './query-dates';

const property = (uri: string): Searched => {
  const [prefix = '', name = ''] = uri.split(':');
  return searchedProperty({ kind: 'property', prefix, name });
};

/** Properties whose texts a query string searches although a restriction cannot. */
const textOf = (uri: string): Searched => {
  const [prefix = '', name = ''] = uri.split(':');
  return { path: { kind: 'property', prefix, name }, comparison: { kind: 'text' } };
};

const to = ['message:ToRecipients', 'calendar:RequiredAttendees'].map(textOf);
const cc = ['message:CcRecipients', 'calendar:OptionalAttendees'].map(textOf);
const bcc = ['message:BccRecipients', 'calendar:Resources'].map(textOf);
const from = ['message:From', 'message:Sender', 'calendar:Organizer'].map(textOf);
const subject = [textOf('item:Subject')];
const body = [textOf('item:Body')];
const attachment = [textOf('item:Attachments')];
const category = [textOf('item:Categories')];
const contact = ['DisplayName', 'GivenName', 'Surname', 'CompanyName', 'FileAs', 'EmailAddresses'].map((name) =>
  textOf(`contacts:${name}`),
);
const location = [textOf('calendar:Location')];

const texts: Readonly<Record<string, readonly Searched[]>> = {
  subject,
  body,
  content: body,
  from,
  to,
  cc,
  bcc,
  participants: [...to, ...cc, ...bcc, ...from],
  attachment,
  attachments: attachment,
  category,
  categories: category,
  location,
};

/** What a value without a keyword is sought in. */
const everything = [subject, body, from, to, cc, bcc, attachment, category, location, contact].flat();

const times: Readonly<Record<string, Searched>> = {
  received: property('item:DateTimeReceived'),
  sent: property('item:DateTimeSent'),
  date: property('item:DateTimeReceived'),
};

const simple: Readonly<Record<string, Searched>> = {
  hasattachment: property('item:HasAttachments'),
  hasattachments: property('item:HasAttachments'),
  isread: property('message:IsRead'),
  read: property('message:IsRead'),
  importance: property('item:Importance'),
  size: property('item:Size'),
};

const itemClass = property('item:ItemClass');

const kinds: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    contacts: ['IPM.Contact', 'IPM.DistList'],
    docs: ['IPM.Document'],
    email: ['IPM.Note'],
    faxes: ['IPM.Note.Microsoft.Fax'],
    im: ['IPM.Note.Microsoft.Conversation'],
    journals: ['IPM.Activity'],
    meetings: ['IPM.Appointment', 'IPM.Schedule.Meeting'],
    notes: ['IPM.StickyNote'],
    posts: ['IPM.Post'],
    rssfeeds: ['IPM.Post.RSS'],
    tasks: ['IPM.Task'],
    voicemail: ['IPM.Note.Microsoft.Voicemail'],
  }),
);

/** True for the words that name what is sought when a colon follows them. */
export const isKeyword = (word: string): boolean =>
  [texts, times, simple].some((known) => Object.hasOwn(known, word)) || ['kind', 'isflagged'].includes(word);

/** True for keywords whose values are times, which may be several words. */
export const isTimeKeyword = (word: string | undefined): boolean => word !== undefined && Object.hasOwn(times, word);

const never: Condition = { kind: 'or', parts: [] };

const contains = (searched: Searched, sought: string, mode: string): Condition => ({
  kind: 'contains',
  property: searched,
  sought,
  mode,
  comparison: 'IgnoreCaseAndNonSpacingCharacters',
});

const compare = (searched: Searched, operator: Operator, text: string): Condition => {
  const wanted = searched.comparison.kind === 'rank' ? text.charAt(0).toUpperCase() + text.slice(1).toLowerCase() : text;
  const constant = keyOf(searched.comparison, wanted, 'UTC');
  return constant === undefined ? never : { kind: 'compare', operator, property: searched, constant };
};

const operators: Readonly<Record<string, Operator>> = {
  '>': 'IsGreaterThan',
  '>=': 'IsGreaterThanOrEqualTo',
  '<': 'IsLessThan',
  '<=': 'IsLessThanOrEqualTo',
};

const simpleTerm = (searched: Searched, text: string): Condition => {
  const [, least, most] = /^(.+)\.\.(.+)$/.exec(text) ?? [];
  if (least !== undefined && most !== undefined)
    return { kind: 'and', parts: [compare(searched, 'IsGreaterThanOrEqualTo', least), compare(searched, 'IsLessThanOrEqualTo', most)] };
  const [, sign = '', value = ''] = /^([<>]=?|=)?(.*)$/s.exec(text) ?? [];
  return compare(searched, operators[sign] ?? 'IsEqualTo', value);
};

const timeTerm = (searched: Searched, text: string, session: Session): Condition => {
  const range = timeRange(text, session.now(), session.zone);
  if (!range) return never;
  return {
    kind: 'and',
    parts: [
      { kind: 'compare', operator: 'IsGreaterThanOrEqualTo', property: searched, constant: range.from },
      { kind: 'compare', operator: 'IsLessThan', property: searched, constant: range.to },
    ],
  };
};

const flagTerm = (text: string): Condition => {
  const flagged: Condition = {
    kind: 'contains',
    property: textOf('item:Flag'),
    sought: 'Flagged',
    mode: 'FullString',
    comparison: 'Exact',
  };
  return text.toLowerCase() === 'false' ? { kind: 'not', part: flagged } : flagged;
};

/** What a value of a query string asks for, under its keyword or in everything that is searched without one. */
export function queryTerm(keyword: string | undefined, text: string, mode: 'PrefixOnWords' | 'ExactPhrase', session: Session): Condition {
  const [time, plain] = [times[keyword ?? ''], simple[keyword ?? '']];
  if (time) return timeTerm(time, text, session);
  if (plain) return simpleTerm(plain, text);
  if (keyword === 'isflagged') return flagTerm(text);
  if (keyword === 'kind')
    return { kind: 'or', parts: (kinds.get(text.toLowerCase()) ?? []).map((start) => contains(itemClass, start, 'Prefixed')) };
  return { kind: 'or', parts: (texts[keyword ?? ''] ?? everything).map((searched) => contains(searched, text, mode)) };
}
