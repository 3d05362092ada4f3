/** The records port over an engine: what every adapter shares. */
import chunk from 'lodash/chunk';
import type { ErpEntry } from '../model/item';
import type { Kind } from '../model/kind';
import { breathe, type Engine } from './engine';
import { activityTypes, employees, readRecords, touchesWindow, windowKeys } from './queries/records';
import type { ErpRecords, TellUnreadable } from './store';

/** Records per query: bounds the time that the event loop is held. */
const pageSize = 200;

const read = async (engine: Engine, kind: Kind, ids: readonly string[], tellUnreadable?: TellUnreadable): Promise<readonly ErpEntry[]> => {
  const found: ErpEntry[] = [];
  for (const part of chunk([...new Set(ids)], pageSize)) {
    if (found.length > 0) await breathe();
    found.push(...(await engine.read((db) => readRecords(db, kind, part, engine.timeZone, tellUnreadable))));
  }
  return found;
};

const listWindow = async (
  engine: Engine,
  ...[kind, employeeId, from, to, tellUnreadable]: Parameters<ErpRecords['listWindow']>
): Promise<readonly ErpEntry[]> => {
  const found: ErpEntry[] = [];
  let after: number | string = Number.MIN_SAFE_INTEGER;
  while (true) {
    const [keys, page] = await engine.read(async (db) => {
      const ids = await windowKeys(db, kind, employeeId, { from, to }, after, pageSize);
      return [ids, ids.length === 0 ? [] : await readRecords(db, kind, ids, engine.timeZone, tellUnreadable)] as const;
    });
    found.push(...page.filter((entry) => touchesWindow(entry, from, to)));
    if (keys.length < pageSize) return found;
    after = keys.at(-1) ?? after;
    await breathe();
  }
};

/** The records over an engine. */
export const createErpRecords = (engine: Engine): ErpRecords => ({
  employees: () => engine.read(employees),
  activityTypes: () => engine.read(activityTypes),
  read: (kind, ids, tellUnreadable) => read(engine, kind, ids, tellUnreadable),
  listWindow: (...question) => listWindow(engine, ...question),
  asStored: (record) => record,
});
