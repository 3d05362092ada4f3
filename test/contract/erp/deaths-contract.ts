/**
 * Contract: the service may end between any two statements. For every statement of every run: the service dies there, what is stored is what
 * was stored between two transactions, and after a start anew the run is done exactly once.
 */
import assert from 'node:assert/strict';
import { contents } from './contents';
import { runInProcess } from './other-process';
import { maxAttempts, serviceRuns, takeIn, type ServiceRun } from './service-run';
import { addAppointment, addParticipant, addTask, claimOf, link, type ErpSubject, type OpenSubject } from './subject';
import type { Kind, Operation } from '../../../lib/model/kind';

interface Scene {
  readonly name: string;
  readonly prepare: (subject: ErpSubject) => Promise<void>;
  readonly run: ServiceRun;
  /** How many transactions the run commits besides its last; each may be all that is done. */
  readonly fewestStatements: number;
}

const queue = (subject: ErpSubject, operation: Operation, exchangeIds: readonly string[], kind: Kind = 'appointment', employeeId = '1') =>
  subject.database.store.appendInbound({
    connection: 'main',
    employeeId,
    kind,
    mailbox: 'anna@x.test',
    syncState: 'before',
    changes: exchangeIds.map((exchangeId) => ({ operation, exchangeId, changeKey: 'k' })),
  });

const nothing = () => Promise.resolve();

/** Records that came from Exchange, linked, with nothing left to do. */
const existing = async (subject: ErpSubject, exchangeIds: readonly string[], kind: Kind = 'appointment'): Promise<void> => {
  await queue(subject, 'create', exchangeIds, kind);
  await takeIn(subject.database, nothing);
  await subject.erp.run('DELETE FROM sync_journal');
};

const appointmentOf = async (subject: ErpSubject): Promise<string> =>
  String((await subject.erp.all('SELECT MAX(id) AS id FROM appointment'))[0]?.['id']);

/** Appointment X1 of employee 1 in which employee 2 takes part, who has it in his mailbox as Y1. */
const meeting = async (subject: ErpSubject): Promise<void> => {
  await existing(subject, ['X1']);
  const erpId = await appointmentOf(subject);
  await addParticipant(subject.erp, erpId, 2);
  const [own] = await subject.database.store.linksByExchangeId('main', ['X1']);
  await subject.database.store.savePending([
    link({ employeeId: '2', syncId: 's-Y1', exchangeId: 'Y1', erpId, ...(own === undefined ? {} : { erpBase: own.erpBase }) }),
  ]);
  await subject.erp.run('DELETE FROM sync_journal');
};

const scenes: readonly Scene[] = [
  { name: 'a new appointment', run: 'takeIn', fewestStatements: 12, prepare: (subject) => queue(subject, 'create', ['X1']) },
  { name: 'a new task', run: 'takeIn', fewestStatements: 12, prepare: (subject) => queue(subject, 'create', ['T1'], 'task') },
  {
    name: 'a changed appointment of several employees',
    run: 'takeIn',
    fewestStatements: 12,
    prepare: async (subject) => {
      await meeting(subject);
      await queue(subject, 'update', ['X1']);
    },
  },
  {
    name: 'a series with exceptions',
    run: 'takeIn',
    fewestStatements: 16,
    prepare: async (subject) => {
      await existing(subject, ['S1']);
      await queue(subject, 'update', ['S1']);
      await queue(subject, 'create', ['S2']);
    },
  },
  {
    name: 'a completed task',
    run: 'takeIn',
    fewestStatements: 12,
    prepare: async (subject) => {
      await existing(subject, ['T1'], 'task');
      await queue(subject, 'update', ['T1'], 'task');
    },
  },
  {
    name: 'a deletion by the one in charge',
    run: 'takeIn',
    fewestStatements: 12,
    prepare: async (subject) => {
      await meeting(subject);
      await queue(subject, 'delete', ['X1']);
    },
  },
  {
    name: 'a deletion by one who takes part',
    run: 'takeIn',
    fewestStatements: 12,
    prepare: async (subject) => {
      await meeting(subject);
      await queue(subject, 'delete', ['Y1'], 'appointment', '2');
    },
  },
  {
    name: 'a batch of creations, a change and a deletion for two employees',
    run: 'takeIn',
    fewestStatements: 20,
    prepare: async (subject) => {
      await existing(subject, ['X1', 'X2']);
      await existing(subject, ['T1'], 'task');
      await queue(subject, 'create', ['X3', 'X4']);
      await queue(subject, 'create', ['X5'], 'appointment', '2');
      await queue(subject, 'update', ['X1']);
      await queue(subject, 'delete', ['X2']);
      await queue(subject, 'update', ['T1'], 'task');
    },
  },
  {
    name: 'the ERP’s own changes',
    run: 'giveOut',
    fewestStatements: 12,
    prepare: async (subject) => {
      await existing(subject, ['X1', 'X2']);
      await subject.erp.run("UPDATE appointment SET subject = 'by hand' WHERE subject = 'visit X1'");
      await subject.erp.run("DELETE FROM appointment WHERE subject = 'visit X2'");
      const erpId = await addAppointment(subject.erp);
      await addParticipant(subject.erp, erpId, 2);
      await addTask(subject.erp);
    },
  },
  {
    name: 'the first page of a folder',
    run: 'storePage',
    fewestStatements: 6,
    prepare: async (subject) => {
      await addAppointment(subject.erp);
      await addAppointment(subject.erp);
      await subject.erp.run('DELETE FROM sync_journal');
      await subject.database.store.savePending([link({ exchangeId: 'X-listed', erpId: '999999' })]);
    },
  },
  { name: 'a message that brings its own rows', run: 'takeMessage', fewestStatements: 5, prepare: nothing },
  {
    name: 'a claim that supersedes rows',
    run: 'claimOnly',
    fewestStatements: 6,
    prepare: async (subject) => {
      await addAppointment(subject.erp);
      await addAppointment(subject.erp);
      await subject.erp.run("UPDATE appointment SET subject = 'newer'");
      await addTask(subject.erp);
    },
  },
  {
    name: 'rows that are given back',
    run: 'claimAndRelease',
    fewestStatements: 8,
    prepare: async (subject) => {
      await addAppointment(subject.erp);
      await addTask(subject.erp);
    },
  },
  {
    name: 'leases that ended',
    run: 'expire',
    fewestStatements: 4,
    prepare: async (subject) => {
      await addAppointment(subject.erp);
      await subject.database.store.claim(claimOf('outbound', 'gone'));
      subject.pass(60_001);
      await subject.database.store.expireLeases(2);
      await addTask(subject.erp);
      await subject.database.store.claim(claimOf('outbound', 'gone'));
      subject.pass(60_001);
    },
  },
];

