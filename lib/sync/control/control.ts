/** `sync-control`: everything a dashboard or another flow may ask for. Requests and answers are plain JSON. */
import type { TenantRuntime } from '../runtime';
import { expectTenant } from '../writing';
import type { Action } from './action';
import { decisionActions } from './decisions';
import { employeeActions } from './employees';
import { firstRunActions } from './first-runs';
import { heldActions } from './held';
import { journalActions } from './journal';
import { badRequest, isObject, oneOf, textOf } from './request';
import { serviceActions } from './service';

const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries<Action>({
    ...journalActions,
    ...serviceActions,
    ...employeeActions,
    ...heldActions,
    ...decisionActions,
    ...firstRunActions,
  }),
);

/**
 * Answers one request `{ action, … }`: `list` ({states, employee, kind, direction, limit, before} → rows), `entry` ({id} → row with the
 * versions of a conflict), `reopen` ({id|ids}), `finish` ({id|ids, reason}), `synchronise-now` ({employee?}), `status`,
 * `employees`, `set-employee` ({employee|employees, kind?, options}),
 * `first-runs` (→ the newest first synchronisation of each folder), `first-run` ({employee|employees|all, kinds?, mode?, startDate?,
 * changedSince?}: starts them anew, what is linked stays linked),
 * `held` ({employee?, kind?} → groups), `release` ({id|ids} or {employee, kind?}).
 * `conflicts` ({employee, kind, direction, limit, before} → rows with both versions), `decide` ({id|ids, take, fields?}).
 * A request that names another `tenant` is refused (`tenant-wrong`). Throws SyncError `request-invalid`, naming the field.
 */
export const control = async (tenant: TenantRuntime, request: unknown): Promise<unknown> => {
  if (!isObject(request)) throw badRequest('msg.payload must be an object with an action.', 'payload');
  expectTenant(tenant, textOf(request, 'tenant') ?? tenant.name);
  const action = actions.get(oneOf([...actions.keys()], request['action'], 'action'));
  if (action === undefined) throw badRequest('action is unknown.', 'action');
  return action(tenant, request);
};
