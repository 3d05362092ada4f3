/** A site that things go wrong in: what every failure must show, and what none may show. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import RED from 'node-red';
import sinon from 'sinon';
import type { ItemView } from '../../simulator/testing';
import { employees, service, startSite } from './site';
import type { CaughtError, FlowNode, Site, SiteOptions } from './site';
import { until } from '../../testing/wait';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** A site, how a person works in it, and everything that it told. */
export interface FailingSite extends Site {
  /** A person enters an appointment in the ERP; answers its key. */
  readonly enter: (subject: string, more?: Readonly<Record<string, SQLInputValue>>) => number;
  /** What the mailbox's calendar holds under a subject. */
  readonly inMailbox: (subject: string, address?: string) => readonly ItemView[];
  readonly inErp: (subject: string) => Row | undefined;
  /** Newest outbound journal row of an ERP appointment, all columns. */
  readonly rowOf: (appointment: number) => Row | undefined;
  /** Rows about mailboxes or connections that cannot be reached: `code state`. */
  readonly problems: () => readonly string[];
  readonly errorOf: (code: string) => CaughtError | undefined;
  /** Every status that a node has shown: `fill shape text`. */
  readonly shown: (node: string) => readonly string[];
  /** Where a secret was told; must stay empty. */
  readonly leaks: () => readonly string[];
}

interface FailingSiteOptions extends SiteOptions {
  /** Further secrets of the site. */
  readonly secrets?: readonly string[];
  /** Does not wait for the notification streams. */
  readonly unreachable?: boolean;
}

const secretsOf = (password: string): readonly string[] => [password, Buffer.from(`${service.address}:${password}`).toString('base64')];

/** Starts a site and listens to all it says: log, statuses, errors, journal. */
export const startFailingSite = async (flow: readonly FlowNode[], options: FailingSiteOptions = {}): Promise<FailingSite> => {
  const statuses: { readonly id: string; readonly text: string }[] = [];
  const onStatus = ({ id, status }: { readonly id: string; readonly status: Readonly<Record<string, string>> }) =>
    statuses.push({ id, text: [status['fill'], status['shape'], status['text']].join(' ') });
  RED.events.on('node-status', onStatus);
  const output = [process.stdout, process.stderr].map((stream) => sinon.spy(stream, 'write'));
  const site = await startSite(flow, options);
  if (options.unreachable !== true) {
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await site.quiet();
  }
  const secrets = [service.password, ...(options.secrets ?? [])].flatMap(secretsOf);
  const [anna] = employees;
  return {
    ...site,
    enter: (subject, more = {}) => {
      const row = { employee_id: 1, subject, start_at: '2026-12-01 09:00:00', end_at: '2026-12-01 10:00:00', ...more };
      const names = Object.keys(row);
      const statement = `INSERT INTO appointment (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      return Number(site.erp.prepare(statement).run(...Object.values(row)).lastInsertRowid);
    },
    inMailbox: (subject, address = anna) => site.simulator.items(address, 'calendar').filter((item) => item.subject === subject),
    inErp: (subject) => site.erp.prepare('SELECT * FROM appointment WHERE subject = ?').get(subject),
    rowOf: (appointment) =>
      site.erp
        .prepare("SELECT * FROM sync_journal WHERE direction = 'outbound' AND kind = 'appointment' AND erp_id = ? ORDER BY id DESC")
        .get(String(appointment)),
    problems: () =>
      site
        .journal()
        .filter(({ operation }) => operation === 'connect')
        .map(({ noteCode: code, state }) => `${code} ${state}`),
    errorOf: (code) => site.errors.find((error) => error.code === code),
    shown: (node) => statuses.filter(({ id }) => id === node).map(({ text }) => text),
    leaks: () => {
      const told = {
        log: output.flatMap((stream) => stream.args.map(([text]) => String(text))),
        statuses,
        errors: site.errors,
        journal: site.erp.prepare('SELECT * FROM sync_journal').all(),
        messages: (options.watched ?? []).map(site.messagesAt),
      };
      return Object.entries(told).flatMap(([place, all]) => {
        const text = JSON.stringify(all);
        return secrets.some((secret) => text.includes(secret)) ? [place] : [];
      });
    },
    stop: async () => {
      RED.events.off('node-status', onStatus);
      await site.stop();
      for (const stream of output) stream.restore();
    },
  };
};
