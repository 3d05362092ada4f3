import { schemaTypes } from './schema';

const integer = (least: number, most: number) => (text: string) => {
  if (!/^[+-]?\d+$/.test(text)) return false;
  const value = Number(text);
  return value >= least && value <= most;
};

const zone = '(Z|[+-]\\d{2}:\\d{2})?';
const matches = (pattern: RegExp) => (text: string) => pattern.test(text);
const dateTime = (text: string): boolean => {
  const parts = /^-?(\d{4,})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (!parts) return false;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  const last = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
  return inRange(month, 1, 12) && inRange(day, 1, last) && inRange(hour, 0, 24) && inRange(minute, 0, 59) && inRange(second, 0, 59);
};
const inRange = (value: number | undefined, least: number, most: number): boolean => value !== undefined && value >= least && value <= most;

/** Lexical checks of the built-in types that EWS uses; types that are missing here accept any text. */
const builtIn: Readonly<Record<string, (text: string) => boolean>> = {
  'xs:boolean': matches(/^(true|false|0|1)$/),
  'xs:int': integer(-2147483648, 2147483647),
  'xs:short': integer(-32768, 32767),
  'xs:unsignedShort': integer(0, 65535),
  'xs:unsignedInt': integer(0, 4294967295),
  'xs:unsignedByte': integer(0, 255),
  'xs:byte': integer(-128, 127),
  'xs:long': matches(/^[+-]?\d{1,19}$/),
  'xs:integer': matches(/^[+-]?\d+$/),
  'xs:nonNegativeInteger': matches(/^\+?\d+$/),
  'xs:decimal': matches(/^[+-]?(\d+(\.\d*)?|\.\d+)$/),
  'xs:double': matches(/^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|INF|-INF|NaN)$/),
  'xs:float': matches(/^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|INF|-INF|NaN)$/),
  'xs:dateTime': dateTime,
  'xs:date': matches(new RegExp(`^-?\\d{4,}-\\d{2}-\\d{2}${zone}$`)),
  'xs:time': matches(new RegExp(`^\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?${zone}$`)),
  'xs:duration': matches(/^-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/),
  'xs:base64Binary': matches(/^[A-Za-z0-9+/=\s]*$/),
  'xs:language': matches(/^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$/),
};

/** No number, time or other value of a pattern is longer; tests of longer ones would exhaust the stack. */
const longest = 10_000;

/** True where the text is a value of the simple type. */
export function isValidSimple(text: string, type: string): boolean {
  const trimmed = text.trim();
  const schema = schemaTypes[type];
  const isLong = trimmed.length > longest;
  if (!schema) return builtIn[type] === undefined || ((!isLong || type === 'xs:base64Binary') && builtIn[type](trimmed));
  if (schema.list !== undefined) {
    const item = schema.list;
    return trimmed.split(/\s+/).every((part) => part === '' || isValidSimple(part, item));
  }
  if (schema.union) return schema.union.some((member) => isValidSimple(text, member));
  if (schema.values && !schema.values.includes(trimmed)) return false;
  if (schema.pattern !== undefined && isLong) return false;
  if (schema.pattern !== undefined && !new RegExp(`^(?:${schema.pattern})$`).test(trimmed)) return false;
  if (schema.least !== undefined && Number(trimmed) < schema.least) return false;
  if (schema.most !== undefined && Number(trimmed) > schema.most) return false;
  if (schema.minLength !== undefined && text.length < schema.minLength) return false;
  return isValidSimple(text, schema.simple ?? schema.text ?? 'xs:string');
}
