/** Requests about first synchronisations (requirement S6). */
import { isDay } from '../../mapping/calendar-days';
import { firstRunModes, rowsOf, type FirstRun } from '../../model/first-run';
import { kinds } from '../../model/kind';
import type { Kind } from '../../model/kind';
import { progressOf, type Sample } from '../first-run/progress';
import { effectiveSince } from '../first-run/selection';
import type { TenantRuntime } from '../runtime';
import type { Action } from './action';
import { badRequest, oneOf, textOf, type Request } from './request';

/** Rows ended, rate and remaining time since the run began. */
const progressNow = (run: FirstRun, unfinished: number, now: number) => {
  const total = rowsOf(run);
  const samples: Sample[] = run.startedAt === null ? [] : [{ at: Date.parse(run.startedAt), done: 0, total }];
  return progressOf([...samples, { at: now, done: run.state === 'waiting' ? 0 : total - Math.min(total, unfinished), total }]);
};

/** The newest run of each folder. */
const listRuns = async (tenant: TenantRuntime) => {
  const { firstRuns } = tenant.database.store;
  const newest = new Map((await firstRuns.list({})).map((run) => [JSON.stringify([run.connection, run.employeeId, run.kind]), run]));
  const unfinished = await firstRuns.unfinishedRows();
  const names = new Map((await tenant.directory.employees()).map(({ id, name }) => [id, name]));
  const now = Date.now();
  return [...newest.values()].map((run) => ({
    ...run,
    employee: names.get(run.employeeId) ?? null,
    ...progressNow(run, unfinished.get(run.id) ?? 0, now),
  }));
};

const textsOf = (request: Request, field: string): readonly string[] | null => {
  const value = request[field];
  if (value === undefined) return null;
  if (!Array.isArray(value)) throw badRequest(`${field} must be a list.`, field);
  return Array.from<unknown>(value).map((name) => textOf({ [field]: name }, field) ?? '');
};

/** Ids of the employees that the request names; null for everybody, which has to be said. */
const employeesOf = async (tenant: TenantRuntime, request: Request): Promise<readonly string[] | null> => {
  if (request['all'] === true) return null;
  const one = textOf(request, 'employee');
  const named = textsOf(request, 'employees') ?? (one === null ? [] : [one]);
  if (named.length === 0) throw badRequest('Name an employee, employees, or all: true.', 'employee');
  const known = await tenant.directory.employees();
  return named.map((name) => {
    const found = known.find(({ id, email }) => id === name || email?.toLowerCase() === name.toLowerCase());
    if (found === undefined) throw badRequest(`There is no employee ${name}.`, 'employee');
    return found.id;
  });
};

const kindsOf = (request: Request): readonly Kind[] | null =>
  textsOf(request, 'kinds')?.map((kind) => oneOf<Kind>(kinds, kind, 'kinds')) ?? null;

const dayOf = (request: Request, field: string): string | null => {
  const day = textOf(request, field);
  if (day !== null && !isDay(day)) throw badRequest(`${field} must be a day such as 2026-03-28.`, field);
  return day;
};

const sinceOf = (request: Request): string | null => {
  const since = textOf(request, 'changedSince');
  if (since === null) return null;
  if (Number.isNaN(Date.parse(since))) throw badRequest('changedSince must be a time such as 2026-03-28T09:00:00Z.', 'changedSince');
  return effectiveSince(since, new Date().toISOString());
};

const start = async (tenant: TenantRuntime, request: Request) => {
  const starts = [...tenant.feeds.values()].flatMap(({ feed: { startFirstRuns } }) => (startFirstRuns === null ? [] : [startFirstRuns]));
  if (starts.length === 0)
    throw badRequest('No ews-notify-in of this ERP is running: deploy one, or wait until it is connected.', 'action');
  const asked = {
    employeeIds: await employeesOf(tenant, request),
    kinds: kindsOf(request),
    settings: {
      mode: request['mode'] === undefined ? ('merge' as const) : oneOf(firstRunModes, request['mode'], 'mode'),
      startDate: dayOf(request, 'startDate'),
      changedSince: sinceOf(request),
    },
  };
  const counts = await Promise.all(starts.map((startFirstRuns) => startFirstRuns(asked)));
  return { folders: counts.reduce((sum, count) => sum + count, 0), ...asked.settings };
};

/** Actions on first synchronisations. */
export const firstRunActions = {
  'first-runs': (tenant) => listRuns(tenant),
  'first-run': (tenant, request) => start(tenant, request),
} satisfies Readonly<Record<string, Action>>;
