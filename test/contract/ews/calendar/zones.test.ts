import assert from 'node:assert/strict';
import {
  appointment,
  child,
  descend,
  idOf,
  inZone,
  itemOf,
  property,
  startClient,
  type Answer,
  type Client,
  type XmlElement,
} from '../harness';
import { get, itemId, occurrence, set, update, vienna } from './series';

const change = (to: string, month: number, occurrence: number, at: string): string =>
  `<t:RecurringDayTransition><t:To Kind="Period">${to}</t:To><t:TimeOffset>${at}</t:TimeOffset><t:Month>${month}</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>${occurrence}</t:Occurrence></t:RecurringDayTransition>`;

/** A zone with summer time, as .NET clients write it: two periods, one group. */
const definition = (element: string, attributes: string, bias: string, summer: string, changes: string): string =>
  `<t:${element} ${attributes}><t:Periods><t:Period Bias="${bias}" Name="Standard" Id="Std"/><t:Period Bias="${summer}" Name="Daylight" Id="Dlt"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">${changes}</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:${element}>`;

const european = change('Dlt', 3, -1, 'PT2H') + change('Std', 10, -1, 'PT3H');
const american = change('Dlt', 3, 2, 'PT2H') + change('Std', 11, 1, 'PT2H');

const fixed = (element: string, attributes: string, bias: string): string =>
  `<t:${element} ${attributes}><t:Periods><t:Period Bias="${bias}" Name="Standard" Id="Std"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0"><t:Transition><t:To Kind="Period">Std</t:To></t:Transition></t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:${element}>`;

