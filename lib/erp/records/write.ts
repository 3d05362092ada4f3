/** Writing records by the mapping. Nothing here relies on the number of rows that a statement says it changed: triggers may lie about it. */
import type { Transaction } from 'kysely';
import type { ErpRecord } from '../../model/item';
import type { Engine, Row, Value } from '../engine';
import { toLocalTime } from '../local-time';
import type { ParticipantsMapping } from '../schema/mapping';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import { valueOf } from './converters/converter';
import { allOf, isOneOf, keyIsOneOf, type Condition } from './keys';
import { dependsOnRows, keyOfParts, newKeyParts } from './new-keys';
import { removeExceptions, writeExceptions } from './exception-rows';
import { callWith, columnsOf, rawColumns } from './procedures';
import { deleteRows, updateRows } from './statements';
import { writtenValues, type Writing } from './written-values';

/** What every write needs. */
export interface WriteContext {
  readonly engine: Engine;
  readonly trx: Transaction<Tables>;
  readonly kind: CompiledKind;
  /** The employee on whose behalf the sync writes. */
  readonly employeeId: string;
}

/** A record to be inserted; `extra`: further columns. */
export interface NewRecord {
  readonly record: ErpRecord;
  readonly extra?: Row;
}

const writingOf = ({ engine, kind, employeeId }: WriteContext): Writing => ({ engine, author: kind.author, employeeId });

const completed = (record: ErpRecord | null): boolean => record?.kind === 'task' && record.status === 'completed';

/** When a task was completed, where that changes. */
const completion = ({ engine, kind }: WriteContext, before: ErpRecord | null, after: ErpRecord): Row => {
  const { completedAt } = kind;
  if (completedAt === null || (before !== null && completed(before) === completed(after))) return {};
  const values = completedAt.write(completed(after) ? toLocalTime(engine.now(), engine.timeZone) : null, engine.timeZone);
  return Object.fromEntries(completedAt.columns.map((column, index) => [column, values[index] ?? null]));
};

/** All columns of a new record but its key. */
const newRow = (context: WriteContext, { record, extra = {} }: NewRecord): Row => {
  const { mapping } = context.kind;
  return {
    ...(mapping.employee === null ? {} : { [mapping.employee]: context.employeeId }),
    ...(mapping.deleted === null ? {} : { [mapping.deleted.column]: valueOf(mapping.deleted.present) }),
    ...writtenValues(mapping.insert, writingOf(context)),
    ...context.kind.write(record),
    ...completion(context, null, record),
    ...extra,
  };
};

/** Rows of the participants' table that name the employee; `keys`: parts of the records' keys by column. */
const insertParticipants = async (context: WriteContext, participants: ParticipantsMapping, keys: readonly Row[]): Promise<void> => {
  const { engine, trx, kind, employeeId } = context;
  const rows = keys.map((parts) => ({
    ...Object.fromEntries(participants.record.map((column, index) => [column, parts[kind.keyColumns[index] ?? ''] ?? null])),
    [participants.employee]: employeeId,
    ...writtenValues(participants.insert, writingOf(context)),
  }));
  await engine.insertRows(trx, participants.table, rows, null);
};

/** Inserts rows of which the database fills in the identity column; answers the parts of their keys. */
const insertPlainly = async ({ engine, trx, kind }: WriteContext, rows: readonly Row[]): Promise<readonly Row[]> => {
  const { table, key } = kind.mapping;
  const identity = key.find((part) => part.generated === 'identity')?.column ?? null;
  const given = await engine.insertRows(trx, table, rows, identity);
  return rows.map((row, index) => (identity === null ? row : { ...row, [identity]: given[index] ?? null }));
};

const insertByProcedure = async (context: WriteContext, rows: readonly Row[]): Promise<readonly Row[]> => {
  const { insert } = context.kind.mapping.procedures;
  const written: Row[] = [];
  for (const row of rows) {
    // A procedure that takes the employee enters the participant itself.
    const named = context.kind.mapping.participants === null ? {} : { [context.kind.mapping.participants.employee]: context.employeeId };
    if (insert !== null) written.push({ ...row, ...(await callWith(context.trx, insert, { ...named, ...row }, writingOf(context))) });
  }
  return written;
};

