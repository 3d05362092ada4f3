import { choice, day, readOnly, same, share, yesNo, type Mirror } from './mirror';
import { isTrueText } from '../../xml/element';

const responses = ['Unknown', 'Organizer', 'Tentative', 'Accept', 'Decline', 'NoResponseReceived'];

/** Minutes of a duration like P1DT2H30M. */
const minutesOf = (duration: string): number => {
  const [, days = '0', hours = '0', minutes = '0'] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?/.exec(duration) ?? [];
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes);
};

/** Properties of PSETID_Appointment (MS-OXOCAL), by id and type. */
export const appointmentIds: Readonly<Record<string, Mirror>> = {
  '0x8201 Integer': readOnly(same('AppointmentSequenceNumber')),
  '0x8205 Integer': choice('LegacyFreeBusyStatus', ['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere']),
  '0x8208 String': same('Location'),
  '0x820D SystemTime': same('Start'),
  '0x820E SystemTime': same('End'),
  '0x8213 Integer': { property: 'Duration', read: ({ text }) => [String(minutesOf(text))] },
  '0x8215 Boolean': yesNo('IsAllDayEvent'),
  '0x8217 Integer': readOnly(same('AppointmentState')),
  '0x8218 Integer': readOnly(choice('MyResponseType', responses)),
  '0x8220 SystemTime': readOnly(same('AppointmentReplyTime')),
  '0x8223 Boolean': readOnly({ property: 'CalendarItemType', read: ({ text }) => [String(text === 'RecurringMaster')] }),
  '0x8228 SystemTime': readOnly(same('RecurrenceId')),
  '0x8234 String': readOnly(same('TimeZone')),
  '0x8235 SystemTime': readOnly(same('Start')),
  '0x8236 SystemTime': readOnly(same('End')),
  '0x823B String': readOnly(same('DisplayTo')),
  '0x823C String': readOnly(same('DisplayCc')),
  '0x825A Boolean': { property: 'AllowNewTimeProposal', read: ({ text }) => [String(!isTrueText(text))] },
};

/** Start and end of an appointment as PSETID_Common has them. */
export const appointmentCommonIds: Readonly<Record<string, Mirror>> = {
  '0x8516 SystemTime': same('Start'),
  '0x8517 SystemTime': same('End'),
};

/** Start and due day of a task as PSETID_Common has them. */
export const taskCommonIds: Readonly<Record<string, Mirror>> = {
  '0x8516 SystemTime': day('StartDate'),
  '0x8517 SystemTime': day('DueDate'),
};

/** Properties of PSETID_Task (MS-OXOTASK), by id and type. */
export const taskIds: Readonly<Record<string, Mirror>> = {
  '0x8101 Integer': choice('Status', ['NotStarted', 'InProgress', 'Completed', 'WaitingOnOthers', 'Deferred']),
  '0x8102 Double': share('PercentComplete'),
  '0x8104 SystemTime': day('StartDate'),
  '0x8105 SystemTime': day('DueDate'),
  '0x810F SystemTime': day('CompleteDate'),
  '0x8110 Integer': same('ActualWork'),
  '0x8111 Integer': same('TotalWork'),
  '0x811C Boolean': readOnly(yesNo('IsComplete')),
  '0x811F String': same('Owner'),
  '0x8121 String': readOnly(same('Delegator')),
  '0x8126 Boolean': readOnly(yesNo('IsRecurring')),
};
