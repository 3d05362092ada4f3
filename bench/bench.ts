/**
 * `npm run bench`: the first rows of the table in the design, section 7. Every figure is a ratio against the bare requests of the same run:
 * the requests that the product sent are recorded and sent again, one after another, by nothing but HTTP.
 * What the outbox triggers cost is measured against the same statements without triggers.
 * `npm run bench -- 2000` sets the number of appointments of the first synchronisations (default 10,000).
 */
import { employees, service, startSite } from '../test/support/site';
import type { BothSides, Site } from '../test/support/site';
import { shippedFlow } from '../test/support/shipped-flow';
import { until } from '../testing/wait';
import { claimCosts } from './claims';
import { triggerCosts } from './triggers';
import type { SeenRequest } from '../simulator/testing';

const [anna] = employees;
const changes = 40;
const items = Number(process.argv[2] ?? 10_000);

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

const timed = async (task: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await task();
  return performance.now() - from;
};

/** Sends recorded requests again, one after another; ms. */
const replay = (url: string, requests: readonly SeenRequest[]): Promise<number> =>
  timed(async () => {
    const authorization = `Basic ${Buffer.from(`${service.address}:${service.password}`).toString('base64')}`;
    for (const { body } of requests) {
      const response = await fetch(url, { method: 'POST', body, headers: { authorization, 'content-type': 'text/xml; charset=utf-8' } });
      await response.text();
    }
  });

const row = (what: string, measured: string, bare: string, ratio: string, target: string): void =>
  console.log(`| ${what.padEnd(52)} | ${measured.padEnd(26)} | ${bare.padEnd(16)} | ${ratio.padEnd(8)} | ${target.padEnd(18)} |`);

const ms = (value: number): string => `${value.toFixed(0)} ms`;
const times = (value: number): string => `${value.toFixed(2)} ×`;

const start = async (): Promise<Site> => {
  const site = await startSite(shippedFlow('bidirectional-sync.json'));
  await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
  await site.quiet();
  return site;
};

/** Delay of single changes on an idle system, against one bare UpdateItem. */
const oneChange = async (): Promise<void> => {
  const site = await start();
  const insert = site.erp.prepare(
    "INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (1, ?, '2026-12-01 09:00:00', '2026-12-01 10:00:00')",
  );
  insert.run('start');
  const item = await until('the appointment is there', () => site.simulator.items(anna, 'calendar')[0]);
  await site.quiet();
  const seen: SeenRequest[] = [];
  const unlisten = site.simulator.onRequest((request) => void seen.push(request));
  const outbound: number[] = [];
  const inbound: number[] = [];
  const subjectInMailbox = () => site.simulator.item(anna, item.id).subject;
  const subjectInErp = () => site.erp.prepare('SELECT subject FROM appointment').get()?.['subject'];
  for (let change = 0; change < changes; change += 1) {
    // Not in step with the interval of the outbox.
    await new Promise((resolve) => setTimeout(resolve, 700 + Math.random() * 600));
    site.erp.prepare('UPDATE appointment SET subject = ?').run(`out ${change}`);
    outbound.push(await timed(() => until('it arrived', () => subjectInMailbox() === `out ${change}`)));
    await new Promise((resolve) => setTimeout(resolve, 700 + Math.random() * 600));
    site.simulator.update(anna, item.id, { kind: 'appointment', subject: `in ${change}` });
    inbound.push(await timed(() => until('it arrived', () => subjectInErp() === `in ${change}`)));
  }
  unlisten();
  const reads = seen.filter((request) => request.operation === 'GetItem').slice(0, changes);
  const bare = (await replay(site.simulator.url, reads)) / reads.length;
  for (const [name, delays] of [
    ['one change ERP → Exchange, idle', outbound],
    ['one change Exchange → ERP, idle', inbound],
  ] as const) {
    const p95 = quantile(delays, 0.95);
    row(name, `p50 ${ms(quantile(delays, 0.5))}, p95 ${ms(p95)}`, `${bare.toFixed(1)} ms`, times(p95 / bare), 'p95 < 1500 ms');
  }
  await site.stop();
};

