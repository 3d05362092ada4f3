import { distinguishedSets, namedKey, tagKey } from '../extended';
import { propertyTypes } from '../kinds';
import { appointmentCommonIds, appointmentIds, taskCommonIds, taskIds } from './calendar';
import { commonIds, commonTags, publicNames } from './common';
import { uidMirror } from './global-object-id';
import { addressIds, contactTags } from './contact';
import { messageTags } from './message';
import type { Mirror } from './mirror';

export type { Mirror } from './mirror';

type Table = Readonly<Record<string, Mirror>>;

const keyed = (table: Table, key: (name: string, type: string) => string): Table =>
  Object.fromEntries(
    Object.entries(table).map(([written, mirror]) => {
      const [name = '', type = ''] = written.split(' ');
      return [key(name, type), mirror];
    }),
  );

const tags = (table: Table): Table => keyed(table, (tag, type) => tagKey(Number(tag), type));

const ids = (set: keyof typeof distinguishedSets, table: Table): Table =>
  keyed(table, (id, type) => namedKey(distinguishedSets[set] ?? '', `#${Number(id)}`, type));

const everyKind: Table = {
  ...tags(commonTags),
  ...ids('Common', commonIds),
  ...ids('Meeting', { '0x3 Binary': uidMirror, '0x23 Binary': uidMirror }),
  ...keyed(publicNames, (name, type) => namedKey(distinguishedSets['PublicStrings'] ?? '', `/${name}`, type)),
};

const contact: Table = { ...everyKind, ...tags(contactTags), ...ids('Address', addressIds) };

const message: Table = { ...everyKind, ...tags(messageTags) };

const byElement: Readonly<Record<string, Table>> = {
  CalendarItem: { ...everyKind, ...ids('Common', appointmentCommonIds), ...ids('Appointment', appointmentIds) },
  Task: { ...everyKind, ...ids('Common', taskCommonIds), ...ids('Task', taskIds) },
  Contact: contact,
  DistributionList: contact,
  Message: message,
  MeetingMessage: message,
  MeetingRequest: message,
  MeetingResponse: message,
  MeetingCancellation: message,
};

/** The EWS property that a MAPI property (by its key, see `fieldKey`) is another name for in items of this kind. */
export function mirrorOf(element: string, key: string): Mirror | undefined {
  const mirror = (byElement[element] ?? everyKind)[key];
  return mirror && propertyTypes(element).has(mirror.property) ? mirror : undefined;
}
