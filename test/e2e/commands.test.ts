/** The two commands that a stranger types: `npm start` and `npm run simulator`. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createEwsConnection, ewsDefaults } from '../../lib/exchange/ews';
import { demoPlace, startDemo, startProgram } from '../support/demo';
import type { Demo, DemoPlace } from '../support/demo';
import { freePort } from '../support/free-port';
import { until, untilQuiet } from '../../testing/wait';

const fetchJson = async (address: string): Promise<unknown> => (await fetch(address)).json();
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const listIn = (answer: unknown, name: string): readonly Readonly<Record<string, unknown>>[] => {
  const list = isObject(answer) ? answer[name] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
};

describe('npm start', () => {
  let folder: string;
  let place: DemoPlace;
  let demo: Demo;
  let erp: DatabaseSync;
  let readyMs: number;
  before(async function () {
    this.timeout(90_000);
    folder = await mkdtemp(path.join(tmpdir(), 'demo-'));
    place = await demoPlace(folder);
    const began = Date.now();
    demo = await startDemo(place);
    readyMs = Date.now() - began;
    erp = new DatabaseSync(path.join(folder, 'erp.sqlite'));
    erp.exec('PRAGMA busy_timeout = 5000');
  });
  after(async () => {
    erp.close();
    await demo.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  const count = (query: string): number => Number(erp.prepare(`SELECT count(*) AS n FROM ${query}`).get()?.['n']);
  const settled = () =>
    untilQuiet('the journal', () => count('sync_journal') * 1_000 + count("sync_journal WHERE state IN ('open', 'leased')"));

  /** What the mailboxes hold, read where the mailbox page reads it: `address subject`, sorted. */
  const mailboxes = async (): Promise<readonly string[]> => {
    const addresses = listIn(await fetchJson(`${demo.mailboxPage}api/mailboxes`), 'mailboxes').map(({ address }) => String(address));
    const monday = new Date(Date.now() - 8 * 86_400_000).toISOString().slice(0, 10);
    const later = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
    const held = await Promise.all(
      addresses.flatMap((address) =>
        [`appointments?from=${monday}&to=${later}`, 'tasks'].map(async (collection) => {
          const items = listIn(await fetchJson(`${demo.mailboxPage}api/mailboxes/${address}/${collection}`), 'items');
          return items.map(({ subject, start }) => `${address} ${String(subject)} ${String(start)}`);
        }),
      ),
    );
    return held.flat().toSorted();
  };
  const counts = () => ({
    appointments: count('appointment'),
    tasks: count('task'),
    links: count('sync_link'),
    rows: count('sync_journal'),
  });

  it('is ready within 60 seconds and names three addresses in one line', () => {
    assert.ok(readyMs < 60_000, `${readyMs} ms`);
    assert.equal(demo.output().match(/^Ready\b/gm)?.length, 1);
    assert.equal(demo.editor, `http://127.0.0.1:${place.port}/`);
    assert.equal(demo.erpPage, `http://127.0.0.1:${place.port}/erp/`);
    assert.equal(demo.mailboxPage, `http://127.0.0.1:${place.ewsPort}/`);
  });

  it('every address answers with a page', async () => {
    for (const address of [demo.editor, demo.erpPage, demo.mailboxPage]) {
      const response = await fetch(address);
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    }
  });

  it('the whole sample firm arrives in the mailboxes', async function () {
    this.timeout(60_000);
    await settled();
    assert.ok(count('appointment') > 0);
    assert.equal(count("sync_journal WHERE state <> 'done'"), 0);
    // An appointment is in the mailbox of everyone who takes part.
    assert.equal(count('sync_link'), count('appointment') + count('appointment_participant') + count('task'));
    assert.ok((await mailboxes()).some((entry) => entry.startsWith('office@demo.example ')));
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`after ${signal} it carries on where it stopped: nothing lost, nothing doubled`, async function () {
      this.timeout(90_000);
      await settled();
      const before = { counts: counts(), mailboxes: await mailboxes() };
      await demo.end(signal);
      const subject = `während der Pause ${signal}`;
      erp.prepare("INSERT INTO task (employee_id, subject, due_date) VALUES (1, ?, '2026-12-01')").run(subject);
      demo = await startDemo(place);
      await until('what was entered meanwhile arrives', async () => (await mailboxes()).some((entry) => entry.includes(subject)));
      await settled();
      const { appointments, tasks, links, rows } = before.counts;
      assert.deepEqual(counts(), { appointments, tasks: tasks + 1, links: links + 1, rows: rows + 1 });
      const more = `office@demo.example ${subject} undefined`;
      assert.deepEqual(await mailboxes(), [...before.mailboxes, more].toSorted());
    });
  }

  it('prints no secret', () => {
    const login = Buffer.from('sync@demo.example:demo').toString('base64');
    assert.ok(!demo.output().includes(login));
    assert.doesNotMatch(demo.output(), /:demo\b|authorization|password/i);
  });

  it('names the port and its variable when something else listens there', async () => {
    const other = { ...place, folder: path.join(folder, 'other'), ewsPort: await freePort() };
    await assert.rejects(startDemo(other), new RegExp(`Port ${place.port} cannot be used .* PORT`));
  });
});

describe('npm run simulator', () => {
  it('is ready with its URL; mailboxes log in, the service account acts for everyone, nobody else does', async () => {
    const port = await freePort();
    const accounts = ['--mailbox', 'a@x.test:pass:word', '--mailbox', 'b@x.test:other', '--service', 's@x.test:secret-of-s'];
    const simulator = await startProgram('simulator/cli.js', ['--port', String(port), ...accounts]);
    try {
      const url = `http://127.0.0.1:${port}/EWS/Exchange.asmx`;
      assert.match(simulator.output(), new RegExp(`^Ready ${url}$`, 'm'));
      assert.doesNotMatch(simulator.output(), /pass:word|other|secret-of-s/);
      const works = async (user: string, password: string, impersonation: boolean, mailbox: string): Promise<boolean> => {
        const connection = createEwsConnection({ ...ewsDefaults, url, user, password, impersonation, allowPlainHttp: true });
        try {
          const results: boolean[] = [];
          for await (const { ok } of connection.check(mailbox)) results.push(ok);
          return results.length > 0 && !results.includes(false);
        } finally {
          await connection.close();
        }
      };
      assert.ok(await works('a@x.test', 'pass:word', false, 'a@x.test'));
      assert.ok(await works('s@x.test', 'secret-of-s', true, 'a@x.test'));
      assert.ok(await works('s@x.test', 'secret-of-s', true, 'b@x.test'));
      assert.ok(!(await works('a@x.test', 'wrong', false, 'a@x.test')));
      assert.ok(!(await works('b@x.test', 'other', true, 'a@x.test')));
      assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);
    } finally {
      await simulator.end('SIGTERM');
    }
  });
});