const insertMany = (site: BothSides): void => {
  const insert = site.erp.prepare(
    'INSERT INTO appointment (employee_id, subject, body, start_at, end_at, location) VALUES (1, ?, ?, ?, ?, ?)',
  );
  site.erp.exec('BEGIN');
  for (let item = 0; item < items; item += 1) {
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(item / 20))).toISOString().slice(0, 10);
    insert.run(`Termin ${item}`, 'Text '.repeat(100), `${day} 09:00:00`, `${day} 10:00:00`, 'Wien');
  }
  site.erp.exec('COMMIT');
};

const createMany = (site: BothSides): void => {
  for (let item = 0; item < items; item += 1) {
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(item / 20))).toISOString().slice(0, 10);
    site.simulator.create(anna, {
      kind: 'appointment',
      subject: `Termin ${item}`,
      body: 'Text '.repeat(100),
      start: `${day}T09:00`,
      end: `${day}T10:00`,
      location: 'Wien',
    });
  }
};

/** Rows that ended well, each with an active link. Counted in an index: looking must not cost what is measured. */
const written = (site: Site): number => {
  // The sync tables appear when the flow opens the database.
  const installed = site.erp.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sync_journal_state'").get() !== undefined;
  return installed ? Number(site.erp.prepare("SELECT count(*) AS ended FROM sync_journal WHERE state = 'done'").get()?.['ended']) : 0;
};

/** First synchronisation of one mailbox; the time of the bare requests is that of the same requests, sent again. */
const firstSynchronisation = async (name: string, operations: readonly string[], fill: (sides: BothSides) => void): Promise<void> => {
  const site = await startSite(shippedFlow('bidirectional-sync.json'), { prepare: fill });
  const seen: SeenRequest[] = [];
  site.simulator.onRequest((request) => void seen.push(request));
  const took = await timed(() => until('everything arrived', () => written(site) === items, 20 * 60_000));
  await site.stopNodeRed();
  const requests = seen.filter((request) => operations.includes(request.operation));
  const bare = await replay(site.simulator.url, requests);
  row(`first synchronisation, ${items} × ${name}`, ms(took), ms(bare), times(took / bare), '≤ 3 ×');
  row(`requests per item, ${items} × ${name}`, (requests.length / items).toFixed(4), '', '', '≤ 0.05');
  await site.stop();
};

/** Medians of single statements of the ERP, with the outbox triggers and without. */
const triggers = async (): Promise<void> => {
  for (const { engine, costs } of await triggerCosts()) {
    for (const { statement, withTriggers, without } of costs) {
      const [measured, bare] = [withTriggers, without].map((value) => `${value.toFixed(3)} ms`);
      row(`${engine}, ${statement}, with and without triggers`, measured ?? '', bare ?? '', times(withTriggers / without), '≤ 1.5 ×');
    }
  }
};

/** A claim of 50 rows; "bare" is the same claim in a short journal. */
const claims = async (): Promise<void> => {
  for (const { engine, many, few } of await claimCosts()) {
    row(`${engine}, claim from 100,000 rows against 2,000`, `${many.toFixed(2)} ms`, `${few.toFixed(2)} ms`, times(many / few), '≤ 2 ×');
  }
};

const run = async (): Promise<void> => {
  row('what', 'measured', 'bare requests', 'ratio', 'first target');
  row('---', '---', '---', '---', '---');
  await triggers();
  await claims();
  await oneChange();
  await firstSynchronisation('Exchange → ERP', ['SyncFolderItems', 'GetItem'], createMany);
  await firstSynchronisation('ERP → Exchange', ['CreateItem', 'GetItem', 'FindItem'], insertMany);
};

run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
