/** Which properties GetItem asks for. */
import type { EwsOptions } from '../options';
import { element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';
import { syncIdField } from './sync-id';

/**
 * `exact`: only what the model knows; `all`: Exchange's own set, for a server that refuses to look for a task's property in an appointment.
 */
export type ShapeBreadth = 'exact' | 'all';

const common = [
  'item:Subject',
  'item:Sensitivity',
  'item:Body',
  'item:Categories',
  'item:Importance',
  'item:ReminderDueBy',
  'item:ReminderIsSet',
  'item:ReminderMinutesBeforeStart',
  'item:LastModifiedTime',
];

const appointment = [
  'calendar:Start',
  'calendar:End',
  'calendar:OriginalStart',
  'calendar:IsAllDayEvent',
  'calendar:LegacyFreeBusyStatus',
  'calendar:Location',
  'calendar:Recurrence',
  'calendar:ModifiedOccurrences',
  'calendar:DeletedOccurrences',
  'calendar:StartTimeZone',
  'calendar:IsMeeting',
  'calendar:IsCancelled',
  'calendar:MyResponseType',
  'calendar:AppointmentState',
  'calendar:Organizer',
  'calendar:RequiredAttendees',
  'calendar:OptionalAttendees',
  'calendar:Resources',
];

const task = ['task:DueDate', 'task:IsRecurring', 'task:PercentComplete', 'task:StartDate', 'task:Status'];

const fields: readonly XmlNode[] = [...common, ...appointment, ...task].map((name) => element('t:FieldURI', { FieldURI: name }));

/** What is asked for. */
export interface ItemShape {
  readonly breadth: ShapeBreadth;
  readonly bodies: EwsOptions['bodies'];
}

/** The shape as an element. Exchange makes the text of a rich body itself. */
export const itemShape = ({ breadth, bodies }: ItemShape): XmlNode =>
  element(
    'm:ItemShape',
    {},
    element('t:BaseShape', {}, breadth === 'exact' ? 'IdOnly' : 'AllProperties'),
    element('t:BodyType', {}, bodies === 'rich' ? 'Best' : 'Text'),
    element(
      't:AdditionalProperties',
      {},
      ...(breadth === 'exact' ? fields : []),
      bodies === 'rich' ? element('t:FieldURI', { FieldURI: 'item:TextBody' }) : null,
      syncIdField,
    ),
  );
