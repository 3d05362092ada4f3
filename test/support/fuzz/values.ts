/** Values of the schema's simple types: valid ones, more often at the edges than in the middle. */
import { schemaTypes } from '../../../simulator/schema/schema';
import type { Random } from './random';

const strings = [
  '',
  'a',
  'Jour fixe',
  'Ärger & <Anlass> "x"',
  'anna@x.test',
  'nobody@x.test',
  'IPM.Task',
  'IPM.Appointment',
  '0x3007',
  '2026-12-01T09:00:00Z',
  '2026-12-01',
  'W. Europe Standard Time',
  '😀\u0301'.repeat(20),
  'x'.repeat(300),
  "'; DROP TABLE item; --",
  '%s%n../../etc/passwd',
  'subject:(a OR "b c") received>=2026-01-01',
  '-1',
  '99999999999999999999',
  'http://127.0.0.1:9/none',
];

const dateTimes = [
  '2026-12-01T09:00:00Z',
  '2026-12-01T10:00:00+01:00',
  '2026-03-29T02:30:00',
  '2026-10-25T02:30:00',
  '1601-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '4500-09-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '2024-02-29T23:59:59.999Z',
];

const builtIn: Readonly<Record<string, (random: Random) => string>> = {
  'xs:boolean': (random) => random.pick(['true', 'false', '0', '1']),
  'xs:dateTime': (random) => random.pick(dateTimes),
  'xs:date': (random) => random.pick(['2026-12-01', '2026-12-31+01:00', '2024-02-29Z', '1601-01-01', '4500-08-31']),
  'xs:time': (random) => random.pick(['00:00:00', '23:59:59', '08:00:00']),
  'xs:duration': (random) => random.pick(['PT0S', 'PT1H', 'P1D', '-PT60M', 'P1Y2M3DT4H5M6S']),
  'xs:base64Binary': (random) => random.pick(['', 'AA==', 'QUJD', Buffer.from('Subject: x\r\n\r\ny').toString('base64')]),
  'xs:language': () => 'de-AT',
  'xs:byte': (random) => random.pick(['0', '1', '-128', '127']),
  'xs:unsignedByte': (random) => random.pick(['0', '1', '255']),
  'xs:short': (random) => random.pick(['0', '1', '-32768', '32767']),
  'xs:unsignedShort': (random) => random.pick(['0', '1', '65535']),
  'xs:long': (random) => random.pick(['0', '1', '9223372036854775807']),
  'xs:nonNegativeInteger': (random) => random.pick(['0', '1', '512']),
  'xs:double': (random) => random.pick(['0', '0.5', '1e10', '-1']),
  'xs:float': (random) => random.pick(['0', '0.5', '-1']),
  'xs:decimal': (random) => random.pick(['0', '0.5', '-1']),
};

const numbers = ['0', '1', '2', '10', '512', '-1', '2147483647'];
const isNumber = (type: string): boolean => /^xs:(int|integer|unsignedInt)$/.test(type);

/** Patterns of the schema, each with texts that follow it. */
const ofPattern = (pattern: string, random: Random): string => {
  if (pattern.includes('{8}')) return '11112222-3333-4444-5555-666677778888';
  if (pattern.startsWith('(0x') || pattern.includes('0x')) return random.pick(['0x3007', '0x0037', '0x10']);
  return 'IPM.Note';
};

/** A valid value of a simple type. */
export function randomValue(type: string, random: Random): string {
  const schema = schemaTypes[type];
  if (!schema) {
    if (isNumber(type)) return random.pick(type === 'xs:unsignedInt' ? numbers.filter((number) => !number.startsWith('-')) : numbers);
    return builtIn[type]?.(random) ?? random.pick(strings);
  }
  if (schema.values) return random.pick(schema.values);
  if (schema.list !== undefined) {
    const item = schema.list;
    return Array.from({ length: 1 + random.below(3) }, () => randomValue(item, random)).join(' ');
  }
  if (schema.union) return randomValue(random.pick(schema.union), random);
  if (schema.pattern !== undefined) return ofPattern(schema.pattern, random);
  if (schema.least !== undefined || schema.most !== undefined) {
    const [least, most] = [schema.least ?? 0, schema.most ?? (schema.least ?? 0) + 1000];
    return String(random.pick([least, most, least + random.below(most - least + 1)]));
  }
  const value = randomValue(schema.simple ?? schema.text ?? 'xs:string', random);
  return (schema.minLength ?? 0) > value.length ? 'a' : value;
}
