/** Requests that follow the schema, chosen at random from all that it allows. */
import type { Particle, SchemaType } from '../../../simulator/schema/schema-type';
import { schemaElements, schemaTypes } from '../../../simulator/schema/schema';
import { escapeXml } from '../../../simulator/xml/write';
import type { Pool, PooledKind } from './pool';
import type { Random } from './random';
import { randomValue } from './values';

const deepest = 9;

interface Context {
  readonly random: Random;
  readonly pool: Pool;
}

/** `density`: how likely optional parts are. Few parts make requests that succeed, many make them odd. */
interface Request extends Context {
  readonly density: number;
}

const contentOf = (type: SchemaType): readonly Particle[] => [
  ...(type.base === undefined ? [] : contentOf(schemaTypes[type.base] ?? {})),
  ...(type.content ? [type.content] : []),
];

const attributesOf = (type: SchemaType): NonNullable<SchemaType['attributes']> => ({
  ...(type.base === undefined ? {} : attributesOf(schemaTypes[type.base] ?? {})),
  ...type.attributes,
});

/** Elements and types whose ids come from the pool. */
const pooledTypes: Readonly<Record<string, PooledKind>> = {
  't:ItemIdType': 'item',
  't:FolderIdType': 'folder',
  't:RequestAttachmentIdType': 'attachment',
};
const pooledTexts: Readonly<Record<string, PooledKind>> = {
  SyncState: 'syncState',
  SubscriptionId: 'subscription',
  Watermark: 'watermark',
};
const pooledAttributes: Readonly<Record<string, PooledKind>> = { RecurringMasterId: 'item', OccurrenceId: 'item' };
const usualFolders = ['calendar', 'tasks', 'contacts', 'inbox', 'drafts', 'sentitems', 'deleteditems', 'msgfolderroot', 'root'];

const attributesText = (type: SchemaType, typeName: string, { random, pool }: Request): string => {
  const kind = pooledTypes[typeName];
  const pooled = kind && random.chance(0.9) ? pool.pick(kind, random) : undefined;
  const values: Record<string, string> = {};
  for (const [name, attribute] of Object.entries(attributesOf(type))) {
    if (attribute.required !== true && !random.chance(0.5)) continue;
    const pooledAttribute = pooledAttributes[name] && pool.pick(pooledAttributes[name], random)?.id;
    const usual = attribute.type === 't:DistinguishedFolderIdNameType' && random.chance(0.8);
    values[name] = pooledAttribute ?? (usual ? random.pick(usualFolders) : randomValue(attribute.type, random));
  }
  if (pooled) values['Id'] = pooled.id;
  if (pooled && values['ChangeKey'] !== undefined) values['ChangeKey'] = pooled.changeKey ?? '';
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
};

const times = (particle: Particle, depth: number, { random, density }: Request): number => {
  const least = particle.min ?? 1;
  const most = particle.max === -1 ? least + 3 : (particle.max ?? 1);
  if (depth >= deepest || most === least) return least;
  if (least === 0 && !random.chance(density)) return 0;
  return Math.max(least, 1) + (most > 1 ? random.below(Math.min(most, 3)) : 0);
};

const particleText = (particle: Particle, depth: number, context: Request): string => {
  const { random } = context;
  return Array.from({ length: times(particle, depth, context) }, () => {
    if ('element' in particle) return elementText(particle.ns, particle.element, particle.type, depth + 1, context);
    if ('sequence' in particle) return particle.sequence.map((part) => particleText(part, depth, context)).join('');
    if ('choice' in particle) return particle.choice.length === 0 ? '' : particleText(random.pick(particle.choice), depth, context);
    return '';
  }).join('');
};

/** Abstract types that the schema only extends; an instance of them has no content of its own. */
const isSimple = (type: SchemaType | undefined): boolean =>
  !type || type.simple !== undefined || type.list !== undefined || type.union !== undefined || type.text !== undefined;

