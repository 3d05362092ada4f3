/** Contract: the ERP's own changes reach the journal, in its own transaction, once. */
import assert from 'node:assert/strict';
import {
  addAppointment,
  addParticipant,
  addTask,
  appointment,
  createWrite,
  done,
  exchangeAppointment,
  leaseInbound,
  link,
  newAppointment,
  type ErpSubject,
  type OpenSubject,
} from './subject';

/** The first or second record of a case. */
type Ordinal = 1 | 2;

/** Statements that begin a case or are what it is about; records are known by their order. */
interface Steps {
  readonly appointment: () => Promise<void>;
  readonly task: () => Promise<void>;
  readonly takesPart: (employeeId: number, record?: Ordinal) => Promise<void>;
  readonly run: (sql: string) => Promise<void>;
}

interface Case {
  readonly promise: string;
  readonly before?: (steps: Steps) => Promise<void>;
  readonly change: (steps: Steps) => Promise<void>;
  /** `operation kind record@employee`; the rows of one item in the order in which they were queued. */
  readonly rows: readonly string[];
}

const cases: readonly Case[] = [
  { promise: 'a new appointment', change: ({ appointment: one }) => one(), rows: ['create appointment 1@1'] },
  { promise: 'a new task', change: ({ task }) => task(), rows: ['create task 1@1'] },
  {
    promise: 'every row of a statement that inserts many',
    change: ({ run }) => run("INSERT INTO task (employee_id, subject) VALUES (1, 'a'), (2, 'b')"),
    rows: ['create task 1@1', 'create task 2@2'],
  },
  {
    promise: 'every row of a statement that updates many, participants included',
    before: async ({ appointment: one, takesPart }) => {
      await one();
      await one();
      await takesPart(2);
    },
    change: ({ run }) => run("UPDATE appointment SET location = 'Wien'"),
    rows: ['update appointment 1@1', 'update appointment 1@2', 'update appointment 2@1'],
  },
  {
    promise: 'every row of a statement that deletes many',
    before: async ({ task }) => {
      await task();
      await task();
    },
    change: ({ run }) => run('DELETE FROM task'),
    rows: ['delete task 1@1', 'delete task 2@1'],
  },
  {
    promise: 'no column that is not synchronised',
    before: async ({ appointment: one, task }) => {
      await one();
      await task();
    },
    change: async ({ run }) => {
      await run("UPDATE appointment SET updated_by = 'x', created_by = 'y'");
      await run("UPDATE task SET completed_at = '2026-01-01 00:00:00'");
    },
    rows: [],
  },
  {
    promise: 'no update that changes nothing',
    before: ({ appointment: one }) => one(),
    change: ({ run }) => run("UPDATE appointment SET subject = subject, location = '', activity_type_id = NULL"),
    rows: [],
  },
  {
    promise: 'no statement that concerns no record',
    before: ({ appointment: one }) => one(),
    change: async ({ run }) => {
      await run("UPDATE appointment SET subject = 'x' WHERE id < 0");
      await run('DELETE FROM appointment WHERE id < 0');
      await run('INSERT INTO appointment_participant (appointment_id, employee_id) SELECT id, 2 FROM appointment WHERE id < 0');
    },
    rows: [],
  },
  {
    promise: 'a value that becomes empty',
    before: async ({ appointment: one, run }) => {
      await one();
      await run('UPDATE appointment SET reminder_minutes = 5');
    },
    change: ({ run }) => run('UPDATE appointment SET reminder_minutes = NULL'),
    rows: ['update appointment 1@1'],
  },
  {
    promise: 'a change of nothing but case',
    before: async ({ appointment: one, task }) => {
      await one();
      await task();
    },
    change: async ({ run }) => {
      await run("UPDATE appointment SET subject = 'BESUCH'");
      await run("UPDATE task SET subject = 'A'");
    },
    rows: ['update appointment 1@1', 'update task 1@1'],
  },
  {
    promise: 'a participant who joins',
    before: ({ appointment: one }) => one(),
    change: ({ takesPart }) => takesPart(2),
    rows: ['create appointment 1@2'],
  },
  {
    promise: 'a participant who leaves',
    before: async ({ appointment: one, takesPart }) => {
      await one();
      await takesPart(2);
    },
    change: ({ run }) => run('DELETE FROM appointment_participant'),
    rows: ['delete appointment 1@2'],
  },
  {
    promise: 'a participant who is replaced',
    before: async ({ appointment: one, takesPart }) => {
      await one();
      await takesPart(2);
    },
    change: ({ run }) => run('UPDATE appointment_participant SET employee_id = 3'),
    rows: ['delete appointment 1@2', 'create appointment 1@3'],
  },
  {
    promise: 'the one in charge once, though named as participant',
    before: ({ appointment: one }) => one(),
    change: ({ takesPart }) => takesPart(1),
    rows: [],
  },
  {
    promise: 'a deletion to everyone who took part',
    before: async ({ appointment: one, takesPart }) => {
      await one();
      await takesPart(2);
    },
    change: ({ run }) => run('DELETE FROM appointment'),
    rows: ['delete appointment 1@1', 'delete appointment 1@2'],
  },
  {
    promise: 'another employee in charge as deletion and creation',
    before: ({ appointment: one }) => one(),
    change: ({ run }) => run('UPDATE appointment SET employee_id = 2'),
    rows: ['delete appointment 1@1', 'create appointment 1@2'],
  },
  {
    promise: 'a task that is handed over',
    before: ({ task }) => task(),
    change: ({ run }) => run('UPDATE task SET employee_id = 3'),
    rows: ['delete task 1@1', 'create task 1@3'],
  },
  {
    promise: 'an employee in charge who stays as participant as an update',
    before: async ({ appointment: one, takesPart }) => {
      await one();
      await takesPart(2);
    },
    change: async ({ takesPart, run }) => {
      await takesPart(1);
      await run('UPDATE appointment SET employee_id = 2');
    },
    rows: ['update appointment 1@1', 'create appointment 1@2'],
  },
];

