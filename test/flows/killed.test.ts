/**
 * Node-RED is killed in the middle of an import in both directions and started again (requirements T5, N3): the end is that of an
 * undisturbed import. Both sides, and the import, live in this process; Node-RED in one of its own, which gets SIGKILL.
 */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { expectedItems, seeds, startKillRun } from '../support/kill-run';
import type { EndState, KillRun } from '../support/kill-run';
import { employees, service } from '../support/site';
import { until } from '../../testing/wait';

const [anna] = employees;

/** Waits for a moment of a run and kills Node-RED at it; the promise resolves when it is dead. */
type KillPoint = (run: KillRun) => Promise<void>;

const elementsIn = (body: string): number => body.match(/<t:(CalendarItem|Task)>/g)?.length ?? 0;

interface Moment {
  readonly operation: string;
  /** The n-th request of the sync from now, 1 is the next; default 1. */
  readonly nth?: number;
  /** The request with which so many items, or more, have been sent; instead of `nth`. */
  readonly items?: number;
}

/** Tells, request by request, whether the moment has come; true once. */
const momentOf = ({ operation, nth = 1, items }: Moment): ((seen: { operation: string; caller: string; body: string }) => boolean) => {
  let requests = 0;
  let sent = 0;
  let come = false;
  return (seen) => {
    if (come || seen.caller !== service.address || seen.operation !== operation) return false;
    requests += 1;
    sent += elementsIn(seen.body);
    come = items === undefined ? requests >= nth : sent >= items;
    return come;
  };
};

/** Kills when a request arrives; it is not carried out. */
const atRequest =
  (moment: Moment): KillPoint =>
  (run) =>
    new Promise((resolve, reject) => {
      const isMoment = momentOf(moment);
      run.simulator.onRequest(async (seen) => {
        if (!isMoment(seen)) return;
        await run.nodeRed.kill().then(resolve, reject);
        throw new Error('nobody is left who sent this request');
      });
    });

/** Kills when a request is carried out; its answer reaches nobody. */
const atAnswer =
  (moment: Moment): KillPoint =>
  (run) =>
    new Promise((resolve, reject) => {
      const isMoment = momentOf(moment);
      run.simulator.onResponse((seen) => (isMoment(seen) ? run.nodeRed.kill().then(resolve, reject) : undefined));
    });

/** Kills as soon as a condition on the ERP's file holds, looked at again and again without a pause. */
const assoon =
  (holds: (run: KillRun) => boolean): KillPoint =>
  async (run) => {
    while (!holds(run)) await new Promise((resolve) => setImmediate(resolve));
    await run.nodeRed.kill();
  };

/** Kills while another program holds the write lock of the ERP's file: in the middle of a transaction. */
/** `missed`: the moment is over; it is killed all the same. */
const inTransaction =
  (holds: (run: KillRun) => boolean, missed: (run: KillRun) => boolean = () => false): KillPoint =>
  async (run) => {
    const asking = new DatabaseSync(run.database, { timeout: 0 });
    const isLocked = (): boolean => {
      try {
        asking.exec('BEGIN IMMEDIATE');
        asking.exec('ROLLBACK');
        return false;
      } catch {
        return true;
      }
    };
    try {
      await assoon((now) => missed(now) || (holds(now) && isLocked()))(run);
    } finally {
      asking.close();
    }
  };

const linksReach = (count: number) => (run: KillRun) => run.links() >= count;
const arrivedInErp = (count: number) => (run: KillRun) =>
  Number(run.erp.prepare("SELECT count(*) AS n FROM appointment WHERE created_by = 'exchange-sync'").get()?.['n']) >= count;
const journalExists = ({ erp }: KillRun): boolean =>
  erp.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sync_journal'").get() !== undefined;

const insertAppointment = async ({ erp }: KillRun, subject: string): Promise<void> => {
  await Promise.resolve();
  erp
    .prepare("INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (1, ?, '2026-12-01 09:00', '2026-12-01 10:00')")
    .run(subject);
};

/** Seeds are linked on both sides before the import begins. */
const linkedSeeds = 2 * seeds;

/** Moments of an import into a site that is in step; more than one: the next is waited for in the next life. */
const duringImport: readonly (readonly [title: string, ...points: readonly KillPoint[]])[] = [
  ['the sixth list of changes was answered', atAnswer({ operation: 'SyncFolderItems', nth: 6 })],
  ['changed items were answered', atAnswer({ operation: 'GetItem', nth: 2 })],
  ['the first new items are on their way', atRequest({ operation: 'CreateItem' })],
  ['the first new items are created, unanswered', atAnswer({ operation: 'CreateItem' })],
  ['half of the new items are created, the last of them unanswered', atAnswer({ operation: 'CreateItem', items: 75 })],
  ['all new items are created, the last of them unanswered', atAnswer({ operation: 'CreateItem', items: 150 })],
  ['a change is carried out, unanswered', atAnswer({ operation: 'UpdateItem' })],
  ['a deletion is carried out, unanswered', atAnswer({ operation: 'DeleteItem' })],
  ['the first links of the import appear', assoon(linksReach(linkedSeeds + 1))],
  ['the ERP is being written, half of all linked', inTransaction(linksReach(linkedSeeds + 150))],
  ['the ERP is being written, items of the mailbox arriving', inTransaction(arrivedInErp(seeds + 20))],
  [
    'new items are created unanswered, and again while they are searched for',
    atAnswer({ operation: 'CreateItem' }),
    atAnswer({ operation: 'FindItem' }),
  ],
  [
    'a list of changes was answered, twice in a row',
    atAnswer({ operation: 'SyncFolderItems' }),
    atAnswer({ operation: 'SyncFolderItems' }),
  ],
];

