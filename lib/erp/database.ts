/** The ports over an engine and a schema mapping: the same for every adapter. */
import { kinds } from '../model/kind';
import { createChangeCollector } from './changes/collect';
import type { Engine } from './engine';
import { createErpRecords } from './records';
import { compileKinds } from './records/compile';
import { createSeriesExtender } from './records/series-writes';
import type { SchemaMapping } from './schema/mapping';
import type { ErpDatabase } from './store';
import { createSyncStore } from './sync-store';

/** Kinds, records and sync tables of an open database. */
export const erpDatabase = (engine: Engine, mapping: SchemaMapping): Omit<ErpDatabase, 'close'> => {
  const compiled = compileKinds(mapping, engine);
  const records = createErpRecords(engine, mapping, compiled);
  const collectChanges = createChangeCollector(engine, compiled, records);
  const extendSeries = createSeriesExtender(engine, compiled.appointment);
  return {
    kinds: kinds.filter((kind) => compiled[kind] !== null),
    store: createSyncStore(engine, compiled, async () => {
      await extendSeries();
      return collectChanges();
    }),
    records,
  };
};
