import { isEqual } from 'lodash';
import { EwsError } from '../errors';
import type { Database } from '../storage/database';
import { fieldsChangedSince } from '../storage/field-changes';
import type { Item } from '../storage/items';
import type { XmlElement } from '../xml/element';
import { applyUpdates, type Changing } from './apply';
import { storedExtended } from './extended';

/** An update without the parts that lost against a change made in between, and how many conflicts that were. */
export interface Resolved {
  readonly updates: readonly XmlElement[];
  readonly conflicts: number;
}

/** Properties of which the higher value wins (MS-OXWSCORE 3.1.4.9.4.1). */
const ranks: Readonly<Record<string, readonly string[]>> = {
  Sensitivity: ['Normal', 'Personal', 'Private', 'Confidential'],
  Importance: ['Low', 'Normal', 'High'],
};

const valueOf = ({ properties, extended }: Pick<Changing, 'properties' | 'extended'>, name: string): XmlElement | undefined =>
  properties[name] ?? storedExtended(extended, name);

const isLower = (name: string, given: XmlElement | undefined, current: XmlElement | undefined): boolean => {
  const order = ranks[name] ?? [];
  return order.indexOf(given?.text ?? 'Normal') < order.indexOf(current?.text ?? 'Normal');
};

/**
 * Resolves conflicts as AutoResolve does, property by property: what only one side changed is merged, of sensitivity and importance the
 * higher stays, and anything else that both changed to different values is an `ErrorIrresolvableConflict`. `known` is the number of the
 * change the client knows.
 */
export function resolveConflicts(database: Database, item: Item, updates: readonly XmlElement[], known: number): Resolved {
  const changed = fieldsChangedSince(database, item, known);
  if (!changed) throw new EwsError('ErrorIrresolvableConflict');
  let conflicts = 0;
  const kept = updates.filter((update) => {
    const changing = applyUpdates(item, [update]);
    const clashing = [...changing.set].filter((name) => changed.has(name) && !isEqual(valueOf(changing, name), valueOf(item, name)));
    if (clashing.some((name) => !ranks[name])) throw new EwsError('ErrorIrresolvableConflict');
    conflicts += clashing.length;
    return !clashing.some((name) => isLower(name, valueOf(changing, name), valueOf(item, name)));
  });
  return { updates: kept, conflicts };
}

/** Names of the properties in which two states of an item differ; extended ones by their key. */
export function differences(before: Item, after: Item, touched: ReadonlySet<string>): readonly string[] {
  const names = new Set([...touched, ...Object.keys(before.properties), ...Object.keys(after.properties)]);
  return [...names].filter((name) => !isEqual(valueOf(before, name), valueOf(after, name)));
}
