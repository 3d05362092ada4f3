/** Random histories of an ERP without triggers: whatever its programs do, and whenever we look, both sides agree in the end. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import isEqual from 'lodash/isEqual';
import type { ClaimedEntry } from '../../../../lib/erp/store';
import type { ErpRecord } from '../../../../lib/model/item';
import { pollingMapping } from '../changes-contract';
import { openSqliteSubject, type SqliteSubject } from '../sqlite-subject';
import { claimOf, done, exchangeAppointment } from '../subject';

const everyMs = 10_000;
const compareMs = 60 * 60_000;

/** What may happen; numbers choose one of the records that are there. */
type Step =
  | { readonly type: 'create'; readonly employee: number }
  | { readonly type: 'change' | 'delete' | 'join' | 'leave' | 'give'; readonly record: number; readonly employee: number }
  /** Stamped now, committed later. */
  | { readonly type: 'late'; readonly record: number }
  | { readonly type: 'commit' }
  /** Committed after a later change was seen. */
  | { readonly type: 'overtaken'; readonly record: number }
  | { readonly type: 'pass'; readonly seconds: number }
  | { readonly type: 'look'; readonly after: number }
  /** Some rows are carried out. */
  | { readonly type: 'work'; readonly rows: number }
  | { readonly type: 'restart' };

const employee = fc.integer({ min: 1, max: 2 });
const record = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('create' as const), employee }),
  fc.record({ type: fc.constantFrom('change' as const, 'delete', 'join', 'leave', 'give'), record, employee }),
  fc.record({ type: fc.constantFrom('change' as const), record, employee }),
  fc.record({ type: fc.constant('late' as const), record }),
  fc.record({ type: fc.constant('commit' as const) }),
  fc.record({ type: fc.constant('overtaken' as const), record }),
  fc.record({ type: fc.constant('pass' as const), seconds: fc.integer({ min: -20, max: 100 }) }),
  fc.record({ type: fc.constant('look' as const), after: fc.constantFrom(everyMs, compareMs) }),
  fc.record({ type: fc.constant('work' as const), rows: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant('restart' as const) }),
);

