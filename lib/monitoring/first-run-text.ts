/** The closing report of first synchronisations as plain text for a mail: counts only. */
import type { FirstRunLine, FirstRunReport } from '../sync/first-run/report';
import type { MailText } from './check-text';
import { textOf, type Language } from './texts';

const secondsOf = (ms: number): number => Math.round(ms / 1_000);

const countsText = (counts: Omit<FirstRunLine, 'employee' | 'kind' | 'mode' | 'durationMs'>, language: Language): string => {
  const { linked, createdInErp, createdInExchange, changed, failed, conflicts, skipped } = counts;
  const left = Object.entries(skipped).map(([reason, count]) => `${reason} ${count}`);
  return [
    textOf(language, 'first-run.counts', { linked, createdInErp, createdInExchange, changed, failed, conflicts }),
    ...(left.length === 0 ? [] : [textOf(language, 'first-run.skipped', { reasons: left.join(', ') })]),
  ].join('; ');
};

/** A mail for a report. */
export const firstRunText = (report: FirstRunReport, language: Language): MailText => {
  const { tenant, connection, runs, total, failures, durationMs } = report;
  const subject = textOf(language, 'first-run.title', { tenant, connection });
  const lines = [
    subject,
    textOf(language, 'first-run.duration', { folders: runs.length, seconds: secondsOf(durationMs) }),
    countsText(total, language),
    '',
    ...runs.map((run) => `- ${run.employee.name}, ${textOf(language, `kind.${run.kind}`)}: ${countsText(run, language)}`),
    ...(failures.length === 0 ? [] : ['', textOf(language, 'first-run.failures')]),
    ...failures.map(({ employee, text }) => `- ${employee.name}: ${text}`),
  ];
  return { subject, text: `${lines.map((line) => line.replaceAll(/\s+/g, ' ').trimEnd()).join('\n')}\n` };
};
