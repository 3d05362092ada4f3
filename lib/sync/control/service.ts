/** Requests about the running sync itself. */
import type { TenantRuntime } from '../runtime';
import type { Action } from './action';
import { textOf } from './request';

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

/** Actions on the running sync. */
export const serviceActions = {
  'synchronise-now': (tenant, request) => synchroniseNow(tenant, textOf(request, 'employee')),
  status,
} satisfies Readonly<Record<string, Action>>;
