import assert from 'node:assert/strict';
import { createItem, inZone, startClient, task, type Client } from '../harness';
import {
  compare,
  compareFields,
  contains,
  excludes,
  extendedField,
  extendedProperty,
  field,
  find,
  indexedField,
  sorted,
  subjectsOf,
} from './requests';

const not = (expression: string): string => `<t:Not>${expression}</t:Not>`;
const exists = (path: string): string => `<t:Exists>${path}</t:Exists>`;

const tasks: readonly string[] = [
  `<t:Subject>apple</t:Subject><t:Sensitivity>Private</t:Sensitivity><t:Importance>Low</t:Importance>${extendedProperty('Bits', '5', 'Integer')}${extendedProperty('Raw', 'AQID', 'Binary')}<t:DueDate>2026-05-01T00:00:00Z</t:DueDate><t:PercentComplete>5</t:PercentComplete><t:StartDate>2026-05-01T00:00:00Z</t:StartDate>`,
  `<t:Subject>Äpfel</t:Subject><t:Categories><t:String>Red</t:String><t:String>Green</t:String></t:Categories><t:Importance>High</t:Importance>${extendedProperty('Bits', '8', 'Integer')}${extendedProperty('When', '2026-05-01T12:00:00+02:00', 'SystemTime')}<t:DueDate>2026-05-02T00:00:00Z</t:DueDate><t:PercentComplete>40</t:PercentComplete>`,
  `<t:Subject>zebra crossing</t:Subject><t:Body BodyType="HTML">&lt;p&gt;striped &lt;b&gt;horse&lt;/b&gt;&lt;/p&gt;</t:Body><t:Importance>Normal</t:Importance>${extendedProperty('Name', 'Straße')}<t:DueDate>2026-05-03T00:00:00Z</t:DueDate><t:PercentComplete>100</t:PercentComplete>`,
];

