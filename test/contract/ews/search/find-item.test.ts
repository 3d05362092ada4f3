import assert from 'node:assert/strict';
import { child, findItem, folder, inZone, owner, property, shape, startClient, task, type Client } from '../harness';
import { compare, contains, extendedField, field, found, restricted, sorted, subjects, subjectsOf } from './requests';

const syncId = extendedField('SyncId');
const order = (uri: string, direction: string): string => sorted(`${direction === 'Descending' ? '-' : ''}${field(uri)}`);

describe('EWS FindItem', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
    for (const [subject, due, importance, id] of [
      ['Alpha offer', '2026-05-01', 'Low', 'S-1'],
      ['beta Öffnung', '2026-05-02', 'High', 'S-2'],
      ['Gamma', '2026-05-03', 'Normal', 'S-3'],
      ['Gamma', '2026-05-04', 'Normal', ''],
    ] as const) {
      const extended = id === '' ? '' : `<t:ExtendedProperty>${syncId}<t:Value>${id}</t:Value></t:ExtendedProperty>`;
      const answer = await client.call(
        task(
          `<t:Subject>${subject}</t:Subject><t:Importance>${importance}</t:Importance>${extended}<t:DueDate>${due}T00:00:00Z</t:DueDate>`,
        ),
      );
      assert.deepEqual(answer.codes, ['NoError']);
    }
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['IsEqualTo', compare('IsEqualTo', field('item:Subject'), 'gamma'), ['Gamma', 'Gamma']],
    ['IsNotEqualTo', compare('IsNotEqualTo', field('item:Subject'), 'Gamma'), ['Alpha offer', 'beta Öffnung']],
    ['IsGreaterThan on a date', compare('IsGreaterThan', field('task:DueDate'), '2026-05-03T00:00:00Z'), ['Gamma']],
    ['IsGreaterThanOrEqualTo', compare('IsGreaterThanOrEqualTo', field('task:DueDate'), '2026-05-03T00:00:00Z'), ['Gamma', 'Gamma']],
    ['IsLessThan', compare('IsLessThan', field('task:DueDate'), '2026-05-02T00:00:00Z'), ['Alpha offer']],
    ['IsLessThanOrEqualTo', compare('IsLessThanOrEqualTo', field('task:DueDate'), '2026-05-02T00:00:00Z'), ['Alpha offer', 'beta Öffnung']],
    ['an extended property', compare('IsEqualTo', syncId, 'S-2'), ['beta Öffnung']],
    [
      'an extended property and a field',
      `<t:And>${compare('IsEqualTo', syncId, 'S-2')}${compare('IsEqualTo', field('item:Importance'), 'Low')}</t:And>`,
      [],
    ],
    ['Exists', `<t:Exists>${syncId}</t:Exists>`, ['Alpha offer', 'beta Öffnung', 'Gamma']],
    ['Not', `<t:Not><t:Exists>${syncId}</t:Exists></t:Not>`, ['Gamma']],
    ['Or', `<t:Or>${compare('IsEqualTo', syncId, 'S-1')}${compare('IsEqualTo', syncId, 'S-2')}</t:Or>`, ['Alpha offer', 'beta Öffnung']],
    ['Contains, a substring without case', contains(field('item:Subject'), 'OFFER', 'Substring', 'IgnoreCase'), ['Alpha offer']],
    ['Contains, a prefix', contains(field('item:Subject'), 'beta', 'Prefixed', 'Exact'), ['beta Öffnung']],
    ['Contains, without accents', contains(field('item:Subject'), 'offnung', 'Substring', 'Loose'), ['beta Öffnung']],
    ['Contains, exactly', contains(field('item:Subject'), 'gamma', 'FullString', 'Exact'), []],
  ];
  for (const [name, expression, expected] of cases)
    it(`restricts by ${name}`, async () => {
      const answer = await client.call(findItem('tasks', restricted(expression) + order('task:DueDate', 'Ascending'), subjects));
      assert.deepEqual(answer.codes, ['NoError'], answer.text);
      assert.deepEqual(subjectsOf(answer), expected);
    });

  it('sorts in both directions and pages by index', async () => {
    const view = (offset: number): string => `<m:IndexedPageItemView MaxEntriesReturned="3" Offset="${offset}" BasePoint="Beginning"/>`;
    const first = await client.call(findItem('tasks', order('task:DueDate', 'Descending'), subjects, view(0)));
    assert.deepEqual(subjectsOf(first), ['Gamma', 'Gamma', 'beta Öffnung']);
    const root = child(first.messages[0], 'RootFolder')?.attributes;
    assert.deepEqual(root, { IndexedPagingOffset: '3', TotalItemsInView: '4', IncludesLastItemInRange: 'false' });
    const second = await client.call(findItem('tasks', order('task:DueDate', 'Descending'), subjects, view(3)));
    assert.deepEqual(subjectsOf(second), ['Alpha offer']);
    assert.equal(child(second.messages[0], 'RootFolder')?.attributes['IncludesLastItemInRange'], 'true');
  });

  it('answers each of several folders', async () => {
    const answer = await client.call(findItem('tasks', '', subjects).replace(folder('tasks'), folder('tasks') + folder('inbox')));
    assert.deepEqual(answer.codes, ['NoError', 'NoError']);
  });

  it('never delivers bodies', async () => {
    assert.deepEqual((await client.call(findItem('tasks', '', shape('IdOnly', field('item:Body'))))).codes, [
      'ErrorInvalidPropertyRequest',
    ]);
  });

  it('expands a series in a CalendarView across a clock change, in order', async () => {
    client.simulator.create(owner.address, {
      kind: 'appointment',
      subject: 'daily',
      start: '2026-03-28T09:00',
      end: '2026-03-28T09:30',
      recurrence: { pattern: 'daily', count: 3 },
    });
    client.simulator.create(owner.address, { kind: 'appointment', subject: 'single', start: '2026-03-29T08:00', end: '2026-03-29T08:30' });
    const view = '<m:CalendarView StartDate="2026-03-28T00:00:00Z" EndDate="2026-03-30T00:00:00Z"/>';
    const answer = await client.call(findItem('calendar', '', shape('Default'), view));
    assert.deepEqual(
      found(answer).map((item) => [property(item, 'Subject'), property(item, 'Start'), property(item, 'CalendarItemType')]),
      [
        ['daily', '2026-03-28T08:00:00Z', 'Occurrence'],
        ['single', '2026-03-29T06:00:00Z', 'Single'],
        ['daily', '2026-03-29T07:00:00Z', 'Occurrence'],
      ],
    );
    assert.deepEqual((await client.call(findItem('calendar', '', shape('Default'), view.replace('2026-03-30', '2029-03-30')))).codes, [
      'ErrorCalendarViewRangeTooBig',
    ]);
    assert.deepEqual(
      (
        await client.call(findItem('calendar', '', shape('Default'), view.replace('2026-03-30T00:00:00Z', '2026-03-29T02:30:00')), {
          header: inZone('W. Europe Standard Time'),
        })
      ).codes,
      ['NoError'],
    );
  });
});
