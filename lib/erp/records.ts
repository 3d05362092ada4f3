/** The records port over an engine: what every adapter shares. */
import chunk from 'lodash/chunk';
import type { ErpEntry } from '../model/item';
import { breathe, type Engine } from './engine';
import { compiledKind, type CompiledKind, type CompiledKinds } from './records/compile';
import { readActivityTypes, readEmployees } from './records/directory';
import { readRecords } from './records/read';
import { readable } from './records/reading';
import { listWindow, pageSize } from './records/window';
import type { SchemaMapping } from './schema/mapping';
import type { ErpRecords, TellUnreadable } from './store';

const read = async (
  engine: Engine,
  kind: CompiledKind,
  ids: readonly string[],
  tellUnreadable: TellUnreadable | undefined,
): Promise<readonly ErpEntry[]> => {
  const found: ErpEntry[] = [];
  for (const [index, part] of chunk([...new Set(ids)], pageSize).entries()) {
    if (index > 0) await breathe();
    found.push(...readable(await engine.read((db) => readRecords(engine, db, kind, part)), tellUnreadable));
  }
  return found;
};

/** The records of a mapping over an engine. */
export const createErpRecords = (engine: Engine, mapping: SchemaMapping, kinds: CompiledKinds): ErpRecords => ({
  employees: () => engine.read((db) => readEmployees(engine, db, mapping.employees)),
  activityTypes: () => engine.read((db) => readActivityTypes(engine, db, mapping.activityTypes)),
  read: (kind, ids, tellUnreadable) => read(engine, compiledKind(kinds, kind), ids, tellUnreadable),
  listWindow: (kind, employeeId, from, to, tellUnreadable) =>
    listWindow(engine, compiledKind(kinds, kind), employeeId, { from, to }, tellUnreadable),
  asStored: (record) => compiledKind(kinds, record.kind).asStored(record),
});
