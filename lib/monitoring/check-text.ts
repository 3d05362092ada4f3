/** A check's report as plain text for a mail, grouped by the action that would be taken (requirement O7). */
import { localFromInstant } from '../mapping/local-time';
import { checkActions, type CheckAction, type CheckEntry, type CheckReport } from './check-report';
import { textOf, type Language } from './texts';

/** A text for a mail. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const labelText = ({ label }: CheckEntry, language: Language): string => {
  if (label === '(private)') return textOf(language, 'check.private');
  return oneLine(label) === '' ? textOf(language, 'check.no-subject') : `"${oneLine(label)}"`;
};

const entryLine = (entry: CheckEntry, language: Language): string => {
  const { employee, kind, fields, suggestion } = entry;
  const differing = fields.length === 0 ? '' : `; ${textOf(language, 'check.fields', { fields: fields.join(', ') })}`;
  const what = `${textOf(language, `kind.${kind}`)} ${labelText(entry, language)}`;
  return `- ${oneLine(employee.name)}: ${what} – ${textOf(language, `reason.${suggestion.reason}`)}${differing}`;
};

const group = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title} (${lines.length})`, ...lines];

/** `timeZone`: IANA zone in which the period is shown. */
export const checkText = (report: CheckReport, language: Language, timeZone: string): MailText => {
  const { tenant, connection, entries, failures, compared, employees } = report;
  const shown = (instant: string): string => localFromInstant(instant, timeZone).replace('T', ' ').slice(0, 16);
  const actionLines = (action: CheckAction): readonly string[] =>
    entries.filter(({ suggestion }) => suggestion.action === action).map((entry) => entryLine(entry, language));
  const subject = textOf(language, 'check.title', { tenant, connection });
  const lines = [
    subject,
    textOf(language, 'check.period', { from: shown(report.from), to: shown(report.to) }),
    textOf(language, 'check.summary', { compared, employees, count: entries.length }),
    ...(entries.length + failures.length === 0 ? [textOf(language, 'check.clean')] : []),
    ...checkActions.flatMap((action) => group(textOf(language, `action.${action}`), actionLines(action))),
    ...group(
      textOf(language, 'check.failures'),
      failures.map(({ employee, kind, text }) => `- ${oneLine(employee.name)}, ${textOf(language, `kind.${kind}`)}: ${oneLine(text)}`),
    ),
  ];
  return { subject, text: `${lines.join('\n')}\n` };
};
