import { timeOf, type PersonsTime } from '../../availability/calendar-of';
import { mergedFreeBusy } from '../../availability/merged';
import { suggestionDays } from '../../availability/suggestions';
import { EwsError } from '../../errors';
import type { Session } from '../../session';
import { ianaClock, readSerializableZone, serializableClock, type Clock } from '../../time-zones/clock';
import { showSerializableZone } from '../../time-zones/serializable';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import type { Operation } from '../operation';
import { failed, succeeded } from '../response-message';

const minute = 60_000;
const day = 24 * 60 * minute;
const mostDays = 62;
const mostMailboxes = 100;

interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

const readWindow = (element: XmlElement | undefined, clock: Clock, of: string): TimeWindow => {
  const from = clock.toMoment(childText(element, 'StartTime') ?? '');
  const to = clock.toMoment(childText(element, 'EndTime') ?? '');
  if (to <= from) throw new EwsError('ErrorInvalidTimeInterval', { text: `${of} is invalid: its end is not after its start.` });
  const days = Math.ceil((to - from) / day);
  if (days > mostDays)
    throw new EwsError('ErrorTimeIntervalTooBig', {
      text: `The requested time duration specified for ${of} is too long. The allowed limit = ${mostDays} days; the actual limit = ${days} days.`,
    });
  return { from, to };
};

interface ViewOptions {
  readonly window: TimeWindow;
  readonly interval: number;
  readonly view: string;
}

const readView = (options: XmlElement, clock: Clock): ViewOptions => {
  const minutes = Number(childText(options, 'MergedFreeBusyIntervalInMinutes') ?? 30);
  if (minutes < 5 || minutes > 1440)
    throw new EwsError('ErrorInvalidMergedFreeBusyInterval', {
      text: 'FreeBusyViewOptions.MergedFreeBusyIntervalInMinutes must be between 5 and 1440.',
    });
  const view = childText(options, 'RequestedView')?.trim() ?? 'FreeBusyMerged';
  if (view === 'None' || view.includes(' ')) throw new EwsError('ErrorInvalidFreeBusyViewType');
  return { window: readWindow(child(options, 'TimeWindow'), clock, 'FreeBusyViewOptions.TimeWindow'), interval: minutes * minute, view };
};

/** As much of what was asked for as the caller may see. */
const grantedView = (wanted: string, { access }: PersonsTime): string => {
  if (access === 'Merged') return 'MergedOnly';
  return access === 'TimeOnly' ? wanted.replace('Detailed', 'FreeBusy') : wanted;
};

const events = (time: PersonsTime, isDetailed: boolean, clock: Clock): XmlElement =>
  t(
    'CalendarEventArray',
    time.busy.map(({ starts, ends, busyType, details }) =>
      t('CalendarEvent', [
        t('StartTime', clock.toLocal(starts)),
        t('EndTime', clock.toLocal(ends)),
        t('BusyType', busyType),
        isDetailed ? details : undefined,
      ]),
    ),
  );

const workingHours = ({ hours }: PersonsTime): XmlElement | undefined =>
  hours &&
  t('WorkingHours', [
    showSerializableZone(hours.zone),
    t('WorkingPeriodArray', [
      t('WorkingPeriod', [t('DayOfWeek', hours.days.join(' ')), t('StartTimeInMinutes', hours.from), t('EndTimeInMinutes', hours.to)]),
    ]),
  ]);

const freeBusyView = (time: PersonsTime, { window, interval, view: wanted }: ViewOptions, clock: Clock): XmlElement => {
  const view = grantedView(wanted, time);
  return m('FreeBusyView', [
    t('FreeBusyViewType', view),
    view.includes('Merged') ? t('MergedFreeBusy', mergedFreeBusy(time.busy, window.from, window.to, interval)) : undefined,
    view !== 'MergedOnly' && time.busy.length > 0 ? events(time, view.startsWith('Detailed'), clock) : undefined,
    workingHours(time),
  ]);
};

/** A result, or the error that took its place. */
const attempt = <Result>(work: () => Result): Result | EwsError => {
  try {
    return work();
  } catch (error) {
    if (error instanceof EwsError) return error;
    throw error;
  }
};

const addressOf = (mailbox: XmlElement): string => childText(child(mailbox, 'Email'), 'Address')?.trim() ?? '';

const freeBusyResponses = (session: Session, mailboxes: readonly XmlElement[], options: XmlElement, clock: Clock): XmlElement => {
  const wanted = readView(options, clock);
  const answer = (mailbox: XmlElement): XmlElement => {
    const view = attempt(() => freeBusyView(timeOf(session, addressOf(mailbox), wanted.window.from, wanted.window.to), wanted, clock));
    return view instanceof EwsError
      ? m('FreeBusyResponse', [failed('ResponseMessage', view), m('FreeBusyView', [t('FreeBusyViewType', 'None')])])
      : m('FreeBusyResponse', [succeeded('ResponseMessage'), view]);
  };
  return m('FreeBusyResponseArray', mailboxes.map(answer));
};

const suggestionsResponse = (session: Session, mailboxes: readonly XmlElement[], options: XmlElement, clock: Clock): XmlElement => {
  const { from, to } = readWindow(child(options, 'DetailedSuggestionsWindow'), clock, 'SuggestionsViewOptions.DetailedSuggestionsWindow');
  const attendees = mailboxes.map((mailbox) => {
    const time = attempt(() => timeOf(session, addressOf(mailbox), from, to + day));
    const isRequired = ['Organizer', 'Required'].includes(childText(mailbox, 'AttendeeType')?.trim() ?? '');
    return { isRequired, time: time instanceof EwsError ? undefined : time };
  });
  const days = suggestionDays(attendees, from, to, options, clock);
  return m('SuggestionsResponse', [succeeded('ResponseMessage'), m('SuggestionDayResultArray', days)]);
};

/** GetUserAvailability: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getuseravailability-operation, MS-OXWAVLS */
export const getUserAvailability: Operation = (request, { session }) => {
  const zone = child(request, 'TimeZone');
  const clock = zone ? serializableClock(readSerializableZone(zone)) : ianaClock(session.zone);
  const mailboxes = child(request, 'MailboxDataArray')?.children ?? [];
  if (mailboxes.length === 0) throw new EwsError('ErrorMailboxDataArrayEmpty');
  if (mailboxes.length > mostMailboxes) throw new EwsError('ErrorMailboxDataArrayTooBig');
  const view = child(request, 'FreeBusyViewOptions');
  const suggestions = child(request, 'SuggestionsViewOptions');
  if (!view && !suggestions) throw new EwsError('ErrorMissingArgument');
  return m('GetUserAvailabilityResponse', [
    view && freeBusyResponses(session, mailboxes, view, clock),
    suggestions && suggestionsResponse(session, mailboxes, suggestions, clock),
  ]);
};