describe('EWS restrictions', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
    for (const content of tasks) assert.deepEqual((await client.call(task(content))).codes, ['NoError']);
    const contact = (name: string, address: string): string =>
      createItem(
        `<t:Contact><t:GivenName>${name}</t:GivenName><t:EmailAddresses><t:Entry Key="EmailAddress1">${address}</t:Entry></t:EmailAddresses><t:PhysicalAddresses><t:Entry Key="Home"><t:City>City of ${name}</t:City></t:Entry></t:PhysicalAddresses></t:Contact>`,
        '',
      );
    await client.call(contact('Zoe', 'zoe@x.test'));
    await client.call(contact('Adam', 'adam@x.test'));
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const [apple, apples, zebra] = ['apple', 'Äpfel', 'zebra crossing'];
  const percent = field('task:PercentComplete');
  const importance = field('item:Importance');
  const subject = field('item:Subject');
  const bits = extendedField('Bits', 'Integer');
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['numbers by their size, not their digits', compare('IsGreaterThan', percent, '9'), [apples, zebra]],
    ['enumerations in the order of MAPI', compare('IsGreaterThanOrEqualTo', importance, 'Normal'), [apples, zebra]],
    ['sensitivities in the order of MAPI', compare('IsGreaterThan', field('item:Sensitivity'), 'Personal'), [apple]],
    ['booleans written as numbers', compare('IsEqualTo', field('task:IsComplete'), '1'), [zebra]],
    ['texts without case', compare('IsEqualTo', subject, 'ZEBRA Crossing'), [zebra]],
    ['texts of another script position by collation', compare('IsLessThan', subject, 'b'), [apple, apples]],
    ['texts with their accents, where they are to be equal', compare('IsEqualTo', subject, 'Apfel'), []],
    ['a list, of which one value is enough', compare('IsEqualTo', field('item:Categories'), 'green'), [apples]],
    ['a list, of which no value may equal', compare('IsNotEqualTo', field('item:Categories'), 'green'), [apple, zebra]],
    ['an absent property: it differs', compare('IsNotEqualTo', bits, '5'), [apples, zebra]],
    ['an absent property: it is not less', compare('IsLessThan', bits, '100'), [apple, apples]],
    ['two properties of an item', compareFields('IsEqualTo', field('task:StartDate'), field('task:DueDate')), [apple]],
    ['extended numbers', compare('IsGreaterThan', bits, '6'), [apples]],
    ['extended numbers that are equal', compare('IsEqualTo', bits, '08'), [apples]],
    ['extended texts without case', compare('IsEqualTo', extendedField('Name'), 'STRAßE'), [zebra]],
    ['extended times in another zone', compare('IsEqualTo', extendedField('When', 'SystemTime'), '2026-05-01T10:00:00Z'), [apples]],
    ['extended bytes', compare('IsEqualTo', extendedField('Raw', 'Binary'), 'AQID'), [apple]],
    ['the existence of an extended property', exists(bits), [apple, apples]],
    ['the absence of an extended property', not(exists(bits)), [zebra]],
    ['the negation of a comparison', not(compare('IsGreaterThan', percent, '9')), [apple]],
    ['bits, decimal', excludes(bits, '4'), [apples, zebra]],
    ['bits, hexadecimal', excludes(bits, '0x0C'), [zebra]],
    ['bits that must be set', not(excludes(bits, '0X1')), [apple]],
    ['the words of a body without its tags', contains(field('item:Body'), 'striped horse', 'Substring', 'IgnoreCase'), [zebra]],
    ['a prefix of any word', contains(subject, 'cross', 'PrefixOnWords', 'IgnoreCase'), [zebra]],
    ['no middle of a word as a prefix', contains(subject, 'ross', 'PrefixOnWords', 'IgnoreCase'), []],
    ['whole words as a phrase', contains(subject, 'zebra', 'ExactPhrase', 'IgnoreCase'), [zebra]],
    ['no part of a word as a phrase', contains(subject, 'zeb', 'ExactPhrase', 'IgnoreCase'), []],
    ['accents, where they count', contains(subject, 'apfel', 'FullString', 'IgnoreCase'), []],
    ['accents, where they do not', contains(subject, 'apfel', 'FullString', 'IgnoreCaseAndNonSpacingCharacters'), [apples]],
    ['accents, where only case does', contains(subject, 'Apfel', 'FullString', 'IgnoreNonSpacingCharacters'), [apples]],
    ['case, where it counts', contains(subject, 'Zebra', 'Prefixed', 'Exact'), []],
    [
      'nested groups',
      `<t:And><t:Or>${compare('IsEqualTo', subject, 'apple')}${compare('IsEqualTo', subject, 'zebra crossing')}</t:Or>${not(exists(bits))}</t:And>`,
      [zebra],
    ],
    ['days in the zone of UTC', compare('IsLessThan', field('task:DueDate'), '2026-05-01T23:30:00Z'), [apple]],
  ];
  for (const [name, restriction, expected] of cases)
    it(`compare ${name}`, async () => {
      const answer = await client.call(find('tasks', { restriction, order: sorted(field('task:DueDate')) }));
      assert.deepEqual(answer.codes, ['NoError'], answer.text);
      assert.deepEqual(subjectsOf(answer), expected);
    });

  it('compare days as midnight in the zone of the request', async () => {
    const restriction = compare('IsEqualTo', field('task:DueDate'), '2026-05-02T00:00:00');
    const answer = await client.call(find('tasks', { restriction }), { header: inZone('Tokyo Standard Time') });
    assert.deepEqual(subjectsOf(answer), [apples]);
    const other = await client.call(find('tasks', { restriction: compare('IsEqualTo', field('task:DueDate'), '2026-05-01T15:00:00Z') }), {
      header: inZone('Tokyo Standard Time'),
    });
    assert.deepEqual(subjectsOf(other), [apples]);
  });

  it('find and sort by single entries of dictionaries', async () => {
    const city = indexedField('contacts:PhysicalAddress:City', 'Home');
    const shape = `<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${field('contacts:GivenName')}</t:AdditionalProperties></m:ItemShape>`;
    const names = (text: string): readonly string[] => [...text.matchAll(/<t:GivenName>([^<]*)</g)].map(([, name]) => name ?? '');
    const byCity = await client.call(find('contacts', { order: sorted(city), itemShape: shape }));
    assert.deepEqual(names(byCity.text), ['Adam', 'Zoe']);
    const byAddress = await client.call(
      find('contacts', {
        restriction: compare('IsEqualTo', indexedField('contacts:EmailAddress', 'EmailAddress1'), 'ZOE@x.test'),
        itemShape: shape,
      }),
    );
    assert.deepEqual(names(byAddress.text), ['Zoe']);
  });

  const many = (count: number): string => `<t:Or>${compare('IsEqualTo', subject, 'apple').repeat(count)}</t:Or>`;
  const errors: readonly (readonly [string, string, string])[] = [
    ['ErrorUnsupportedPathForQuery', 'the UID, which is computed', compare('IsEqualTo', field('calendar:UID'), 'x')],
    ['ErrorUnsupportedPathForQuery', 'attachments, which are structures', exists(field('item:Attachments'))],
    ['ErrorUnsupportedPathForQuery', 'forms of the body', contains(field('item:UniqueBody'), 'x', 'Substring', 'Exact')],
    ['ErrorUnsupportedPathForQuery', 'a pattern of recurrence', exists(field('task:Recurrence'))],
    ['ErrorUnsupportedPathForQuery', 'bits of a text', excludes(subject, '1')],
    ['ErrorInvalidExcludesRestriction', 'a mask without digits', excludes(bits, '0x')],
    ['ErrorInvalidValueForProperty', 'a time that is none', compare('IsGreaterThan', field('item:DateTimeCreated'), 'true')],
    ['ErrorInvalidValueForProperty', 'a value that the enumeration does not have', compare('IsEqualTo', importance, 'Huge')],
    ['ErrorInvalidValueForProperty', 'a number that is none', compare('IsEqualTo', percent, 'half')],
    ['ErrorContainsFilterWrongType', 'text in a number', contains(percent, '1', 'Substring', 'Exact')],
    ['ErrorContainsFilterWrongType', 'text in a time', contains(field('item:DateTimeCreated'), '2026', 'Prefixed', 'Exact')],
    ['ErrorRestrictionTooLong', 'more than 255 expressions', many(255)],
  ];
  for (const [code, name, restriction] of errors)
    it(`answer ${code} to ${name}`, async () => {
      assert.deepEqual((await client.call(find('tasks', { restriction }))).codes, [code]);
    });

  it('take 255 expressions', async () => {
    assert.deepEqual((await client.call(find('tasks', { restriction: many(254) }))).codes, ['NoError']);
  });
});