/** Moments of a first start on two sides that were filled before. */
const duringFirstStart: readonly (readonly [title: string, point: KillPoint])[] = [
  ['the tables are being installed', inTransaction((run) => !journalExists(run), journalExists)],
  ['the tables were just installed', assoon(journalExists)],
  ['the first lists were answered', atAnswer({ operation: 'SyncFolderItems', nth: 2 })],
  ['the first journal rows are being written', inTransaction((run) => journalExists(run) && run.journal().length > 0)],
];

describe('Node-RED is killed during an import in both directions and started again', function () {
  this.timeout(90_000);
  let undisturbed: EndState;

  const inStep = async (): Promise<KillRun> => {
    const run = await startKillRun();
    run.seed();
    await run.nodeRed.start();
    await until('the seeds are linked', () => run.links() === linkedSeeds, 30_000);
    await run.settle(300);
    return run;
  };

  /** Sets the run going and kills at each point; every kill is followed by a start at once. Resolves when all is done. */
  const killedAt = async (run: KillRun, points: readonly KillPoint[], go: () => Promise<unknown>): Promise<void> => {
    let gone: Promise<unknown> = Promise.resolve();
    for (const [index, point] of points.entries()) {
      let dead = false;
      const killed = point(run).then(() => (dead = true));
      if (index === 0) gone = go();
      else await run.nodeRed.spawn();
      await until(`kill point ${index + 1}`, () => dead, 20_000);
      await killed;
    }
    await run.nodeRed.spawn();
    await gone;
    await run.settle();
  };

  before('undisturbed', async () => {
    const run = await inStep();
    await run.work();
    await run.settle();
    undisturbed = run.endState();
    await run.stop();
  });

  it('undisturbed, both sides hold what was imported into either', () => {
    assert.equal(undisturbed.mailbox.length, expectedItems);
  });

  describe('while it works', () => {
    for (const [title, ...points] of duringImport) {
      it(title, async () => {
        const run = await inStep();
        try {
          await killedAt(run, points, run.work);
          assert.equal(run.nodeRed.lives(), points.length + 1);
          assert.deepEqual(run.endState(), undisturbed);
        } finally {
          await run.stop();
        }
      });
    }
  });

  describe('while it is dead, a person deletes what it has just created and no list of changes has told of', () => {
    for (const [title, forGood] of [
      ['to the deleted items', false],
      ['for good', true],
    ] as const) {
      it(title, async () => {
        const run = await inStep();
        try {
          // The list that would tell of the new item is asked for and never answered.
          const killedAndDeleted: KillPoint = async () => {
            await atRequest({ operation: 'SyncFolderItems' })(run);
            const created = run.simulator.items(anna, 'calendar').find(({ subject }) => subject === 'short-lived');
            run.simulator.delete(anna, created?.id ?? '', forGood);
          };
          await killedAt(run, [killedAndDeleted], () => insertAppointment(run, 'short-lived'));
          assert.equal(run.erp.prepare("SELECT count(*) AS n FROM appointment WHERE subject = 'short-lived'").get()?.['n'], 0);
          assert.equal(run.links(), linkedSeeds);
        } finally {
          await run.stop();
        }
      });
    }
  });

  describe('while it is dead, a person changes what it has just created, unanswered', () => {
    for (const [title, notBefore] of [
      ['and the sync finds it by searching', ''],
      ['and the list of changes tells of it before its row is due again', '9999-12-31T00:00:00.000Z'],
    ] as const) {
      it(title, async () => {
        const run = await inStep();
        const setNotBefore = (time: string) =>
          run.erp.prepare("UPDATE sync_journal SET not_before = ? WHERE direction = 'outbound'").run(time);
        try {
          const killedAndEdited: KillPoint = async () => {
            await atAnswer({ operation: 'CreateItem' })(run);
            const created = run.simulator.items(anna, 'calendar').find(({ subject }) => subject === 'edited');
            run.simulator.update(anna, created?.id ?? '', { kind: 'appointment', location: 'Linz' });
            setNotBefore(notBefore);
          };
          await killedAt(run, [killedAndEdited], async () => {
            await insertAppointment(run, 'edited');
            await until('its link is complete', () => run.activeLinks() === linkedSeeds + 1);
            setNotBefore('');
          });
          assert.equal(run.erp.prepare("SELECT location FROM appointment WHERE subject = 'edited'").get()?.['location'], 'Linz');
          assert.equal(run.links(), linkedSeeds + 1);
        } finally {
          await run.stop();
        }
      });
    }
  });

  describe('while it starts for the first time', () => {
    for (const [title, point] of duringFirstStart) {
      it(title, async () => {
        const run = await startKillRun();
        try {
          run.seed();
          await killedAt(run, [point], run.nodeRed.spawn);
          assert.equal(run.links(), linkedSeeds);
          await run.work();
          await run.settle();
          assert.deepEqual(run.endState(), undisturbed);
        } finally {
          await run.stop();
        }
      });
    }
  });
});