export const outboxContract = (open: OpenSubject): void => {
  describe('outbox: the ERP queues', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const recordKeys = async (kind: string): Promise<readonly number[]> =>
      (await subject.erp.all(`SELECT id FROM ${kind}`)).map((row) => Number(row['id'])).sort((a, b) => a - b);

    /** Rows by item; a record is named by its place among all of its kind that a test knows of. */
    const queued = async (recordsBefore: Readonly<Record<string, readonly number[]>> = {}): Promise<readonly string[]> => {
      const rows = await subject.erp.all(
        "SELECT id, operation, kind, erp_id, employee_id FROM sync_journal WHERE direction = 'outbound' ORDER BY id",
      );
      const placeOf = (kind: string, erpId: number): number => {
        const own = rows.filter((row) => row['kind'] === kind).map((row) => Number(row['erp_id']));
        return [...new Set([...(recordsBefore[kind] ?? []), ...own])].sort((a, b) => a - b).indexOf(erpId) + 1;
      };
      const named = rows.map((row) => {
        const kind = String(row['kind']);
        const item = `${kind} ${placeOf(kind, Number(row['erp_id']))}@${String(row['employee_id'])}`;
        return { item, text: `${String(row['operation'])} ${item}` };
      });
      return named.sort((a, b) => (a.item < b.item ? -1 : a.item > b.item ? 1 : 0)).map(({ text }) => text);
    };

    const steps: Steps = {
      appointment: () => subject.erp.run(newAppointment),
      task: async () => {
        await addTask(subject.erp);
      },
      takesPart: async (employeeId, record = 1) => {
        const key = (await recordKeys('appointment'))[record - 1];
        await addParticipant(subject.erp, String(key), employeeId);
      },
      run: (sql) => subject.erp.run(sql),
    };

    for (const { promise, before, change, rows } of cases) {
      it(promise, async () => {
        await before?.(steps);
        await subject.erp.run('DELETE FROM sync_journal');
        const keys = { appointment: await recordKeys('appointment'), task: await recordKeys('task') };
        await change(steps);
        assert.deepEqual(await queued(keys), rows);
      });
    }

    it('nothing when its transaction is rolled back', async () => {
      const rolledBack = new Error('rolled back');
      const attempt = subject.erp.transaction(async (statements) => {
        await statements.run(newAppointment);
        throw rolledBack;
      });
      await assert.rejects(attempt, rolledBack);
      assert.deepEqual(await recordKeys('appointment'), []);
      assert.deepEqual(await queued(), []);
    });

    it('what a whole transaction wrote once it is committed', async () => {
      await subject.erp.transaction(async (statements) => {
        await statements.run(newAppointment);
        await statements.run("UPDATE appointment SET subject = 'x'");
      });
      assert.deepEqual(await queued(), ['create appointment 1@1', 'update appointment 1@1']);
    });

    it('nothing for our own writes', async () => {
      const { store, records } = subject.database;
      const [created] = await store.commitInbound([createWrite(await leaseInbound(subject.database))]);
      assert.ok(created?.status === 'written');
      const [stored] = await store.linksBySyncId(['s1']);
      assert.ok(stored);
      const update = {
        id: stored.id,
        version: 1,
        erpBase: appointment(),
        exchangeBase: exchangeAppointment,
        exchangeId: 'X1',
        changeKey: 'k2',
      };
      const [entry] = await records.read('appointment', [created.erpId]);
      assert.ok(entry);
      const [updated] = await store.commitInbound([
        {
          journalId: await leaseInbound(subject.database, { operation: 'update' }),
          instance: 'a',
          outcome: done,
          kind: 'appointment',
          employeeId: '1',
          action: { type: 'update', erpId: created.erpId, changes: { subject: 'Neu' }, expected: entry.record, link: update },
        },
      ]);
      assert.equal(updated?.status, 'written');
      assert.deepEqual(await queued(), []);
      await subject.erp.run("UPDATE appointment SET subject = 'by hand'");
      assert.deepEqual(await queued(), ['update appointment 1@1'], 'the ERP’s next change is told again');
    });

    it('our write for the other employees of the record', async () => {
      const erpId = await addAppointment(subject.erp);
      await addParticipant(subject.erp, erpId, 2);
      await subject.erp.run('DELETE FROM sync_journal');
      const { store } = subject.database;
      const [stored] = await store.savePending([link({ erpId })]);
      assert.ok(stored);
      const [result] = await store.commitInbound([
        {
          journalId: await leaseInbound(subject.database, { operation: 'delete' }),
          instance: 'a',
          outcome: done,
          kind: 'appointment',
          employeeId: '1',
          action: { type: 'delete', erpId, expected: appointment(), linkId: stored.id, version: stored.version },
        },
      ]);
      assert.equal(result?.status, 'written');
      assert.deepEqual(await queued(), ['delete appointment 1@2']);
      assert.deepEqual(await store.linksOfEmployee('1', 'appointment'), []);
    });
  });
};