const insertTogether = async (context: WriteContext, records: readonly NewRecord[]): Promise<readonly string[]> => {
  const { engine, trx, kind } = context;
  const { key, employee, participants, procedures } = kind.mapping;
  const rows: Row[] = [];
  for (const record of records) rows.push({ ...(await newKeyParts(engine, trx, key)), ...newRow(context, record) });
  const written = procedures.insert === null ? await insertPlainly(context, rows) : await insertByProcedure(context, rows);
  const entersParticipant =
    procedures.insert !== null && participants !== null && columnsOf(procedures.insert).includes(participants.employee);
  if (employee === null && participants !== null && !entersParticipant) await insertParticipants(context, participants, written);
  return written.map((parts) => keyOfParts(key, parts));
};

/** Inserts records in as few round trips as their keys allow; answers the keys. */
export const insertRecords = async (context: WriteContext, records: readonly NewRecord[]): Promise<readonly string[]> => {
  if (records.length === 0) return [];
  if (!dependsOnRows(context.kind.mapping.key)) return insertTogether(context, records);
  const keys: string[] = [];
  for (const record of records) keys.push(...(await insertTogether(context, [record])));
  return keys;
};

const keysAre = ({ engine, kind }: WriteContext, ids: readonly string[]): Condition =>
  keyIsOneOf(engine, { table: kind.mapping.table, row: null, columns: kind.keyColumns }, ids);

/** Columns that have to be written: what the ERP spells in its own way and nobody changed stays untouched. */
const changedColumns = (context: WriteContext, before: ErpRecord, after: ErpRecord): Row => {
  const written = context.kind.write(before);
  const changed = Object.entries(context.kind.write(after)).filter(([column, value]) => written[column] !== value);
  return { ...Object.fromEntries<Value>(changed), ...completion(context, before, after) };
};

const updateOne = async (context: WriteContext, id: string, row: Row): Promise<void> => {
  const { engine, trx, kind } = context;
  const procedure = kind.mapping.procedures.update;
  if (procedure === null) return updateRows(context, kind.mapping.table, row, keysAre(context, [id]));
  const others = columnsOf(procedure).filter((column) => !Object.hasOwn(row, column));
  await callWith(trx, procedure, { ...(await rawColumns(engine, trx, kind, id, others)), ...row }, writingOf(context));
};

/** Writes the columns, and the rows of exceptions, in which a record differs; false when there are none. */
export const updateRecord = async (context: WriteContext, id: string, before: ErpRecord, after: ErpRecord): Promise<boolean> => {
  const { kind } = context;
  const changed = changedColumns(context, before, after);
  const others = await writeExceptions(context, id, before, after);
  if (Object.keys(changed).length === 0 && !others) return false;
  const row = { ...changed, ...writtenValues(kind.mapping.update, writingOf(context)) };
  if (Object.keys(row).length > 0) await updateOne(context, id, row);
  return true;
};
const removeByProcedure = async (context: WriteContext, ids: readonly string[]): Promise<void> => {
  const { engine, trx, kind } = context;
  const procedure = kind.mapping.procedures.delete;
  if (procedure === null) return;
  for (const id of ids) {
    const raw = await rawColumns(engine, trx, kind, id, columnsOf(procedure));
    await callWith(trx, procedure, { ...raw, ...writtenValues(kind.mapping.update, writingOf(context)) }, writingOf(context));
  }
};

const participantsAre = ({ engine }: WriteContext, { table, record }: ParticipantsMapping, ids: readonly string[]): Condition =>
  keyIsOneOf(engine, { table, row: null, columns: record }, ids);

/** Deletes records, or marks them as deleted. Their participants and exceptions go first, where no foreign key takes them along. */
export const removeRecords = async (context: WriteContext, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  const { table, deleted, participants, procedures } = context.kind.mapping;
  if (procedures.delete !== null) return removeByProcedure(context, ids);
  if (deleted !== null) {
    const row = { ...writtenValues(context.kind.mapping.update, writingOf(context)), [deleted.column]: valueOf(deleted.deleted) };
    return updateRows(context, table, row, keysAre(context, ids));
  }
  if (participants !== null) await deleteRows(context, participants.table, participantsAre(context, participants, ids));
  await removeExceptions(context, ids);
  await deleteRows(context, table, keysAre(context, ids));
};

/** Takes the employee out of records that stay for the others. */
export const leaveRecords = async (context: WriteContext, ids: readonly string[]): Promise<void> => {
  const { participants } = context.kind.mapping;
  if (participants === null || ids.length === 0) return;
  const mine = isOneOf(context.engine, { table: participants.table, row: null }, participants.employee, [context.employeeId]);
  await deleteRows(context, participants.table, allOf([participantsAre(context, participants, ids), mine]));
};
