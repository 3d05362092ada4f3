/** `sync-control`: everything a dashboard or another flow may ask for. Requests and answers are plain JSON. */
import type { JournalFilter } from '../erp/store';
import { SyncError } from '../model/error';
import { journalStates } from '../model/journal';
import type { JournalEntry, JournalState } from '../model/journal';
import { kinds } from '../model/kind';
import type { Kind } from '../model/kind';
import type { TenantRuntime } from './runtime';
import { expectTenant } from './writing';

/** What can be asked. */
export const controlActions = ['list', 'entry', 'reopen', 'finish', 'synchronise-now', 'status'] as const;

const badRequest = (message: string, field: string): SyncError => new SyncError('request-invalid', 'item', message, { field });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const oneOf = <T extends string>(allowed: readonly T[], value: unknown, field: string): T => {
  const found = allowed.find((name) => name === value);
  if (found === undefined) throw badRequest(`${field} must be one of ${allowed.join(', ')}.`, field);
  return found;
};

const idsOf = (request: Readonly<Record<string, unknown>>): readonly number[] => {
  const given: readonly unknown[] = Array.isArray(request['ids']) ? request['ids'] : [request['id']];
  return given.map((id) => {
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
    throw badRequest('id must be the number of a journal row (or ids a list of them).', 'id');
  });
};

const textOf = (request: Readonly<Record<string, unknown>>, field: string): string | null => {
  const value = request[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw badRequest(`${field} must be text.`, field);
};

const numberOf = (request: Readonly<Record<string, unknown>>, field: string): number | null => {
  const value = request[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badRequest(`${field} must be a number.`, field);
};

const filterOf = (request: Readonly<Record<string, unknown>>): JournalFilter => {
  const states = request['states'] ?? request['state'];
  const employeeId = textOf(request, 'employee');
  const limit = numberOf(request, 'limit');
  const before = numberOf(request, 'before');
  const stateList: readonly unknown[] | undefined = states === undefined ? undefined : Array.isArray(states) ? states : [states];
  const kind = request['kind'] === undefined ? undefined : oneOf<Kind>(kinds, request['kind'], 'kind');
  const direction = request['direction'] === undefined ? undefined : oneOf(['inbound', 'outbound'], request['direction'], 'direction');
  return {
    ...(stateList === undefined ? {} : { states: stateList.map((state) => oneOf<JournalState>(journalStates, state, 'states')) }),
    ...(employeeId === null ? {} : { employeeId }),
    ...(kind === undefined ? {} : { kind }),
    ...(direction === undefined ? {} : { direction }),
    ...(limit === null ? {} : { limit }),
    ...(before === null ? {} : { before }),
  };
};

/** Journal rows with the name of their employee, for a table. */
const withEmployees = async (tenant: TenantRuntime, entries: readonly JournalEntry[]) => {
  const employees = new Map((await tenant.directory.employees()).map((employee) => [employee.id, employee.name]));
  return entries.map((entry) => ({ ...entry, employee: employees.get(entry.employeeId) ?? null }));
};

const countDone = async (ids: readonly number[], act: (id: number) => Promise<boolean>): Promise<number> => {
  let done = 0;
  for (const id of ids) if (await act(id)) done += 1;
  return done;
};

const status = async (tenant: TenantRuntime) => ({
  tenant: tenant.name,
  ...(await tenant.database.store.counts()),
  feeds: [...tenant.feeds].map(([name, { status: feedStatus }]) => ({
    name,
    ...feedStatus,
    ...('error' in feedStatus ? { error: { code: feedStatus.error.code, message: feedStatus.error.message } } : {}),
  })),
});

const synchroniseNow = async (tenant: TenantRuntime, employee: string | null) => {
  const rows = await tenant.database.store.hurry(employee);
  await Promise.all([...tenant.feeds.values()].map(({ feed }) => feed.synchroniseNow(employee)));
  return { rows };
};

/**
 * Answers one request `{ action, … }`: `list` ({states, employee, kind, direction, limit, before} → rows), `entry` ({id} → row with the
 * versions of a conflict), `reopen` ({id|ids}), `finish` ({id|ids, reason}), `synchronise-now` ({employee?}), `status`.
 * A request that names another `tenant` is refused (`tenant-wrong`). Throws SyncError `request-invalid`, naming the field.
 */
export const control = async (tenant: TenantRuntime, request: unknown): Promise<unknown> => {
  if (!isObject(request)) throw badRequest('msg.payload must be an object with an action.', 'payload');
  expectTenant(tenant, textOf(request, 'tenant') ?? tenant.name);
  const { store } = tenant.database;
  switch (oneOf(controlActions, request['action'], 'action')) {
    case 'list':
      return withEmployees(tenant, await store.list(filterOf(request)));
    case 'entry':
      return store.entry(idsOf(request)[0] ?? 0);
    case 'reopen': {
      const reopened = await countDone(idsOf(request), (id) => store.reopen(id));
      tenant.workWaiting.raise();
      return { reopened };
    }
    case 'finish': {
      const reason = textOf(request, 'reason') ?? 'Finished by hand';
      return { finished: await countDone(idsOf(request), (id) => store.finish(id, 'skipped', reason)) };
    }
    case 'synchronise-now':
      return synchroniseNow(tenant, textOf(request, 'employee'));
    case 'status':
      return status(tenant);
  }
};
