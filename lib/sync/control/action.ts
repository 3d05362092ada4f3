/** An action of `sync-control`: answers a request with plain JSON. */
import type { TenantRuntime } from '../runtime';
import type { Request } from './request';

/** See the file's head. Throws SyncError `request-invalid`, naming the field. */
export type Action = (tenant: TenantRuntime, request: Request) => Promise<unknown>;
