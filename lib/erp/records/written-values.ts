/** What goes into columns that no field stands for. */
import { randomUUID } from 'node:crypto';
import type { Engine, Row, Value } from '../engine';
import { toLocalTime } from '../local-time';
import type { WrittenValue } from '../schema/mapping';
import { valueOf } from './converters/converter';

/** What such values come from. */
export interface Writing {
  readonly engine: Engine;
  readonly author: string;
  /** The employee on whose behalf the sync writes. */
  readonly employeeId: string;
}

/** A GUID as SQL Server writes it. */
export const newGuid = (): string => randomUUID().toUpperCase();

/** Local time of now, in the engine's spelling. */
export const localNow = ({ dialect, now, timeZone }: Engine): string => {
  const local = toLocalTime(now(), timeZone);
  return dialect.name === 'sqlite' ? local.replace('T', ' ') : local;
};

/** Not every type of SQL Server takes the `Z`. */
const utcNow = ({ dialect, now }: Engine): string => (dialect.name === 'sqlite' ? now().toISOString() : now().toISOString().slice(0, 23));

/** A value to be written. */
export const writtenValue = (value: WrittenValue, { engine, author, employeeId }: Writing): Value => {
  if (value === null || typeof value !== 'object') return valueOf(value);
  switch (value.from) {
    case 'author':
      return author;
    case 'guid':
      return newGuid();
    case 'employee':
      return employeeId;
    case 'now-local':
      return localNow(engine);
    case 'now-utc':
      return utcNow(engine);
  }
};

/** Columns and their values. */
export const writtenValues = (values: Readonly<Record<string, WrittenValue>>, writing: Writing): Row =>
  Object.fromEntries(Object.entries(values).map(([column, value]) => [column, writtenValue(value, writing)]));