const elementText = (ns: string, name: string, typeName: string, depth: number, context: Request): string => {
  const type = schemaTypes[typeName];
  const tag = `${ns}:${name}`;
  const attributes = type ? attributesText(type, typeName, context) : '';
  if (depth > deepest * 2) return `<${tag}${attributes}/>`;
  if (isSimple(type)) {
    const kind = pooledTexts[name];
    const pooled = kind && context.random.chance(0.9) ? context.pool.pick(kind, context.random)?.id : undefined;
    return `<${tag}${attributes}>${escapeXml(pooled ?? randomValue(type?.text ?? typeName, context.random))}</${tag}>`;
  }
  const content = type ? contentOf(type).map((part) => particleText(part, depth, context)) : [];
  return `<${tag}${attributes}>${content.join('')}</${tag}>`;
};

/** Names of all request elements. */
export const requestNames: readonly string[] = Object.keys(schemaElements)
  .filter((name) => name.startsWith('m:') && !/Response(Message)?$/.test(name) && schemaElements[name] !== undefined)
  .map((name) => name.slice(2));

/** What clients really use comes far more often than the rest. */
const usual = requestNames.filter((name) =>
  /^((Get|Create|Update|Delete|Move|Copy|Find|Empty|Send|SyncFolder)(Item|Folder|Items|Hierarchy|Attachment|UserConfiguration)|Subscribe|Unsubscribe|GetEvents|GetStreamingEvents|ResolveNames|ConvertId|ExpandDL|GetServerTimeZones|GetUserAvailabilityRequest|GetDelegate|AddDelegate)$/.test(
    name,
  ),
);

const headers = [
  '',
  '',
  '<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext>',
  '<t:MailboxCulture>de-AT</t:MailboxCulture>',
];
const versions = ['Exchange2007_SP1', 'Exchange2010_SP2', 'Exchange2013_SP1', 'Exchange2016'];

const inEnvelope = (header: string, body: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><soap:Header>${header}</soap:Header><soap:Body>${body}</soap:Body></soap:Envelope>`;

const mailbox = '<t:Mailbox><t:EmailAddress>ben@x.test</t:EmailAddress></t:Mailbox>';
const times2026 = '<t:Start>2026-12-07T09:00:00Z</t:Start><t:End>2026-12-07T10:00:00Z</t:End>';
const series =
  '<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-12-07</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';
const create = (item: string): string =>
  `<m:CreateItem MessageDisposition="SaveOnly" SendMeetingInvitations="SendToNone"><m:Items>${item}</m:Items></m:CreateItem>`;

/** Requests that fill a mailbox, so that ids are known before the first random one; they come again, as much is deleted. */
export const firstRequests: readonly string[] = [
  create(`<t:CalendarItem><t:Subject>single</t:Subject>${times2026}</t:CalendarItem>`),
  create(`<t:CalendarItem><t:Subject>series</t:Subject>${times2026}${series}</t:CalendarItem>`),
  create('<t:Task><t:Subject>task</t:Subject><t:DueDate>2026-12-24T00:00:00Z</t:DueDate></t:Task>'),
  create('<t:Contact><t:GivenName>Ben</t:GivenName><t:Surname>Huber</t:Surname></t:Contact>'),
  create(`<t:Message><t:Subject>mail</t:Subject><t:ToRecipients>${mailbox}</t:ToRecipients></t:Message>`),
  '<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:ParentFolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>',
  '<m:Subscribe><m:PullSubscriptionRequest SubscribeToAllFolders="true"><t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes><t:Timeout>60</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>',
  '<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId><m:MaxChangesReturned>512</m:MaxChangesReturned></m:SyncFolderItems>',
].map((body) => inEnvelope('', body));

/** A whole SOAP request that follows the schema, and the operation it asks for. */
export function randomRequest(context: Context): { readonly operation: string; readonly text: string } {
  const { random } = context;
  if (random.chance(0.04)) return { operation: 'CreateItem', text: random.pick(firstRequests) };
  const density = random.pick([0.03, 0.1, 0.3]);
  const operation = random.pick(random.chance(0.85) ? usual : requestNames);
  const body = elementText('m', operation, schemaElements[`m:${operation}`] ?? '', 0, { ...context, density });
  const header = `<t:RequestServerVersion Version="${random.pick(versions)}"/>${random.pick(headers)}`;
  return {
    operation,
    text: inEnvelope(header, body),
  };
}
