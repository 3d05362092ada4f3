/** Requests about what waits for a person's word: deletions that the guard holds, removals of items that became private (requirement N4). */
import groupBy from 'lodash/groupBy';
import { heldCodes } from '../../model/held';
import type { JournalEntry } from '../../model/journal';
import { kinds, type Kind } from '../../model/kind';
import type { TenantRuntime } from '../runtime';
import type { Action } from './action';
import { badRequest, idsOf, oneOf, textOf, type Request } from './request';

const rowsPerPage = 1000;

interface Wanted {
  readonly employeeId: string | null;
  readonly kind: Kind | null;
}

const wantedBy = (request: Request): Wanted => {
  const kind = textOf(request, 'kind');
  return { employeeId: textOf(request, 'employee'), kind: kind === null ? null : oneOf<Kind>(kinds, kind, 'kind') };
};

/** All held rows, newest first. */
const heldRows = async ({ database: { store } }: TenantRuntime, { employeeId, kind }: Wanted): Promise<readonly JournalEntry[]> => {
  const filter = { states: ['conflict'] as const, ...(employeeId === null ? {} : { employeeId }), ...(kind === null ? {} : { kind }) };
  const held: JournalEntry[] = [];
  let before: number | null = null;
  while (true) {
    const page: readonly JournalEntry[] = await store.list({ ...filter, limit: rowsPerPage, ...(before === null ? {} : { before }) });
    held.push(...page.filter(({ noteCode }) => heldCodes.some((code) => code === noteCode)));
    if (page.length < rowsPerPage) return held;
    before = page.at(-1)?.id ?? 0;
  }
};

/** Held rows as groups of one employee, kind, direction and code. */
const grouped = async (tenant: TenantRuntime, request: Request) => {
  const names = new Map((await tenant.directory.employees()).map(({ id, name }) => [id, name]));
  const rows = await heldRows(tenant, wantedBy(request));
  const groups = groupBy(rows, ({ employeeId, kind, direction, noteCode }) => JSON.stringify([employeeId, kind, direction, noteCode]));
  return Object.values(groups).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { employeeId, kind, direction, noteCode, note } = first;
    return [
      {
        employeeId,
        employee: names.get(employeeId) ?? null,
        kind,
        direction,
        noteCode,
        note,
        count: group.length,
        ids: group.map(({ id }) => id),
      },
    ];
  });
};

const named = async (tenant: TenantRuntime, request: Request): Promise<readonly number[]> => {
  if (request['id'] !== undefined || request['ids'] !== undefined) return idsOf(request);
  const wanted = wantedBy(request);
  if (wanted.employeeId === null) throw badRequest('release needs id, ids or employee: whose held rows are carried out.', 'employee');
  return (await heldRows(tenant, wanted)).map(({ id }) => id);
};

/** Actions on held rows. */
export const heldActions = {
  held: grouped,
  release: async (tenant, request) => {
    const released = await tenant.database.store.releaseHeld(await named(tenant, request));
    tenant.workWaiting.raise();
    return { released };
  },
} satisfies Readonly<Record<string, Action>>;
