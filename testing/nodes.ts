/** The nodes a flow of this package consists of, for `helper.load` of node-red-node-test-helper. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NodeInitializer } from 'node-red';
import conflictResolve from '../nodes/conflict-resolve';
import diffReport from '../nodes/diff-report';
import erpConfig from '../nodes/erp-config';
import erpOutboxIn from '../nodes/erp-outbox-in';
import erpWrite from '../nodes/erp-write';
import ewsConfig from '../nodes/ews-config';
import ewsNotifyIn from '../nodes/ews-notify-in';
import ewsWrite from '../nodes/ews-write';
import itemMap from '../nodes/item-map';
import mailAlert from '../nodes/mail-alert';
import syncControl from '../nodes/sync-control';

/** All nodes of this package. */
export const packNodes: readonly NodeInitializer[] = [
  conflictResolve,
  diffReport,
  erpConfig,
  erpOutboxIn,
  erpWrite,
  ewsConfig,
  ewsNotifyIn,
  ewsWrite,
  itemMap,
  mailAlert,
  syncControl,
];

const isInitializer = (value: unknown): value is NodeInitializer => typeof value === 'function';

/** Groups of Node-RED's own nodes that flows are made of; those that talk to networks or files are left to the test. */
const groups = ['common', 'function', 'parsers', 'sequence'];

/**
 * Node-RED's own nodes (inject, switch, link, function, …), from the Node-RED that the test uses. The helper loads only what it is given,
 * and a flow with an unknown type does not start.
 */
export function coreNodes(nodeRed: string): readonly NodeInitializer[] {
  const require = createRequire(nodeRed);
  const core = path.join(path.dirname(require.resolve('@node-red/nodes/package.json')), 'core');
  return groups.flatMap((group) =>
    readdirSync(path.join(core, group))
      .filter((file) => file.endsWith('.js'))
      .map((file): unknown => require(path.join(core, group, file)))
      .filter(isInitializer),
  );
}
