import assert from 'node:assert/strict';
import {
  child,
  created,
  deleteItem,
  findItem,
  getItem,
  inZone,
  itemOf,
  property,
  setField,
  shape,
  startClient,
  task,
  updateItem,
  type Client,
  type XmlElement,
} from '../harness';

const vienna = { header: inZone('W. Europe Standard Time') };

const recurrence = (pattern: string, range: string): string => `<t:Recurrence>${pattern}${range}</t:Recurrence>`;
const daily = (interval: number): string => `<t:DailyRecurrence><t:Interval>${interval}</t:Interval></t:DailyRecurrence>`;
const regeneration = (unit: string, interval: number): string =>
  `<t:${unit}Regeneration><t:Interval>${interval}</t:Interval></t:${unit}Regeneration>`;
const times = (count: number, start = '2026-03-02'): string =>
  `<t:NumberedRecurrence><t:StartDate>${start}</t:StartDate><t:NumberOfOccurrences>${count}</t:NumberOfOccurrences></t:NumberedRecurrence>`;
const endless = '<t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence>';
const until = (day: string): string =>
  `<t:EndDateRecurrence><t:StartDate>2026-03-02</t:StartDate><t:EndDate>${day}</t:EndDate></t:EndDateRecurrence>`;

describe('EWS tasks', () => {
  let client: Client;
  before(async () => {
    client = await startClient({ now: () => new Date('2026-03-10T10:00:00Z') });
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  const create = async (content: string): Promise<string> => (await created(client, task(content), vienna)).id;
  const read = async (id: string): Promise<XmlElement> => itemOf(await client.call(getItem(id), vienna));
  const all = async (): Promise<readonly XmlElement[]> => {
    const answer = await client.call(findItem('tasks', '', shape('AllProperties')), vienna);
    return child(child(answer.messages[0], 'RootFolder'), 'Items')?.children ?? [];
  };
  const clear = async (): Promise<void> => {
    for (const item of await all()) await client.call(deleteItem(child(item, 'ItemId')?.attributes['Id'] ?? ''));
  };
  afterEach(clear);
  const put = (id: string, updates: string): Promise<readonly string[]> =>
    client.call(updateItem({ id }, updates, 'ConflictResolution="AlwaysOverwrite"'), vienna).then(({ codes }) => codes);
  const set = (name: string, value: string): string => setField(`task:${name}`, 'Task', `<t:${name}>${value}</t:${name}>`);
  const complete = (id: string): Promise<readonly string[]> => put(id, set('Status', 'Completed'));
  const days = (item: XmlElement): readonly (string | undefined)[] =>
    ['StartDate', 'DueDate'].map((name) => property(item, name)?.slice(0, 10));

  it('keeps what a client says of the work', async () => {
    const content =
      '<t:ActualWork>5</t:ActualWork><t:BillingInformation>b</t:BillingInformation><t:Companies><t:String>c1</t:String><t:String>c2</t:String></t:Companies><t:Contacts><t:String>p</t:String></t:Contacts><t:Mileage>15 km</t:Mileage><t:Owner>Someone</t:Owner><t:TotalWork>10</t:TotalWork>';
    const item = await read(await create(content));
    const texts = ['ActualWork', 'BillingInformation', 'Mileage', 'Owner', 'TotalWork'].map((name) => property(item, name));
    assert.deepEqual(texts, ['5', 'b', '15 km', 'Someone', '10']);
    assert.deepEqual(
      child(item, 'Companies')?.children.map(({ text }) => text),
      ['c1', 'c2'],
    );
    const defaults = ['Status', 'StatusDescription', 'PercentComplete', 'IsComplete', 'IsRecurring', 'IsTeamTask', 'ChangeCount'];
    assert.deepEqual(
      defaults.map((name) => property(item, name)),
      ['NotStarted', 'Not Started', '0', 'false', 'false', 'false', '1'],
    );
  });

  it('counts its changes', async () => {
    const id = await create('<t:Subject>1</t:Subject>');
    await put(id, set('Mileage', '1'));
    await put(id, set('Mileage', '2'));
    assert.equal(property(await read(id), 'ChangeCount'), '3');
  });

  const refused = ['DelegationState', 'StatusDescription', 'ChangeCount', 'IsComplete', 'Owner'] as const;
  const values: Readonly<Record<string, string>> = { DelegationState: 'Owned', ChangeCount: '5', IsComplete: 'true' };
  for (const name of refused)
    it(`does not let a client change ${name}`, async () => {
      const id = await create('<t:Subject>1</t:Subject>');
      assert.deepEqual(await put(id, set(name, values[name] ?? 'x')), ['ErrorInvalidPropertySet']);
      if (name === 'Owner') return;
      const created = await client.call(task(`<t:${name}>${values[name] ?? 'x'}</t:${name}>`));
      assert.deepEqual(created.codes, ['ErrorInvalidPropertySet']);
    });

  it('lets the last of status, percentage and completion decide', async () => {
    const state = (item: XmlElement): readonly (string | undefined)[] =>
      ['Status', 'PercentComplete', 'CompleteDate'].map((name) => property(item, name));
    const id = await create(
      '<t:CompleteDate>2026-03-01T00:00:00</t:CompleteDate><t:PercentComplete>100</t:PercentComplete><t:Status>NotStarted</t:Status>',
    );
    assert.deepEqual(state(await read(id)), ['NotStarted', '0', undefined]);
    await put(id, set('Status', 'Completed') + set('PercentComplete', '30'));
    assert.deepEqual(state(await read(id)), ['InProgress', '30', undefined]);
    await put(id, set('PercentComplete', '60') + set('CompleteDate', '2026-03-09T00:00:00'));
    assert.deepEqual(state(await read(id)), ['Completed', '100', '2026-03-09T00:00:00+01:00']);
    await put(id, '<t:DeleteItemField><t:FieldURI FieldURI="task:CompleteDate"/></t:DeleteItemField>');
    assert.deepEqual(state(await read(id)), ['NotStarted', '0', undefined]);
  });

  it('never starts a task after it is due', async () => {
    const id = await create('<t:DueDate>2026-03-05T00:00:00</t:DueDate><t:StartDate>2026-03-03T00:00:00</t:StartDate>');
    await put(id, set('StartDate', '2026-03-07T00:00:00'));
    assert.deepEqual(days(await read(id)), ['2026-03-07', '2026-03-07']);
    await put(id, set('DueDate', '2026-03-01T00:00:00'));
    assert.deepEqual(days(await read(id)), ['2026-03-01', '2026-03-01']);
  });

  describe('that recur', () => {
    it('begin with the first occurrence, as long as they take', async () => {
      const weekly =
        '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Friday</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>';
      const dates = '<t:DueDate>2026-03-04T00:00:00</t:DueDate>';
      const item = await read(await create(`${dates}${recurrence(weekly, endless)}<t:StartDate>2026-03-02T00:00:00</t:StartDate>`));
      assert.deepEqual(days(item), ['2026-03-06', '2026-03-08']);
      assert.equal(property(item, 'IsRecurring'), 'true');
      assert.deepEqual(days(await read(await create(recurrence(weekly, endless)))), ['2026-03-06', '2026-03-06']);
    });

    it('go on with the next occurrence when one is completed, which becomes a task of its own', async () => {
      const id = await create(`<t:Subject>Again</t:Subject>${recurrence(daily(3), times(3))}`);
      await put(id, set('PercentComplete', '50'));
      assert.deepEqual(await complete(id), ['NoError']);
      const next = await read(id);
      assert.deepEqual(days(next), ['2026-03-05', '2026-03-05']);
      assert.deepEqual(
        ['Status', 'PercentComplete', 'IsRecurring', 'CompleteDate'].map((name) => property(next, name)),
        ['NotStarted', '0', 'true', undefined],
      );
      const done = (await all()).filter((item) => property(item, 'IsComplete') === 'true');
      assert.deepEqual(done.map(days), [['2026-03-02', '2026-03-02']]);
      assert.deepEqual(
        done.map((item) => [property(item, 'Subject'), property(item, 'IsRecurring'), property(item, 'CompleteDate')]),
        [['Again', 'false', '2026-03-10T00:00:00+01:00']],
      );
    });

    it('end with the last occurrence', async () => {
      const id = await create(recurrence(daily(3), times(2)));
      await complete(id);
      await complete(id);
      assert.equal((await all()).length, 2);
      assert.equal(property(await read(id), 'IsComplete'), 'true');
    });

    it('are not split again by later changes of a completed one', async () => {
      const id = await create(recurrence(daily(3), times(1)));
      await complete(id);
      await put(id, set('Mileage', '1'));
      assert.equal((await all()).length, 1);
    });

    const regenerating: readonly (readonly [string, number, string])[] = [
      ['Daily', 4, '2026-03-14'],
      ['Weekly', 2, '2026-03-24'],
      ['Monthly', 1, '2026-04-10'],
      ['Yearly', 1, '2027-03-10'],
    ];
    for (const [unit, interval, expected] of regenerating)
      it(`are generated anew after they are completed: ${unit}`, async () => {
        const id = await create(recurrence(regeneration(unit, interval), times(2)));
        await complete(id);
        const next = await read(id);
        assert.deepEqual(days(next), [expected, expected]);
        const [pattern, range] = child(next, 'Recurrence')?.children ?? [];
        assert.equal(pattern?.name, `${unit}Regeneration`);
        assert.equal(child(range, 'NumberOfOccurrences')?.text, '1');
        await complete(id);
        assert.equal(property(await read(id), 'IsComplete'), 'true');
      });

    const wrong: readonly (readonly [string, string, string])[] = [
      ['an end day for what is generated anew', recurrence(regeneration('Daily', 1), until('2026-04-01')), 'ErrorUnsupportedRecurrence'],
      ['an interval of 1000 days', recurrence(daily(1000), endless), 'ErrorCalendarOutOfRange'],
      ['an interval of no months', recurrence(regeneration('Monthly', 0), endless), 'ErrorCalendarOutOfRange'],
      ['a range without an occurrence', recurrence(daily(1), until('2026-03-01')), 'ErrorRecurrenceHasNoOccurrence'],
    ];
    for (const [name, content, code] of wrong)
      it(`are refused with ${name}`, async () => assert.deepEqual((await client.call(task(content))).codes, [code]));

    const only = (id: string): Promise<readonly string[]> =>
      client.call(deleteItem(id, 'HardDelete', 'AffectedTaskOccurrences="SpecifiedOccurrenceOnly"'), vienna).then(({ codes }) => codes);

    it('leave out one occurrence when only that is deleted, and go as a whole otherwise', async () => {
      const id = await create(recurrence(daily(3), times(2)));
      assert.deepEqual(await only(id), ['NoError']);
      assert.deepEqual(days(await read(id)), ['2026-03-05', '2026-03-05']);
      assert.deepEqual(await only(id), ['ErrorCannotDeleteTaskOccurrence']);
      assert.equal((await all()).length, 1);
      await client.call(deleteItem(id));
      assert.deepEqual((await client.call(getItem(id))).codes, ['ErrorItemNotFound']);
    });

    it('are the only ones that have occurrences to delete', async () => {
      const id = await create('<t:Subject>Once</t:Subject>');
      assert.deepEqual(await only(id), ['ErrorCannotDeleteTaskOccurrence']);
      const answer = await client.call(deleteItem(id, 'HardDelete', ''));
      assert.deepEqual(answer.codes, ['ErrorAffectedTaskOccurrencesRequired']);
    });
  });
});