/** The ERP, the store, and a service that carries rows out. */
const play = (subject: SqliteSubject) => {
  let { database } = subject;
  let texts = 0;
  let late: { readonly id: unknown; readonly text: string; readonly at: string } | null = null;
  const { erp } = subject;
  // Whole seconds: stamps meet.
  const stamp = (): string => `${subject.now().toISOString().slice(0, 19)}.000`;
  const chosen = async (number: number): Promise<unknown> => {
    const rows = await erp.all('SELECT id FROM appointment WHERE employee_id <> 3 ORDER BY id');
    return rows.length === 0 ? null : rows[number % rows.length]?.['id'];
  };
  const touch = async (id: unknown, text = `t${texts++}`, at = stamp()): Promise<void> => {
    await erp.run('UPDATE appointment SET subject = ? WHERE id = ?', text, Number(id));
    await erp.run('UPDATE appointment SET updated_at = ? WHERE id = ?', at, Number(id));
  };

  /** No deletion is queued of a record that is there; `before`: rows that were there before the look. */
  const checkDeletions = async (before: number): Promise<void> => {
    const wrong = await erp.all(
      `SELECT j.erp_id FROM sync_journal j WHERE j.id > ? AND j.operation = 'delete' AND EXISTS (SELECT 1 FROM appointment a
        WHERE a.id = j.erp_id AND (a.employee_id = j.employee_id OR EXISTS (SELECT 1 FROM appointment_participant p
          WHERE p.appointment_id = a.id AND p.employee_id = j.employee_id)))`,
      before,
    );
    assert.deepEqual(wrong, []);
  };

  const look = async (ms: number): Promise<number> => {
    subject.pass(ms);
    const [newest] = await erp.all('SELECT COALESCE(MAX(id), 0) AS id FROM sync_journal');
    const { queued } = await database.store.collectChanges();
    await checkDeletions(Number(newest?.['id']));
    return queued;
  };

  const carryOut = async ({ entry, link }: ClaimedEntry): Promise<void> => {
    const { store, records } = database;
    const erpId = entry.erpId ?? '';
    const [found] = await records.read('appointment', [erpId]);
    const there = found?.employeeIds.includes(entry.employeeId) === true ? found : undefined;
    const end = { journalId: entry.id, instance: 'a', outcome: done };
    if (there === undefined) {
      await store.close([{ ...end, link: link === null ? { type: 'keep' } : { type: 'remove', linkId: link.id, version: link.version } }]);
      return;
    }
    const ids = { exchangeId: `X${entry.employeeId}-${erpId}`, changeKey: 'k', exchangeBase: exchangeAppointment };
    const pending = { kind: 'appointment', employeeId: entry.employeeId, connection: 'main', erpId, erpBase: there.record } as const;
    const syncId = `s${entry.id}`;
    const [saved] = await store.savePending([
      { ...pending, state: 'pending', syncId, exchangeId: null, changeKey: null, exchangeBase: exchangeAppointment },
    ]);
    assert.ok(saved);
    await store.close([
      { ...end, link: { type: 'update', update: { ...ids, id: saved.id, version: saved.version, erpBase: there.record } } },
    ]);
  };
  const work = async (rows: number): Promise<number> => {
    const claimed = await database.store.claim(claimOf('outbound', 'a', rows));
    for (const row of claimed) await carryOut(row);
    return claimed.length;
  };

  /** Transactions stay open for less than the five minutes that a look goes back. */
  const commitBefore = async (ms: number): Promise<void> => {
    if (late !== null && subject.now().getTime() + ms - Date.parse(`${late.at}Z`) > 240_000) await commit();
  };
  const commit = async (): Promise<void> => {
    if (late !== null) await touch(late.id, late.text, late.at);
    late = null;
  };

  const run = async (one: Step): Promise<void> => {
    switch (one.type) {
      case 'create':
        return erp.run(
          `INSERT INTO appointment (employee_id, subject, start_at, end_at, updated_at)
          VALUES (?, ?, '2026-03-28 09:00:00', '2026-03-28 10:00:00', ?)`,
          one.employee,
          `t${texts++}`,
          stamp(),
        );
      case 'pass':
        await commitBefore(one.seconds * 1000);
        subject.pass(one.seconds * 1000);
        return;
      case 'look':
        await commitBefore(one.after);
        await look(one.after);
        return;
      case 'work':
        await work(one.rows);
        return;
      case 'restart':
        database = await subject.open({ mapping: pollingMapping() });
        return;
      case 'commit':
        return commit();
      case 'overtaken': {
        await run({ type: 'late', record: one.record });
        subject.pass(5000);
        await run({ type: 'create', employee: 1 });
        await look(everyMs);
        return commit();
      }
      case 'late': {
        await commit();
        const id = await chosen(one.record);
        late = id === null ? null : { id, text: `t${texts++}`, at: stamp() };
        return;
      }
      default: {
        const id = await chosen(one.record);
        if (id === null) return;
        if (one.type === 'delete') return erp.run('DELETE FROM appointment WHERE id = ?', Number(id));
        if (one.type === 'give') await erp.run('UPDATE appointment SET employee_id = ? WHERE id = ?', one.employee, Number(id));
        if (one.type === 'join') await erp.run('INSERT OR IGNORE INTO appointment_participant VALUES (?, ?)', Number(id), one.employee);
        if (one.type === 'leave') await erp.run('DELETE FROM appointment_participant WHERE appointment_id = ?', Number(id));
        return touch(id);
      }
    }
  };

  /** Looks and works until nothing is left. */
  const settle = async (): Promise<void> => {
    await commit();
    for (let round = 0; round < 3; round++) {
      await look(compareMs);
      while ((await work(100)) > 0);
    }
  };

  const differences = async (): Promise<readonly string[]> => {
    const ids = (await erp.all('SELECT id FROM appointment')).map((row) => String(row['id']));
    const entries = await database.records.read('appointment', ids);
    const links = [
      ...(await database.store.linksOfEmployee('1', 'appointment')),
      ...(await database.store.linksOfEmployee('2', 'appointment')),
    ];
    const linked = new Map(links.map((link) => [`${link.erpId}@${link.employeeId}`, link]));
    const wanted = entries.flatMap((entry) =>
      entry.employeeIds.filter((id) => id !== '3').map((id): readonly [string, ErpRecord] => [`${entry.id}@${id}`, entry.record]),
    );
    const names = new Set<string>(wanted.map(([name]) => name));
    return [
      ...wanted.flatMap(([name, content]) => (isEqual(linked.get(name)?.erpBase, content) ? [] : [`missed ${name}`])),
      ...[...linked.keys()].filter((name) => !names.has(name)).map((name) => `kept ${name}`),
    ];
  };

  return { run, look, settle, differences };
};

describe('changes without triggers, random histories', () => {
  it('miss no change, delete nothing that is there, and come to rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const limits = { count: 1000, share: 1 };
        const mapping = pollingMapping({
          changes: { by: 'polling', everySeconds: everyMs / 1000, deletionsEveryMinutes: compareMs / 60_000, deletions: limits },
        });
        const subject = await openSqliteSubject({ mapping });
        try {
          const game = play(subject);
          // One record that stays: an empty table would hold every deletion.
          await subject.erp.run(
            `INSERT INTO appointment (id, employee_id, subject, start_at, end_at, updated_at)
            VALUES (1000, 3, 'bleibt', '2026-03-28 09:00:00', '2026-03-28 10:00:00', '2020-01-01T00:00:00.000')`,
          );
          await game.look(everyMs);
          for (const one of steps) await game.run(one);
          await game.settle();
          assert.deepEqual(await game.differences(), []);
          assert.equal(await game.look(compareMs), 0);
        } finally {
          await subject.close();
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(120_000);
});
