/** `diff-report`: the synchronisation check; outputs: report, one message per correction. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SyncError } from '../lib/model/error';
import { type Kind, kinds as allKinds } from '../lib/model/kind';
import { checkPeriod, runCheck } from '../lib/monitoring/check';
import { correctionsOf } from '../lib/monitoring/check-report';
import { leaseCorrections } from '../lib/sync/corrections';
import type { ExchangeRuntime, TenantRuntime } from '../lib/sync/runtime';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { exchangeOf, mappingOf, tenantOf } from './shared/config-nodes';
import { onInput } from './shared/input';
import { type KindTicks, tickedKinds } from './shared/kinds';
import { numberBetween, oneOf, optionalText, yesOrNo } from './shared/settings';
import { both } from './shared/shared-connection';

interface Definition extends NodeDef, KindTicks {
  readonly exchange?: unknown;
  readonly erp?: unknown;
  readonly daysBack?: unknown;
  readonly daysAhead?: unknown;
  readonly rule?: unknown;
  readonly mode?: unknown;
}

interface Settings {
  readonly kinds: readonly Kind[];
  readonly daysBack: number;
  readonly daysAhead: number;
  readonly correct: boolean;
}

interface Runtimes {
  readonly exchange: ExchangeRuntime;
  readonly tenant: TenantRuntime;
}

/** What `msg.payload` asks for. */
type Request = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Request => typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (field: string): SyncError => new SyncError('request-invalid', 'item', `msg.payload.${field} cannot be used.`, { field });

/** A point in time of the request, as UTC instant. */
const instantOf = (request: Request, field: string, otherwise: string): string => {
  const text = optionalText(request[field]);
  if (text === '') return otherwise;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid(field);
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
};

const listOf = (request: Request, field: string): readonly unknown[] | null => {
  const value = request[field];
  if (value === undefined) return null;
  if (!Array.isArray(value)) throw invalid(field);
  return Array.from<unknown>(value);
};

const kindsOf = (request: Request, otherwise: readonly Kind[]): readonly Kind[] => {
  const wanted = listOf(request, 'kinds');
  if (wanted === null) return otherwise;
  const known = allKinds.filter((kind) => wanted.includes(kind));
  if (known.length === 0 || known.length < wanted.length) throw invalid('kinds');
  return known;
};

/** Keys of the employees that the request names by key or e-mail address; null for everybody. */
const employeesOf = async (request: Request, tenant: TenantRuntime): Promise<readonly string[] | null> => {
  const wanted = listOf(request, 'employees')?.map((name) => optionalText(name).toLowerCase());
  if (wanted === undefined) return null;
  const all = await tenant.directory.employees();
  return all.filter(({ id, email }) => wanted.includes(id) || wanted.includes((email ?? '').toLowerCase())).map(({ id }) => id);
};

const periodOf = (request: Request, settings: Settings, now: string, timeZone: string) => {
  const period = checkPeriod(now, settings.daysBack, settings.daysAhead, timeZone);
  return { from: instantOf(request, 'from', period.from), to: instantOf(request, 'to', period.to) };
};

export = (RED: NodeAPI): void => {
  function DiffReport(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const settings: Settings = {
        kinds: tickedKinds(definition),
        daysBack: numberBetween(definition.daysBack, 'Days back', { min: 0, max: 3650, or: 7 }),
        daysAhead: numberBetween(definition.daysAhead, 'Days ahead', { min: 0, max: 3650, or: 31 }),
        correct: oneOf(definition.mode, 'Differences', ['log', 'correct']) === 'correct',
      };
      const rule = oneOf(definition.rule, 'Conflict', ['manual', 'erp', 'exchange', 'last']);
      const source = both(exchangeOf(RED, definition.exchange), tenantOf(RED, definition.erp));
      const { service } = attach(RED, this, status, source, { create: (runtimes: Runtimes) => runtimes });

      onInput(RED, this, status, async (received) => {
        const { exchange, tenant } = await service();
        const request = isObject(received.payload) ? received.payload : {};
        const { timeZone } = tenant.database.store;
        const now = new Date().toISOString();
        const employees = await employeesOf(request, tenant);
        const report = await runCheck({
          tenant,
          exchange,
          mapping: mappingOf(RED, definition.erp),
          kinds: kindsOf(request, settings.kinds),
          ...periodOf(request, settings, now, timeZone),
          ...(employees === null ? {} : { employees }),
          rule,
          now,
        });
        const correct = yesOrNo(request['correct'] ?? settings.correct, 'msg.payload.correct');
        const corrections = correct ? await leaseCorrections({ tenant, exchange, corrections: correctionsOf(report) }) : [];
        const count = report.entries.length;
        return {
          outputs: [{ ...received, payload: { report, timeZone } }, corrections.map((message) => ({ ...message }))],
          show: () => {
            if (report.failures.length > 0) status.show('act', 'mailboxes-failed', { count: report.failures.length });
            else status.show('well', count === 0 ? 'in-step' : 'checked', { count });
          },
        };
      });
    });
  }
  RED.nodes.registerType('diff-report', DiffReport);
};
