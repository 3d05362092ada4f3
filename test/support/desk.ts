/** One employee at work in both programs: the mailbox through a mail program, the ERP through its tables. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { AppointmentForm, ItemView } from '../../simulator/testing';
import { openOutlook, type Outlook } from '../histories/outlook';
import type { BothSides } from './site';

/** What a person does on either side; subjects are told apart by the test. */
export interface Desk {
  readonly address: string;
  readonly employeeId: number;
  readonly outlook: Outlook;
  /** Enters an appointment into the ERP; answers its key. */
  readonly enter: (subject: string, more?: Readonly<Record<string, SQLInputValue>>) => number;
  /** Enters three exceptions of a daily series that starts at 09:00 on 1 December 2026: one deleted, one moved, one renamed. */
  readonly enterExceptions: (appointment: number) => void;
  readonly records: (subject: string) => readonly Readonly<Record<string, SQLOutputValue>>[];
  /** The only record with this subject. */
  readonly record: (subject: string) => Readonly<Record<string, SQLOutputValue>> | undefined;
  readonly change: (subject: string, column: 'subject' | 'location' | 'body', value: string) => void;
  readonly remove: (subject: string) => void;
  readonly items: (subject: string) => readonly ItemView[];
  /** The item with this subject. */
  readonly item: (subject: string) => ItemView;
  readonly edit: (id: string, form: Omit<AppointmentForm, 'kind'>) => void;
}

/** Columns of a daily series of five occurrences. */
export const daily = { recurrence_rule: 'FREQ=DAILY;COUNT=5' } as const;

/** The desk of an employee whose mailbox has this address. */
export const openDesk = ({ erp, simulator }: BothSides, address: string, employeeId: number): Desk => {
  const items = (subject: string) => simulator.items(address, 'calendar').filter((item) => item.subject === subject);
  const records = (subject: string) =>
    erp.prepare('SELECT * FROM appointment WHERE employee_id = ? AND subject = ?').all(employeeId, subject);
  const itemOf = (subject: string): ItemView => {
    const [item] = items(subject);
    if (item === undefined) throw new Error(`${address} has no appointment "${subject}"`);
    return item;
  };
  return {
    address,
    employeeId,
    outlook: openOutlook(simulator, address, 'demo'),
    enter: (subject, more = {}) => {
      const row = { employee_id: employeeId, subject, start_at: '2026-12-01 09:00:00', end_at: '2026-12-01 10:00:00', ...more };
      const names = Object.keys(row);
      const statement = `INSERT INTO appointment (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      return Number(erp.prepare(statement).run(...Object.values(row)).lastInsertRowid);
    },
    enterExceptions: (appointment) => {
      erp
        .prepare(
          `INSERT INTO appointment_exception (appointment_id, original_start, deleted, subject, start_at, end_at)
           VALUES (:id, '2026-12-02 09:00:00', 1, NULL, NULL, NULL),
             (:id, '2026-12-03 09:00:00', 0, NULL, '2026-12-03 11:00:00', '2026-12-03 12:00:00'),
             (:id, '2026-12-04 09:00:00', 0, 'anders', NULL, NULL)`,
        )
        .run({ id: appointment });
    },
    records,
    record: (subject) => {
      const [record, ...others] = records(subject);
      if (others.length > 0) throw new Error(`${address} has ${others.length + 1} records "${subject}"`);
      return record;
    },
    change: (subject, column, value) => {
      erp.prepare(`UPDATE appointment SET ${column} = ? WHERE employee_id = ? AND subject = ?`).run(value, employeeId, subject);
    },
    remove: (subject) => {
      erp.prepare('DELETE FROM appointment WHERE employee_id = ? AND subject = ?').run(employeeId, subject);
    },
    items,
    item: itemOf,
    edit: (id, form) => {
      simulator.update(address, id, { kind: 'appointment', ...form });
    },
  };
};
