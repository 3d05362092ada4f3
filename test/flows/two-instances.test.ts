/**
 * Two Node-REDs with the same flow on one database and the same mailboxes, as when a copied installation is left running: they share the work,
 * and when one of them is lost the other ends what it had begun (requirements N3, T7).
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { until, untilQuiet } from '../../testing/wait';
import { daily, openDesk, type Desk } from '../support/desk';
import { assertInStep, linkedSeries } from '../support/in-step';
import { createNodeRedProcess, type NodeRedProcess } from '../support/node-red-process';
import { shippedFlow } from '../support/shipped-flow';
import { employees, startBothSides, type BothSides } from '../support/site';

const [anna] = employees;
const annaId = 1;
const seeds = 10;
const perRound = 5;
/** The second instance logs in as another of the simulator's services, so that its requests are told from those of the first. */
const second = { folder: 'second', account: 'service@x.test' } as const;

describe('two instances work on the same database and mailboxes at once', () => {
  let sides: BothSides;
  let desk: Desk;
  let instances: readonly [NodeRedProcess, NodeRedProcess];

  const count = (query: string): number => Number(sides.erp.prepare(query).get()?.['n']);
  const waiting = () => count("SELECT count(*) AS n FROM sync_journal WHERE state IN ('open', 'leased')");
  const isInstalled = () => sides.erp.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sync_link'").get() !== undefined;
  const settled = async (): Promise<void> => {
    await until('no journal row waits', () => waiting() === 0, 30_000);
    const news = () => sides.journal().length + waiting() * 1e4 + sides.simulator.requests.total() * 1e6;
    await untilQuiet('journal and requests', news, 1_000);
    await until('no journal row waits', () => waiting() === 0, 30_000);
  };
  const inMailbox = (subject: string, day: number): string => {
    const date = `2026-11-${String(day).padStart(2, '0')}`;
    return sides.simulator.create(anna, { kind: 'appointment', subject, start: `${date}T14:00`, end: `${date}T15:00` });
  };

  before(async function () {
    this.timeout(60_000);
    sides = await startBothSides();
    desk = openDesk(sides, anna, annaId);
    const folder = path.join(sides.folder, second.folder);
    await mkdir(folder);
    const flow = shippedFlow('bidirectional-sync.json');
    const environment = { ...sides.environment, EWS_USER: second.account, EWS_PASSWORD: 'secret-of-the-service' };
    instances = [createNodeRedProcess(sides, flow), createNodeRedProcess({ ...sides, folder, environment }, flow)];
    for (let at = 0; at < seeds; at += 1) {
      desk.enter(`erp ${at}`, { start_at: `2026-12-${10 + at} 09:00`, end_at: `2026-12-${10 + at} 10:00` });
      inMailbox(`mailbox ${at}`, 1 + at);
    }
    const streams = new Set<string>();
    sides.simulator.onRequest(({ operation, caller }) => {
      if (operation === 'GetStreamingEvents') streams.add(caller);
    });
    await Promise.all(instances.map((instance) => instance.start()));
    await until('both hear of changes', () => streams.size === instances.length, 30_000);
    await settled();
  });
  after(async () => {
    await Promise.all(instances.map((instance) => instance.kill()));
    await sides.close();
  });

  it('they install the tables and take in both sides together, once', () => {
    assert.ok(isInstalled());
    assert.equal(assertInStep(sides, anna, annaId).length, 2 * seeds);
  });

  it('what is changed on both sides travels once, and one goes on with what the other had begun when it was lost', async () => {
    const [, lost] = instances;
    const seen = { lost: false };
    // What it created is there, and nobody knows.
    const killed = new Promise<void>((resolve, reject) => {
      const forget = sides.simulator.onResponse(({ operation, caller }) => {
        if (caller !== second.account || operation !== 'CreateItem') return;
        forget();
        seen.lost = true;
        return lost.kill().then(resolve, reject);
      });
    });
    desk.enterExceptions(desk.enter('Serie', daily));
    for (const at of [0, 1]) {
      desk.change(`mailbox ${at}`, 'location', 'ERP');
      desk.edit(desk.item(`erp ${at}`).id, { location: 'mailbox' });
      desk.change(`erp ${at + 2}`, 'location', 'ERP');
      desk.edit(desk.item(`erp ${at + 2}`).id, { body: 'mailbox' });
    }
    desk.remove('erp 4');
    desk.remove('mailbox 4');
    sides.simulator.delete(anna, desk.item('erp 5').id);
    sides.simulator.delete(anna, desk.item('mailbox 5').id);
    let rounds = 0;
    // Whoever looks first takes what is there: so long it goes on until the second was first.
    for (; !seen.lost && rounds < 50; rounds += 1) {
      for (let at = 0; at < perRound; at += 1) {
        desk.enter(`new in the ERP ${rounds}/${at}`);
        inMailbox(`new in the mailbox ${rounds}/${at}`, 1 + at);
      }
      await until('they are taken', () => seen.lost || count("SELECT count(*) AS n FROM sync_journal WHERE state = 'open'") === 0);
    }
    await killed;
    // Its leases run out.
    const over = new Date(0).toISOString();
    await until('nobody but the first holds a lease', () => {
      sides.erp
        .prepare("UPDATE sync_journal SET lease_until = ? WHERE state = 'leased' AND lease_owner LIKE ?")
        .run(over, `%${second.folder}%`);
      return count(`SELECT count(*) AS n FROM sync_journal WHERE state = 'leased' AND lease_owner LIKE '%${second.folder}%'`) === 0;
    });
    await settled();
    const contents = assertInStep(sides, anna, annaId);
    assert.equal(contents.length, 2 * seeds - 4 + 1 + 2 * perRound * rounds);
    assert.equal(
      new Set(contents.map(({ subject }) => subject)).size,
      contents.length,
      'nothing is there twice in place of something else',
    );
    const [series] = await linkedSeries(sides, anna, annaId);
    assert.deepEqual([series?.exceptions.length, series?.differences], [3, []]);
  }).timeout(60_000);

  it('the same installation, started a second time, takes nothing from the one that runs', async () => {
    const [first] = instances;
    const again = createNodeRedProcess(sides, shippedFlow('bidirectional-sync.json'));
    const logins = () => sides.simulator.requests.count('GetStreamingEvents');
    try {
      await first.start();
      let created = 0;
      const forget = sides.simulator.onRequest(async ({ operation }) => {
        if (operation !== 'CreateItem') return;
        created += 1;
        if (created > 1) return;
        const before = logins();
        await again.start();
        await until('the second is at work, too', () => logins() > before, 30_000);
      });
      desk.enter('einmal');
      await until('it is created', () => desk.items('einmal').length > 0, 30_000);
      await settled();
      forget();
      assert.equal(created, 1);
      assert.equal(desk.items('einmal').length, 1);
      assertInStep(sides, anna, annaId);
    } finally {
      await again.kill();
    }
  }).timeout(60_000);
});
