/** The rules of an `item-map` as its dialog stores them. */
import { SyncError } from '../../lib/model/error';
import { type FieldRule, ruleDirections } from '../../lib/mapping/field-rules';
import type { MappingOptions } from '../../lib/mapping/mapping';
import type { PriorityTable } from '../../lib/mapping/priority';
import type { Importance } from '../../lib/model/item';
import { kinds } from '../../lib/model/kind';
import { optionalText } from './settings';

/** Stored settings; what is empty keeps the standard. */
export interface MappingFields {
  /** Rows that differ from the standard rules. */
  readonly rules?: unknown;
  readonly categoryPattern?: unknown;
  readonly priorities?: unknown;
}

const importances: readonly Importance[] = ['low', 'normal', 'high'];

const invalid = (place: string): SyncError =>
  new SyncError('mapping-invalid', 'configuration', `Mapping, ${place}: open the dialog of the node and store it anew.`, { place });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const wordOf = <T extends string>(words: readonly T[], value: unknown, place: string): T => {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw invalid(place);
  return word;
};

const ruleOf = (row: unknown, index: number): FieldRule => {
  const place = `rule ${index + 1}`;
  if (!isObject(row)) throw invalid(place);
  const { kind, exchange, erp, direction } = row;
  if (typeof exchange !== 'string' || typeof erp !== 'string') throw invalid(place);
  return { kind: wordOf(kinds, kind, place), exchange, erp, direction: wordOf(ruleDirections, direction, place) };
};

const priorityTable = (stored: Readonly<Record<string, unknown>>): PriorityTable => {
  const place = 'priority table';
  const list: unknown = stored['importances'];
  const numbers: unknown = stored['priorities'];
  if (!Array.isArray(list) || !isObject(numbers)) throw invalid(place);
  const [first, second, third, fourth, fifth] = list.map((word: unknown) => wordOf(importances, word, place));
  if (!first || !second || !third || !fourth || !fifth) throw invalid(place);
  return {
    importances: [first, second, third, fourth, fifth],
    priorities: { low: Number(numbers['low']), normal: Number(numbers['normal']), high: Number(numbers['high']) },
  };
};

/** Options of the mapping. Throws SyncError `mapping-invalid`, naming the place. */
export const mappingOptions = ({ rules, categoryPattern, priorities }: MappingFields): MappingOptions => {
  const pattern = optionalText(categoryPattern);
  return {
    ...(Array.isArray(rules) ? { rules: rules.map(ruleOf) } : {}),
    ...(pattern === '' ? {} : { categoryPattern: pattern }),
    ...(isObject(priorities) && 'importances' in priorities ? { priorities: priorityTable(priorities) } : {}),
  };
};
