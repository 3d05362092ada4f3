/** Requests about conflicts that a person decides (requirement S3): what waits, with both versions, and the decision. */
import type { JournalEntry } from '../../model/journal';
import type { LinkDecision } from '../../model/link';
import type { TenantRuntime } from '../runtime';
import type { Action } from './action';
import { countDone, filterOf, withEmployees } from './journal';
import { badRequest, idsOf, isObject, oneOf, type Request } from './request';

const systems = ['erp', 'exchange'] as const;

/** What the resolver keeps of a conflict. */
const detailsOf = async ({ database: { store } }: TenantRuntime, id: number): Promise<Request> => {
  const found = await store.entry(id);
  return isObject(found?.details) ? found.details : {};
};

const fieldsOf = (details: Request): readonly string[] => {
  const fields: unknown = details['fields'];
  return Array.isArray(fields) ? fields.filter((field) => typeof field === 'string') : [];
};

/** A conflict with both versions (null: deleted there), the last common state, and the ERP's names of the fields to decide on. */
const conflictOf = (entry: JournalEntry & { readonly employee: string | null }, details: Request) => {
  const { source = null, target = null, base = null } = details;
  const [erp, exchange] = entry.direction === 'outbound' ? [source, target] : [target, source];
  return { ...entry, fields: fieldsOf(details), base, erp, exchange };
};

const conflicts: Action = async (tenant, request) => {
  const rows = await tenant.database.store.list({ ...filterOf(request), states: ['conflict'], noteCode: 'conflict' });
  const named = await withEmployees(tenant, rows);
  return Promise.all(named.map(async (entry) => conflictOf(entry, await detailsOf(tenant, entry.id))));
};

/** The side of each field, by the names of the ERP. */
const sidesOf = (request: Request): Readonly<Record<string, 'erp' | 'exchange'>> => {
  const fields = request['fields'];
  if (!isObject(fields) || Object.keys(fields).length === 0)
    throw badRequest('fields must name the side of each field, such as { "subject": "erp", "location": "exchange" }.', 'fields');
  return Object.fromEntries(Object.entries(fields).map(([field, side]) => [field, oneOf(systems, side, `fields.${field}`)]));
};

const decisionOf = (request: Request, details: Request): LinkDecision => {
  const take = oneOf([...systems, 'both', 'fields'] as const, request['take'], 'take');
  if (take === 'both') return { take };
  if (take !== 'fields') return { take, asked: fieldsOf(details) };
  const fields = sidesOf(request);
  if (details['source'] === null || details['target'] === null)
    throw badRequest('take must be erp, exchange or both: one side deleted the item, there are no fields to choose from.', 'take');
  const unknown = Object.keys(fields).filter((field) => !fieldsOf(details).includes(field));
  if (unknown.length > 0)
    throw badRequest(`fields names ${unknown.join(', ')}, which ${unknown.length > 1 ? 'are' : 'is'} not in conflict.`, 'fields');
  return { take, fields };
};

/** Actions on conflicts. */
export const decisionActions = {
  conflicts,
  decide: async (tenant, request) => {
    const decided = await countDone(idsOf(request), async (id) =>
      tenant.database.store.decide(id, decisionOf(request, await detailsOf(tenant, id))),
    );
    tenant.workWaiting.raise();
    return { decided };
  },
} satisfies Readonly<Record<string, Action>>;
