/** The rules of an `item-map` as its dialog stores them. */
import { SyncError } from '../../lib/model/error';
import type { BodyBlock } from '../../lib/mapping/body-block';
import { type Conversion, conversionTypes } from '../../lib/mapping/conversion';
import { type FieldRule, ruleDirections, type RuleWay } from '../../lib/mapping/field-rules';
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
  /** Label of the priority at the end of the body; empty: it is not shown there. */
  readonly priorityLabel?: unknown;
  /** The same for the equipment. */
  readonly equipmentLabel?: unknown;
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

const text = (stored: Readonly<Record<string, unknown>>, name: string, place: string): string => {
  const value = stored[name];
  if (typeof value !== 'string') throw invalid(place);
  return value;
};

const isPair = (value: unknown): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');

const conversionOf = (stored: Readonly<Record<string, unknown>>, place: string): Conversion => {
  const type = wordOf(conversionTypes, stored['type'], place);
  switch (type) {
    case 'codes': {
      const table: unknown = stored['table'];
      if (!Array.isArray(table) || !table.every(isPair)) throw invalid(place);
      return { type, table };
    }
    case 'when-empty':
      return { type, value: text(stored, 'value', place) };
    case 'single-line':
      return { type };
    case 'limit':
      return { type, length: Number(stored['length']) };
    case 'expression':
      return { type, expression: text(stored, 'expression', place) };
  }
};

const wayOf = (stored: Readonly<Record<string, unknown>>, place: string): RuleWay => ({
  ...(isObject(stored['conversion']) ? { conversion: conversionOf(stored['conversion'], place) } : {}),
  ...(optionalText(stored['whenNew']) === '' ? {} : { whenNew: optionalText(stored['whenNew']) }),
  ...(optionalText(stored['condition']) === '' ? {} : { condition: optionalText(stored['condition']) }),
});

const blockOf = (priority: string, equipment: string): BodyBlock => ({
  ...(priority === '' ? {} : { priority }),
  ...(equipment === '' ? {} : { equipment }),
});

const ruleOf = (row: unknown, index: number): FieldRule => {
  const place = `rule ${index + 1}`;
  if (!isObject(row)) throw invalid(place);
  const { kind, exchange, erp, direction } = row;
  if (typeof exchange !== 'string' || typeof erp !== 'string') throw invalid(place);
  return {
    kind: wordOf(kinds, kind, place),
    exchange,
    erp,
    direction: wordOf(ruleDirections, direction, place),
    ...(isObject(row['toErp']) ? { toErp: wayOf(row['toErp'], place) } : {}),
    ...(isObject(row['toExchange']) ? { toExchange: wayOf(row['toExchange'], place) } : {}),
  };
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
export const mappingOptions = (fields: MappingFields): MappingOptions => {
  const { rules, categoryPattern, priorities, priorityLabel, equipmentLabel } = fields;
  const pattern = optionalText(categoryPattern);
  const bodyBlock = blockOf(optionalText(priorityLabel), optionalText(equipmentLabel));
  return {
    ...(Object.keys(bodyBlock).length === 0 ? {} : { bodyBlock }),
    ...(Array.isArray(rules) ? { rules: rules.map(ruleOf) } : {}),
    ...(pattern === '' ? {} : { categoryPattern: pattern }),
    ...(isObject(priorities) && 'importances' in priorities ? { priorities: priorityTable(priorities) } : {}),
  };
};
