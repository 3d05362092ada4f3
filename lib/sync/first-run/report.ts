/** What is told of first synchronisations: progress while they run, and a closing report. Counts only, never an item's content. Pure. */
import { rowsOf, type FirstRun, type FirstRunMode, type LeftReason } from '../../model/first-run';
import type { Employee } from '../../model/employee';
import type { SyncError } from '../../model/error';
import type { Kind } from '../../model/kind';
import type { Progress } from './progress';

/** First synchronisations under way, together. */
export interface FirstRunStatus extends Progress {
  /** Mailboxes that are through, of all that take part. */
  readonly finished: number;
  readonly mailboxes: number;
}

type Counts = Readonly<Record<string, number>>;

/** One folder's part of a report. */
export interface FirstRunLine {
  readonly employee: { readonly id: string; readonly name: string };
  readonly kind: Kind;
  readonly mode: FirstRunMode;
  readonly linked: number;
  readonly createdInErp: number;
  readonly createdInExchange: number;
  readonly changed: number;
  readonly failed: number;
  readonly conflicts: number;
  /** Left alone or ended without a write, by reason. */
  readonly skipped: Counts;
  readonly durationMs: number;
}

/** The closing report of first synchronisations. Times are UTC instants. */
export interface FirstRunReport {
  readonly tenant: string;
  readonly connection: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly runs: readonly FirstRunLine[];
  readonly total: Omit<FirstRunLine, 'employee' | 'kind' | 'mode' | 'durationMs'>;
  /** Mailboxes that cannot be reached: they are tried again, and reported when they are through. */
  readonly failures: readonly {
    readonly employee: { readonly id: string; readonly name: string };
    readonly code: string;
    readonly text: string;
  }[];
}

const sumOf = (counts: readonly Counts[]): Counts => {
  const sum: Record<string, number> = {};
  for (const one of counts) for (const [name, count] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

const leftOf = (left: Readonly<Partial<Record<LeftReason, number>>>): Counts =>
  sumOf(Object.entries(left).map(([reason, count]) => ({ [reason]: count })));

const msBetween = (from: string | null, to: string | null): number =>
  from === null || to === null ? 0 : Math.max(0, Date.parse(to) - Date.parse(from));

const lineOf = (run: FirstRun, nameOf: (employeeId: string) => string): FirstRunLine => ({
  employee: { id: run.employeeId, name: nameOf(run.employeeId) },
  kind: run.kind,
  mode: run.settings.mode,
  linked: run.counts.linked,
  createdInErp: run.outcome?.createdInErp ?? 0,
  createdInExchange: run.outcome?.createdInExchange ?? 0,
  changed: run.outcome?.changed ?? 0,
  failed: run.outcome?.failed ?? 0,
  conflicts: run.outcome?.conflicts ?? 0,
  skipped: sumOf([leftOf(run.counts.left), run.outcome?.skipped ?? {}]),
  durationMs: msBetween(run.startedAt, run.finishedAt),
});

/** Whether a run had anything to do: nobody is told of a mailbox that is empty on both sides. */
export const hadWork = (run: FirstRun): boolean => rowsOf(run) > 0 || run.counts.linked > 0 || Object.keys(run.counts.left).length > 0;

/** The report of runs that are done. */
export const firstRunReport = (
  where: { readonly tenant: string; readonly connection: string },
  runs: readonly FirstRun[],
  failing: readonly { readonly employee: Employee; readonly error: SyncError }[],
  employees: readonly Employee[],
): FirstRunReport => {
  const nameOf = (id: string): string => employees.find((employee) => employee.id === id)?.name ?? id;
  const lines = runs.map((run) => lineOf(run, nameOf));
  const starts = runs.map(({ startedAt, createdAt }) => startedAt ?? createdAt).toSorted();
  const ends = runs.flatMap(({ finishedAt }) => finishedAt ?? []).toSorted();
  const [startedAt, finishedAt] = [starts[0] ?? '', ends.at(-1) ?? ''];
  const total = (count: (line: FirstRunLine) => number): number => lines.reduce((sum, line) => sum + count(line), 0);
  return {
    ...where,
    startedAt,
    finishedAt,
    durationMs: msBetween(startedAt, finishedAt),
    runs: lines,
    total: {
      linked: total((line) => line.linked),
      createdInErp: total((line) => line.createdInErp),
      createdInExchange: total((line) => line.createdInExchange),
      changed: total((line) => line.changed),
      failed: total((line) => line.failed),
      conflicts: total((line) => line.conflicts),
      skipped: sumOf(lines.map(({ skipped }) => skipped)),
    },
    failures: failing.map(({ employee, error }) => ({
      employee: { id: employee.id, name: employee.name },
      code: error.code,
      text: error.message,
    })),
  };
};