/** What the service does when it starts. */
const start = async ({ database: { store } }: ErpSubject): Promise<void> => {
  await store.releaseOwn('a');
  await store.expireLeases(maxAttempts);
};

export const deathsContract = (open: OpenSubject): void => {
  describe('a service that dies', () => {
    for (const scene of scenes) {
      /** Runs undisturbed; answers what is stored before, between and after its transactions. */
      const undisturbed = async (): Promise<{ readonly statements: number; readonly states: readonly (readonly string[])[] }> => {
        const subject = await open();
        try {
          await scene.prepare(subject);
          let statements = 0;
          const database = await subject.openSecond({ beforeStatement: () => statements++ });
          const states = [await contents(subject.erp)];
          statements = 0;
          await serviceRuns[scene.run](database, async () => void states.push(await contents(subject.erp)));
          const counted = statements;
          states.push(await contents(subject.erp));
          return { statements: counted, states };
        } finally {
          await subject.close();
        }
      };

      /** Lets the service die, looks at what is left, starts it anew and lets it run again. */
      const dieAndRunAgain = async (states: readonly (readonly string[])[], place: string, die: (subject: ErpSubject) => Promise<void>) => {
        const subject = await open();
        try {
          await scene.prepare(subject);
          await die(subject);
          const left = await contents(subject.erp);
          assert.ok(
            states.some((state) => state.join('\n') === left.join('\n')),
            `half a transaction is stored ${place}:\n${left.join('\n')}`,
          );
          await start(subject);
          await serviceRuns[scene.run](subject.database, nothing);
          assert.deepEqual(await contents(subject.erp), states.at(-1), place);
        } finally {
          await subject.close();
        }
      };

      it(`does ${scene.name} exactly once, whichever statement it dies at`, async function () {
        this.timeout(900_000);
        const { statements, states } = await undisturbed();
        assert.ok(statements >= scene.fewestStatements, `only ${statements} statements were seen`);
        for (let fatal = 0; fatal < statements; fatal++) {
          await dieAndRunAgain(states, `at statement ${fatal} of ${statements}`, async (subject) => {
            let count = -1;
            const database = await subject.openSecond({
              beforeStatement: () => {
                // A dead service says nothing more, not even ROLLBACK.
                if (count >= 0 && count++ >= fatal) throw new Error('the service died');
              },
            });
            count = 0;
            await assert.rejects(serviceRuns[scene.run](database, nothing), Error, `statement ${fatal} of ${statements}`);
            await database.close();
          });
        }
      });

      it(`does ${scene.name} exactly once when its process is killed`, async function () {
        this.timeout(900_000);
        const { statements, states } = await undisturbed();
        for (const fatal of new Set([Math.floor(statements / 2), statements - 1])) {
          await dieAndRunAgain(states, `at statement ${fatal} of ${statements}`, async (subject) => {
            const { signal } = await runInProcess(subject.connection, { run: scene.run, dieAt: fatal, now: subject.now() });
            assert.equal(signal, 'SIGKILL');
          });
        }
      });
    }
  });
};
