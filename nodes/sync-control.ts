/** `sync-control`: what a dashboard or another flow may ask for; also ends items that a flow leaves out. */
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { control, type ControlRequest } from '../lib/sync/control';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { tenantOf } from './shared/config-nodes';
import { onInput } from './shared/input';
import { oneOf, optionalText } from './shared/settings';

interface Definition extends NodeDef {
  readonly erp?: unknown;
  readonly action?: unknown;
  readonly reason?: unknown;
}
