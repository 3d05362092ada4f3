/** Requests about the journal ("synchronisation data", requirements O1 and O2). */
import type { JournalFilter } from '../../erp/store';
import { journalStates } from '../../model/journal';
import type { JournalEntry, JournalState } from '../../model/journal';
import { kinds } from '../../model/kind';
import type { Kind } from '../../model/kind';
import type { TenantRuntime } from '../runtime';
import type { Action } from './action';
import { idsOf, numberOf, oneOf, textOf, type Request } from './request';

/** The rows that a request names by `states`, `employee`, `kind`, `direction`, `limit` and `before`. Throws `request-invalid`. */
export const filterOf = (request: Request): JournalFilter => {
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
export const withEmployees = async (tenant: TenantRuntime, entries: readonly JournalEntry[]) => {
  const employees = new Map((await tenant.directory.employees()).map((employee) => [employee.id, employee.name]));
  return entries.map((entry) => ({ ...entry, employee: employees.get(entry.employeeId) ?? null }));
};

/** Does something with rows one by one; how many it was done with. */
export const countDone = async (ids: readonly number[], act: (id: number) => Promise<boolean>): Promise<number> => {
  let done = 0;
  for (const id of ids) if (await act(id)) done += 1;
  return done;
};

/** Actions on journal rows. */
export const journalActions = {
  list: async (tenant, request) => withEmployees(tenant, await tenant.database.store.list(filterOf(request))),
  entry: (tenant, request) => tenant.database.store.entry(idsOf(request)[0] ?? 0),
  reopen: async (tenant, request) => {
    const { store } = tenant.database;
    const ids = idsOf(request);
    // To reopen what is held is to say that it is carried out: otherwise it would be held again.
    const released = await store.releaseHeld(ids);
    const reopened = released + (await countDone(ids, (id) => store.reopen(id)));
    tenant.workWaiting.raise();
    return { reopened };
  },
  finish: async (tenant, request) => {
    const reason = textOf(request, 'reason') ?? 'Finished by hand';
    return { finished: await countDone(idsOf(request), (id) => tenant.database.store.finish(id, 'skipped', reason)) };
  },
} satisfies Readonly<Record<string, Action>>;