describe('EWS appointments in zones', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  const times = (start = '2026-07-01T09:00:00', end = '2026-07-01T10:00:00'): string => `<t:Start>${start}</t:Start><t:End>${end}</t:End>`;
  const create = async (content: string, header = ''): Promise<Answer> => client.call(appointment(content), { header });
  const created = async (content: string, header = ''): Promise<XmlElement> => {
    const answer = await create(content, header);
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return itemOf(
      await client.call(
        `<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds>${itemId(idOf(answer).id)}</m:ItemIds></m:GetItem>`,
      ),
    );
  };
  const zone = (item: XmlElement, name = 'StartTimeZone'): string | undefined => child(item, name)?.attributes['Id'];
  const context = (content: string): string => `<t:TimeZoneContext>${content}</t:TimeZoneContext>`;

  it("reads times without an offset in the zone of the request, which becomes the appointment's", async () => {
    const item = await created(times(), inZone('Pacific Standard Time'));
    assert.equal(property(item, 'Start'), '2026-07-01T16:00:00Z');
    assert.equal(zone(item), 'Pacific Standard Time');
    assert.equal(zone(item, 'EndTimeZone'), 'Pacific Standard Time');
    assert.equal(property(item, 'StartTimeZoneId'), 'Pacific Standard Time');
    assert.equal(property(item, 'StartWallClock'), '2026-07-01T09:00:00-07:00');
    assert.equal(property(item, 'EndWallClock'), '2026-07-01T10:00:00-07:00');
    assert.equal(property(item, 'TimeZone'), undefined);
  });

  it('shows the clocks of Greenwich to whoever asks from elsewhere', async () => {
    const { id } = idOf(await create(times('2026-07-01T09:00:00Z', '2026-07-01T10:00:00Z')));
    const item = itemOf(await get(client, itemId(id)));
    assert.deepEqual(
      [property(item, 'Start'), property(item, 'StartWallClock')],
      ['2026-07-01T11:00:00+02:00', '2026-07-01T09:00:00+00:00'],
    );
  });

  it('shows a zone with its name and rules', async () => {
    const item = await created(`${times()}<t:StartTimeZone Id="W. Europe Standard Time"/>`);
    const shown = child(item, 'StartTimeZone');
    assert.equal(shown?.attributes['Name'], '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna');
    assert.deepEqual(
      child(shown, 'Periods')?.children.map(({ attributes }) => attributes['Bias']),
      ['-PT1H', '-PT2H'],
    );
    assert.ok(descend(shown, 'TransitionsGroups', 'TransitionsGroup', 'RecurringDayTransition'));
  });

  it('plans a series in its own zone, whatever the zone of the request', async () => {
    const recurrence =
      '<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence><t:NoEndRecurrence><t:StartDate>2026-03-01</t:StartDate></t:NoEndRecurrence></t:Recurrence>';
    const answer = await create(
      `${times('2026-03-01T12:00:00Z', '2026-03-01T13:00:00Z')}${recurrence}<t:StartTimeZone Id="Pacific Standard Time"/>`,
      inZone('W. Europe Standard Time'),
    );
    const { id } = idOf(answer);
    const starts = [];
    for (const index of [1, 2, 4, 5]) starts.push(property(itemOf(await get(client, occurrence(id, index))), 'Start'));
    assert.deepEqual(starts, [
      '2026-03-01T13:00:00+01:00',
      '2026-03-08T12:00:00+01:00',
      '2026-03-22T12:00:00+01:00',
      '2026-03-29T13:00:00+02:00',
    ]);
    assert.match(property(itemOf(await get(client, itemId(id))), 'TimeZone') ?? '', /Pacific Time/);
  });

  const custom: readonly (readonly [string, string, string, string, string])[] = [
    ['rules under an unknown id', 'Id="Customized Time Zone"', '-PT1H', '-PT2H', european],
    ['rules without an id', 'Name=""', 'P0DT5H0M0.0S', 'PT4H', american],
  ];
  for (const [name, attributes, bias, summer, changes] of custom)
    it(`takes ${name}, for an appointment and for a request`, async () => {
      const isEurope = bias === '-PT1H';
      const [start, wall] = isEurope
        ? ['2026-07-01T07:00:00Z', '2026-07-01T09:00:00+02:00']
        : ['2026-07-01T13:00:00Z', '2026-07-01T09:00:00-04:00'];
      const header = context(definition('TimeZoneDefinition', attributes, bias, summer, changes));
      assert.equal(property(await created(times(), header), 'Start'), start);
      const item = await created(
        `<t:IsAllDayEvent>false</t:IsAllDayEvent>${definition('StartTimeZone', attributes, bias, summer, changes)}`.replace(
          /^(<t:IsAllDayEvent>.*<\/t:IsAllDayEvent>)/,
          `${times(start, '2026-07-01T22:00:00Z')}$1`,
        ),
      );
      assert.equal(property(item, 'StartWallClock'), wall);
      if (isEurope) assert.equal(zone(item), 'Customized Time Zone');
    });

  it('keeps the name of a customised zone when something else is changed', async () => {
    const content = `${times()}${definition('StartTimeZone', 'Id="Mine" Name="My zone"', '-PT1H', '-PT2H', european)}`;
    const { id } = idOf(await create(content, inZone('W. Europe Standard Time')));
    assert.deepEqual((await update(client, itemId(id), set('Location', 'x'))).codes, ['NoError']);
    const item = itemOf(await get(client, itemId(id)));
    assert.deepEqual(child(item, 'StartTimeZone')?.attributes, { Id: 'Mine', Name: 'My zone' });
    assert.equal(property(item, 'Start'), '2026-07-01T09:00:00+02:00');
  });

  it('takes a zone without summer time by its offset', async () => {
    const item = await created(times(), context(fixed('TimeZoneDefinition', 'Id="x"', '-PT5H30M')));
    assert.equal(property(item, 'Start'), '2026-07-01T03:30:00Z');
  });

  it('takes the zone of clients of Exchange 2007', async () => {
    const yearly = (index: string, month: string): string =>
      `<t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>${index}</t:DayOfWeekIndex><t:Month>${month}</t:Month></t:RelativeYearlyRecurrence>`;
    const meeting = (days = 'Sunday'): string =>
      `<t:MeetingTimeZone><t:BaseOffset>PT8H</t:BaseOffset><t:Standard><t:Offset>PT0H</t:Offset>${yearly('First', 'November').replace('>Sunday<', `>${days}<`)}<t:Time>02:00:00</t:Time></t:Standard><t:Daylight><t:Offset>-PT1H</t:Offset>${yearly('Second', 'March')}<t:Time>02:00:00</t:Time></t:Daylight></t:MeetingTimeZone>`;
    const item = await created(`${times('2026-07-01T16:00:00Z', '2026-07-01T17:00:00Z')}${meeting()}`);
    assert.equal(zone(item), 'Pacific Standard Time');
    assert.equal(zone(item, 'EndTimeZone'), 'Pacific Standard Time');
    assert.equal(child(item, 'MeetingTimeZone'), undefined);
    const byName = await created(`${times()}<t:MeetingTimeZone TimeZoneName="Tokyo Standard Time"/>`);
    assert.equal(zone(byName), 'Tokyo Standard Time');
    const wrong = (content: string): Promise<readonly string[]> => create(`${times()}${content}`).then(({ codes }) => codes);
    assert.deepEqual(await wrong(meeting('Weekday')), ['ErrorCalendarInvalidDayForTimeChangePattern']);
    assert.deepEqual(await wrong('<t:MeetingTimeZone TimeZoneName="Nowhere"/>'), ['ErrorCalendarInvalidTimeZone']);
  });

  it('refuses zones it cannot know', async () => {
    const wrong = (content: string): Promise<readonly string[]> => create(`${times()}${content}`).then(({ codes }) => codes);
    assert.deepEqual(await wrong('<t:StartTimeZone Id="Nowhere Standard Time"/>'), ['ErrorTimeZone']);
    assert.deepEqual(await wrong('<t:StartTimeZone Id="Europe/Vienna"/>'), ['ErrorTimeZone']);
    assert.deepEqual(await wrong(fixed('StartTimeZone', 'Id="x"', 'PT17M')), ['ErrorTimeZone']);
    assert.deepEqual((await create(times(), inZone('Nowhere'))).codes, ['ErrorTimeZone']);
  });

  it("makes whole days of the appointment's own zone", async () => {
    const item = await created(
      `<t:Start>2026-07-01T10:00:00Z</t:Start><t:End>2026-07-02T04:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent><t:StartTimeZone Id="Pacific Standard Time"/>`,
      inZone('W. Europe Standard Time'),
    );
    assert.equal(property(item, 'Start'), '2026-07-01T07:00:00Z');
    assert.equal(property(item, 'End'), '2026-07-02T07:00:00Z');
    assert.equal(property(item, 'Duration'), 'P1D');
    assert.equal(property(item, 'IsAllDayEvent'), 'true');
  });

  it('keeps whole days whole where the clocks change', async () => {
    const recurrence =
      '<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-28</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';
    const { id } = idOf(
      await client.call(
        appointment(
          `<t:Start>2026-03-28T00:00:00</t:Start><t:End>2026-03-29T00:00:00</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>${recurrence}`,
        ),
        vienna,
      ),
    );
    const second = itemOf(await get(client, occurrence(id, 2)));
    assert.deepEqual([property(second, 'Start'), property(second, 'End')], ['2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00']);
  });

  it('lets start and end have zones of their own', async () => {
    const item = await created(
      `${times('2026-07-01T10:00:00Z', '2026-07-01T18:00:00Z')}<t:StartTimeZone Id="W. Europe Standard Time"/><t:EndTimeZone Id="Eastern Standard Time"/>`,
    );
    assert.equal(property(item, 'StartWallClock'), '2026-07-01T12:00:00+02:00');
    assert.equal(property(item, 'EndWallClock'), '2026-07-01T14:00:00-04:00');
    assert.equal(property(item, 'EndTimeZoneId'), 'Eastern Standard Time');
  });
});
