import assert from 'node:assert/strict';
import { IANAZone } from 'luxon';
import { rulesOfWindowsZone } from '../../../../simulator/time-zones/definition';
import { zoneNames } from '../../../../simulator/time-zones/names';
import { occurrenceOf, type Moment, type ZoneRule } from '../../../../simulator/time-zones/rules';
import { ianaZone } from '../../../../simulator/time';
import { child, descend, startClient, type Client, type XmlElement } from '../harness';

const request = (ids: readonly string[], full?: boolean): string =>
  `<m:GetServerTimeZones${full === undefined ? '' : ` ReturnFullTimeZoneData="${full}"`}>${ids.length === 0 ? '' : `<m:Ids>${ids.map((id) => `<t:Id>${id}</t:Id>`).join('')}</m:Ids>`}</m:GetServerTimeZones>`;

const definitions = (message: XmlElement | undefined): readonly XmlElement[] => child(message, 'TimeZoneDefinitions')?.children ?? [];

const day = 86_400_000;

/** The moment of a year, as UTC milliseconds of the local time. */
const localMoment = (moment: Moment, year: number): number => {
  const occurrence = occurrenceOf(moment);
  const wanted = moment.weekday % 7;
  const [first, last] = [new Date(Date.UTC(year, moment.month - 1, 1)), new Date(Date.UTC(year, moment.month, 0))];
  const date =
    occurrence === -1
      ? last.getTime() - ((last.getUTCDay() - wanted + 7) % 7) * day
      : first.getTime() + (((wanted - first.getUTCDay() + 7) % 7) + 7 * (occurrence - 1)) * day;
  return date + moment.minutes * 60_000;
};

const offsetBy = (rules: readonly ZoneRule[], at: number): number => {
  const date = new Date(at).toISOString().slice(0, 10);
  const rule = rules.findLast(({ from }) => from <= date) ?? rules[0];
  assert.ok(rule);
  const { standard, daylight } = rule;
  if (!daylight) return standard;
  const year = Number(date.slice(0, 4));
  const begins = localMoment(daylight.begins, year) - standard * 60_000;
  const ends = localMoment(daylight.ends, year) - daylight.offset * 60_000;
  const isDaylight = begins < ends ? at >= begins && at < ends : at >= begins || at < ends;
  return isDaylight ? daylight.offset : standard;
};

describe('GetServerTimeZones', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  it('gives id and name of every zone when asked for no more', async () => {
    const answer = await client.call(request([], false));
    assert.deepEqual(answer.codes, ['NoError']);
    const zones = definitions(answer.messages[0]);
    assert.ok(zones.length > 130);
    assert.ok(zones.every((zone) => zone.children.length === 0));
    assert.deepEqual(zones.find(({ attributes }) => attributes['Id'] === 'W. Europe Standard Time')?.attributes, {
      Id: 'W. Europe Standard Time',
      Name: '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna',
    });
  });

  it('gives whole definitions where the attribute is absent', async () => {
    const answer = await client.call(request(['W. Europe Standard Time']));
    const [zone] = definitions(answer.messages[0]);
    const periods = child(zone, 'Periods')?.children.map(({ attributes }) => [attributes['Name'], attributes['Bias']]);
    assert.deepEqual(periods, [
      ['Standard', '-PT1H'],
      ['Daylight', '-PT2H'],
    ]);
    const changes = descend(zone, 'TransitionsGroups', 'TransitionsGroup')?.children ?? [];
    assert.deepEqual(
      changes.map((change) => change.children.map(({ text }) => text)),
      [
        ['trule:Microsoft/Registry/W. Europe Standard Time/1-Daylight', 'PT2H', '3', 'Sunday', '-1'],
        ['trule:Microsoft/Registry/W. Europe Standard Time/1-Standard', 'PT3H', '10', 'Sunday', '-1'],
      ],
    );
    assert.equal(child(zone, 'Transitions')?.children.length, 1);
  });

  it('knows when the rules of a zone changed', async () => {
    const answer = await client.call(request(['Eastern Standard Time'], true));
    const [zone] = definitions(answer.messages[0]);
    const [first, second, ...rest] = child(zone, 'Transitions')?.children ?? [];
    assert.equal(first?.name, 'Transition');
    assert.deepEqual(
      second?.children.map(({ text }) => text),
      ['1', '2007-01-01T00:00:00'],
    );
    assert.deepEqual(rest, []);
  });

  it('gives a zone without summer time one period and one transition to it', async () => {
    const [zone] = definitions((await client.call(request(['UTC'], true))).messages[0]);
    assert.deepEqual(
      child(zone, 'Periods')?.children.map(({ attributes }) => attributes['Bias']),
      ['PT0S'],
    );
    assert.equal(descend(zone, 'TransitionsGroups', 'TransitionsGroup')?.children[0]?.name, 'Transition');
  });

  it('leaves out zones it does not know, and repeats none', async () => {
    const answer = await client.call(request(['Nowhere Time', 'Tokyo Standard Time', 'Tokyo Standard Time'], true));
    assert.deepEqual(answer.codes, ['NoError']);
    assert.deepEqual(
      definitions(answer.messages[0]).map(({ attributes }) => attributes['Id']),
      ['Tokyo Standard Time'],
    );
  });

  it('describes all zones whole, each in a form clients can read', async () => {
    const zones = definitions((await client.call(request([]))).messages[0]);
    assert.equal(zones.length, Object.keys(zoneNames).length);
    for (const zone of zones) {
      const periods = child(zone, 'Periods')?.children.map(({ attributes }) => attributes['Id']) ?? [];
      assert.equal(new Set(periods).size, periods.length, `periods of ${zone.attributes['Id'] ?? ''}`);
      for (const group of child(zone, 'TransitionsGroups')?.children ?? []) {
        const names = group.children.map(({ name }) => name);
        assert.ok(['Transition', 'RecurringDayTransition,RecurringDayTransition'].includes(names.join()), names.join());
        for (const change of group.children) assert.ok(periods.includes(child(change, 'To')?.text));
      }
    }
  });

  it('describes the offsets that all zones really have, month by month', () => {
    for (const id of Object.keys(zoneNames)) {
      const rules = rulesOfWindowsZone(id);
      const zone = IANAZone.create(ianaZone(id));
      for (let at = Date.UTC(2001, 0, 15, 12); at < Date.UTC(2030, 0); at += 29 * day)
        assert.equal(offsetBy(rules, at), zone.offset(at), `${id} ${new Date(at).toISOString()}`);
    }
  });
});
