/**
 * Every conflict rule with every pair of changes, through the shipped flow: whichever side changed last and whichever direction is worked
 * through first. Rows of the journal are held until both sides have changed, and then let go in the order of the case.
 */
import assert from 'node:assert/strict';
import { conflictRules, type ConflictRule } from '../../lib/model/employee-options';
import { until } from '../../testing/wait';
import { shippedFlow } from '../support/shipped-flow';
import { startSite } from '../support/site';
import type { Site } from '../support/site';

const mailboxes = { erp: 'anna@x.test', exchange: 'ben@x.test', last: 'cora@x.test', manual: 'dora@x.test' } as const;
const employeeOf = (rule: ConflictRule): number => Object.keys(mailboxes).indexOf(rule) + 1;

/** What happened on each side; the first is the ERP. */
const cases = ['same field', 'one group', 'different fields', 'edit/delete', 'delete/edit', 'delete/delete', 'create/create'] as const;
type Case = (typeof cases)[number];
type System = 'erp' | 'exchange';
type First = 'inbound' | 'outbound';

interface Item {
  readonly name: string;
  readonly rule: ConflictRule;
  readonly change: Case;
  readonly last: System;
  readonly first: First;
}

/** What a side shows of an item; null: it is not there. */
type Seen = { readonly location: string; readonly body: string; readonly times: string } | null;

interface Outcome {
  readonly erp: readonly Seen[];
  readonly exchange: readonly Seen[];
  /** Rows that wait for a person. */
  readonly parked: number;
  /** Locations that the journal keeps as lost; of times, which one. */
  readonly lost: readonly string[];
}

const systems = ['erp', 'exchange'] as const;
const items: readonly Item[] = conflictRules.flatMap((rule) =>
  cases.flatMap((change) =>
    systems.flatMap((last) =>
      (['inbound', 'outbound'] as const).map((first) => ({
        name: `${rule}, ${change}, ${last} changed last, ${first} first`,
        rule,
        change,
        last,
        first,
      })),
    ),
  ),
);

const original = { location: 'before', body: 'before', times: '09:00-10:00' };
const edit = { erp: { ...original, location: 'ERP' }, exchange: { ...original, location: 'Exchange' } };
/** The ERP begins earlier, Exchange ends later. */
const moved = { erp: { ...original, times: '08:00-10:00' }, exchange: { ...original, times: '09:00-11:00' } };
const settled = (version: Seen, lost: readonly string[] = []): Outcome => {
  const there = version === null ? [] : [version];
  return { erp: there, exchange: there, parked: 0, lost };
};

const expected = ({ rule, change, last }: Item): Outcome => {
  const winner = rule === 'last' ? last : rule;
  switch (change) {
    case 'same field':
      if (winner === 'manual') return { erp: [edit.erp], exchange: [edit.exchange], parked: 1, lost: [] };
      return settled(edit[winner], [winner === 'erp' ? 'Exchange' : 'ERP']);
    case 'one group':
      if (winner === 'manual') return { erp: [moved.erp], exchange: [moved.exchange], parked: 1, lost: [] };
      return settled(moved[winner], [winner === 'erp' ? 'end' : 'start']);
    case 'different fields':
      return settled({ ...original, location: 'Exchange', body: 'ERP' });
    case 'edit/delete':
      if (rule === 'manual') return { erp: [edit.erp], exchange: [], parked: 1, lost: [] };
      return rule === 'exchange' ? settled(null, ['ERP']) : settled(edit.erp);
    case 'delete/edit':
      if (rule === 'manual') return { erp: [], exchange: [edit.exchange], parked: 1, lost: [] };
      return rule === 'erp' ? settled(null, ['Exchange']) : settled(edit.exchange);
    case 'delete/delete':
      return settled(null);
    case 'create/create':
      // Two creations are two items, on both sides.
      return { erp: [edit.erp, edit.exchange], exchange: [edit.erp, edit.exchange], parked: 0, lost: [] };
  }
};

/** Decisions of a person, on conflicts of the rule "manual". */
const decisions = [
  { name: 'take ERP', change: 'same field', take: 'erp', outcome: [edit.erp] },
  { name: 'take Exchange', change: 'same field', take: 'exchange', outcome: [edit.exchange] },
  { name: 'field by field', change: 'both fields', take: 'fields', outcome: [{ ...original, location: 'ERP', body: 'Exchange' }] },
  { name: 'keep both', change: 'same field', take: 'both', outcome: [edit.erp, edit.exchange] },
  { name: 'take the edit of the ERP, not the deletion', change: 'edit/delete', take: 'erp', outcome: [edit.erp] },
  { name: 'take the deletion in Exchange', change: 'edit/delete', take: 'exchange', outcome: [] },
  { name: 'take the deletion in the ERP', change: 'delete/edit', take: 'erp', outcome: [] },
  { name: 'keep both of which one is deleted', change: 'delete/edit', take: 'both', outcome: [edit.exchange] },
  {
    name: 'take ERP, and the ERP changes further',
    change: 'same field',
    take: 'erp',
    then: 'erp',
    outcome: [{ ...original, location: 'ERP 2' }],
  },
  { name: 'take ERP, and Exchange changes further', change: 'same field', take: 'erp', then: 'exchange', outcome: [edit.erp] },
  { name: 'take Exchange, and the ERP changes further', change: 'same field', take: 'exchange', then: 'erp', outcome: [edit.exchange] },
  {
    name: 'take Exchange, and Exchange changes further',
    change: 'same field',
    take: 'exchange',
    then: 'exchange',
    outcome: [{ ...original, location: 'Exchange 2' }],
  },
  { name: 'take ERP, and the ERP takes its change back', change: 'same field', take: 'erp', then: 'back', outcome: [original] },
] as const;

const held = '9999';

describe('conflicts through the shipped flow', function () {
  this.timeout(60_000);
  let site: Site;
  const exchangeIds = new Map<string, string>();
  const outcomes = new Map<string, Outcome>();
  const parkedBefore = new Map<string, number>();

  const answerTo = async (request: object): Promise<unknown> => {
    const answered = site.messagesAt('sync-debug-list').length;
    site.send('sync-control', { payload: request });
    const message = await until('sync-control answers', () => site.messagesAt('sync-debug-list')[answered]);
    return message['payload'];
  };
  const run = (statement: string, ...values: (string | number)[]) => site.erp.prepare(statement).run(...values);
  const rowsOf = (statement: string, ...values: (string | number)[]) => site.erp.prepare(statement).all(...values);

  /** Rows that are queued from now on wait until they are let go. */
  const holdRows = (): void => {
    site.erp.exec(`CREATE TRIGGER test_hold AFTER INSERT ON sync_journal
      BEGIN UPDATE sync_journal SET not_before = '${held}' WHERE id = NEW.id; END;
      CREATE TRIGGER test_hold_again AFTER UPDATE ON sync_journal WHEN OLD.state = 'conflict' AND NEW.state = 'open'
      BEGIN UPDATE sync_journal SET not_before = '${held}' WHERE id = NEW.id; END`);
  };
  const letGo = (direction: First, names: readonly string[]): void => {
    const ofItem = `(erp_id IN (SELECT CAST(id AS TEXT) FROM test_item WHERE name IN (${names.map(() => '?').join(', ')}))
      OR exchange_id IN (SELECT exchange_id FROM test_item WHERE name IN (${names.map(() => '?').join(', ')})))`;
    run(
      `UPDATE sync_journal SET not_before = '' WHERE not_before = '${held}' AND direction = ? AND ${ofItem}`,
      direction,
      ...names,
      ...names,
    );
  };
  /** An item waits with its newest row: Exchange may have told of it once more. */
  const waitsWithNewer = `EXISTS (SELECT 1 FROM sync_journal n WHERE n.state = 'open' AND n.not_before = '${held}' AND n.id > j.id
    AND n.direction = j.direction AND (n.exchange_id = j.exchange_id OR n.erp_id = j.erp_id))`;
  const atRest = () =>
    until(
      'what was let go has ended',
      () =>
        rowsOf(`SELECT 1 FROM sync_journal j WHERE state = 'leased'
          OR (state = 'open' AND not_before <> '${held}' AND NOT ${waitsWithNewer})`).length === 0,
      30_000,
    );
  const anyHeld = (): boolean => rowsOf(`SELECT 1 FROM sync_journal WHERE state = 'open' AND not_before = '${held}'`).length > 0;

  const changeErp = (name: string, fields: Readonly<Record<string, string>>, last: boolean): void => {
    // A stamp that a program sets by itself stands; the mailbox has the clock's.
    const stamped = { ...fields, updated_at: last ? '2090-01-01T00:00:00Z' : '2001-01-01T00:00:00Z' };
    const names = Object.keys(stamped);
    run(`UPDATE appointment SET ${names.map((field) => `${field} = ?`).join(', ')} WHERE subject = ?`, ...Object.values(stamped), name);
  };
  const changeExchange = (mailbox: string, name: string, form: { location?: string; body?: string; end?: string }): void => {
    site.simulator.update(mailbox, exchangeIds.get(name) ?? '', { kind: 'appointment', ...form });
  };
  const createErp = (rule: ConflictRule, name: string, location: string): void => {
    run(
      `INSERT INTO appointment (employee_id, subject, location, body, start_at, end_at)
       VALUES (?, ?, ?, 'before', '2026-12-01 09:00:00', '2026-12-01 10:00:00')`,
      employeeOf(rule),
      name,
      location,
    );
  };

  /** Both sides change; how many changes Exchange will tell of. */
  const apply = (rule: ConflictRule, name: string, change: Case | 'both fields', last: System): number => {
    const mailbox = mailboxes[rule];
    const erpLast = last === 'erp';
    switch (change) {
      case 'same field':
        changeErp(name, { location: 'ERP' }, erpLast);
        changeExchange(mailbox, name, { location: 'Exchange' });
        return 1;
      case 'one group':
        changeErp(name, { start_at: '2026-12-01 08:00:00' }, erpLast);
        changeExchange(mailbox, name, { end: '2026-12-01T11:00' });
        return 1;
      case 'both fields':
        changeErp(name, { location: 'ERP', body: 'ERP' }, erpLast);
        changeExchange(mailbox, name, { location: 'Exchange', body: 'Exchange' });
        return 1;
      case 'different fields':
        changeErp(name, { body: 'ERP' }, erpLast);
        changeExchange(mailbox, name, { location: 'Exchange' });
        return 1;
      case 'edit/delete':
        changeErp(name, { location: 'ERP' }, erpLast);
        site.simulator.delete(mailbox, exchangeIds.get(name) ?? '');
        return 1;
      case 'delete/edit':
        run('DELETE FROM appointment WHERE subject = ?', name);
        changeExchange(mailbox, name, { location: 'Exchange' });
        return 1;
      case 'delete/delete':
        run('DELETE FROM appointment WHERE subject = ?', name);
        site.simulator.delete(mailbox, exchangeIds.get(name) ?? '');
        return 1;
      case 'create/create': {
        createErp(rule, name, 'ERP');
        const form = {
          kind: 'appointment',
          subject: name,
          location: 'Exchange',
          body: 'before',
          start: '2026-12-01T09:00',
          end: '2026-12-01T10:00',
        } as const;
        const id = site.simulator.create(mailbox, form);
        run('INSERT INTO test_item SELECT ?, id, ? FROM appointment WHERE subject = ?', name, id, name);
        return 1;
      }
    }
  };

  const parkedRows = (name: string): readonly number[] =>
    rowsOf(
      `SELECT id FROM sync_journal WHERE state = 'conflict' AND (erp_id IN (SELECT CAST(id AS TEXT) FROM test_item WHERE name = ?)
        OR exchange_id IN (SELECT exchange_id FROM test_item WHERE name = ?))`,
      name,
      name,
    ).map((row) => Number(row['id']));
  const lostOf = (name: string): readonly string[] =>
    rowsOf(
      `SELECT DISTINCT coalesce(details ->> '$.lost.location', iif(details ->> '$.lost.start' IS NULL, NULL, 'start'),
         iif(details ->> '$.lost.end' IS NULL, NULL, 'end')) AS lost FROM sync_journal
       WHERE details ->> '$.lost' IS NOT NULL AND (erp_id IN (SELECT CAST(id AS TEXT) FROM test_item WHERE name = ?)
         OR exchange_id IN (SELECT exchange_id FROM test_item WHERE name = ?))`,
      name,
      name,
    ).map((row) => String(row['lost']));
  const timesOf = (start: string, end: string): string => `${start.slice(11, 16)}-${end.slice(11, 16)}`;
  const byLocation = (seen: readonly NonNullable<Seen>[]) => seen.toSorted((a, b) => a.location.localeCompare(b.location));
  const seenOf = (rule: ConflictRule, name: string): Outcome => ({
    erp: byLocation(
      rowsOf('SELECT location, body, start_at, end_at FROM appointment WHERE subject = ?', name).map((row) => ({
        location: String(row['location']),
        body: String(row['body']),
        times: timesOf(String(row['start_at']), String(row['end_at'])),
      })),
    ),
    exchange: byLocation(
      site.simulator
        .items(mailboxes[rule], 'calendar')
        .filter((item) => item.subject === name)
        .map(({ location = '', body, start = '', end = '' }) => ({ location, body: body.trim(), times: timesOf(start, end) })),
    ),
    parked: parkedRows(name).length,
    lost: lostOf(name),
  });

  before(async () => {
    site = await startSite(shippedFlow('bidirectional-sync.json'), {
      employees: Object.values(mailboxes),
      watched: ['sync-debug-list'],
    });
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    for (const rule of conflictRules)
      await answerTo({ action: 'set-employee', employee: String(employeeOf(rule)), options: { conflictRule: rule } });
    const known = [
      ...items.filter(({ change }) => change !== 'create/create').map(({ rule, name }) => ({ rule, name })),
      ...decisions.map(({ name }) => ({ rule: 'manual' as const, name })),
    ];
    site.erp.exec('CREATE TABLE test_item (name TEXT, id INTEGER, exchange_id TEXT)');
    for (const { rule, name } of known) createErp(rule, name, 'before');
    await until('every item is linked', () => rowsOf("SELECT 1 FROM sync_link WHERE state = 'active'").length === known.length, 30_000);
    await site.quiet();
    site.erp.exec(`INSERT INTO test_item SELECT a.subject, a.id, l.exchange_id FROM sync_link l
      JOIN appointment a ON l.erp_id = CAST(a.id AS TEXT) WHERE l.kind = 'appointment'`);
    for (const row of rowsOf('SELECT name, exchange_id FROM test_item')) exchangeIds.set(String(row['name']), String(row['exchange_id']));

    holdRows();
    let told = 0;
    for (const { rule, name, change, last } of items) told += apply(rule, name, change, last);
    for (const { name, change } of decisions) told += apply('manual', name, change, 'erp');
    await until(
      'Exchange told of every change',
      () => rowsOf("SELECT DISTINCT exchange_id FROM sync_journal WHERE state = 'open' AND direction = 'inbound'").length >= told,
      30_000,
    );
    const namesOf = (first: First) => [
      ...items.filter((item) => item.first === first).map(({ name }) => name),
      ...(first === 'outbound' ? decisions.map(({ name }) => name) : []),
    ];
    const [inboundFirst, outboundFirst] = [namesOf('inbound'), namesOf('outbound')];
    for (let round = 0; round < 3 && anyHeld(); round += 1) {
      letGo('inbound', inboundFirst);
      letGo('outbound', outboundFirst);
      await atRest();
      letGo('inbound', outboundFirst);
      letGo('outbound', inboundFirst);
      await atRest();
    }
    for (const { name } of decisions) parkedBefore.set(name, parkedRows(name).length);

    for (const decision of decisions) {
      const { name, take } = decision;
      const fields = take === 'fields' ? { fields: { location: 'erp', body: 'exchange' } } : {};
      await answerTo({ action: 'decide', id: parkedRows(name)[0] ?? 0, take, ...fields });
      const then = 'then' in decision ? decision.then : null;
      if (then === 'erp') changeErp(name, { location: 'ERP 2' }, false);
      if (then === 'back') changeErp(name, { location: 'before' }, false);
      if (then === 'exchange') changeExchange(mailboxes.manual, name, { location: 'Exchange 2' });
    }
    site.erp.exec(
      `DROP TRIGGER test_hold; DROP TRIGGER test_hold_again; UPDATE sync_journal SET not_before = '' WHERE not_before = '${held}'`,
    );
    await site.quiet();
    for (const { rule, name } of items) outcomes.set(name, seenOf(rule, name));
    for (const { name } of decisions) outcomes.set(name, seenOf('manual', name));
  });
  after(() => site.stop());

  for (const item of items) {
    it(item.name, () => {
      assert.deepEqual(outcomes.get(item.name), expected(item));
    });
  }

  it('the journal says of everything that was lost that the rule decided, or a person', () => {
    const codes = rowsOf(
      `SELECT DISTINCT CASE employee_id WHEN '${employeeOf('manual')}' THEN 'person' ELSE 'rule' END AS who, note_code FROM sync_journal
       WHERE json_extract(details, '$.lost') IS NOT NULL ORDER BY who, note_code`,
    );
    assert.deepEqual(
      codes.map((row) => [row['who'], row['note_code']]),
      [
        ['person', 'conflict-chosen'],
        ['person', 'conflict-not-chosen'],
        ['rule', 'conflict-decided'],
        ['rule', 'conflict-lost'],
      ],
    );
  });

  describe('decided by a person', () => {
    for (const { name, outcome } of decisions) {
      it(name, () => {
        assert.equal(parkedBefore.get(name), 1, 'one row waits, whichever direction parked it');
        const seen = outcomes.get(name);
        assert.deepEqual(
          { erp: seen?.erp, exchange: seen?.exchange, parked: seen?.parked },
          { erp: outcome, exchange: outcome, parked: 0 },
        );
      });
    }
  });

  it('leaves no row unended, no item without its link and no failure', () => {
    assert.deepEqual(rowsOf("SELECT note FROM sync_journal WHERE state IN ('open', 'leased', 'failed')"), []);
    assert.deepEqual(site.errors, []);
    const links = rowsOf("SELECT 1 FROM sync_link WHERE state = 'active'").length;
    const waiting = rowsOf("SELECT 1 FROM sync_journal WHERE state = 'conflict'").length;
    const records = rowsOf('SELECT 1 FROM appointment').length;
    const gone = items.filter((item) => item.rule === 'manual' && item.change === 'delete/edit').length;
    assert.equal(links, records + gone, 'a deletion that waits keeps its link');
    assert.equal(waiting, items.filter((item) => expected(item).parked > 0).length);
  });

  describe('a conference of two employees, which no mailbox changes in the ERP (D12)', () => {
    const [cora, dora] = [mailboxes.last, mailboxes.manual];
    const inMailbox = (mailbox: string, name: string) => site.simulator.items(mailbox, 'calendar').find((item) => item.subject === name);
    const locations = (name: string) => [
      rowsOf('SELECT location FROM appointment WHERE subject = ?', name)[0]?.['location'],
      inMailbox(cora, name)?.location,
      inMailbox(dora, name)?.location,
    ];
    const idOf = (name: string) => Number(rowsOf('SELECT id FROM appointment WHERE subject = ?', name)[0]?.['id']);
    const names = ['kept', 'changed further', 'deleted in one mailbox', 'deleted in the ERP', 'left'];
    before(async () => {
      for (const name of names) {
        createErp('last', name, 'before');
        run('INSERT INTO appointment_participant (appointment_id, employee_id) VALUES (?, ?)', idOf(name), employeeOf('manual'));
      }
      await until('both have them', () => names.every((name) => locations(name).every((location) => location === 'before')), 30_000);
      await site.quiet();
      for (const name of names.slice(0, 2).concat(names.slice(3)))
        site.simulator.update(dora, inMailbox(dora, name)?.id ?? '', { kind: 'appointment', location: 'Exchange' });
      site.simulator.delete(dora, inMailbox(dora, 'deleted in one mailbox')?.id ?? '');
      await site.quiet();
    });

    it('stays as it was when a participant changes or deletes it', () => {
      assert.deepEqual(locations('kept'), ['before', 'before', 'Exchange']);
      assert.deepEqual(locations('deleted in one mailbox'), ['before', 'before', undefined]);
    });

    it('reaches all when the ERP changes it, is made anew where it was deleted, and its deletion stands', async () => {
      for (const name of ['changed further', 'deleted in one mailbox']) changeErp(name, { location: 'ERP' }, false);
      run('DELETE FROM appointment WHERE subject = ?', 'deleted in the ERP');
      run('DELETE FROM appointment_participant WHERE appointment_id = ? AND employee_id = ?', idOf('left'), employeeOf('manual'));
      await site.quiet();
      assert.deepEqual(locations('changed further'), ['ERP', 'ERP', 'ERP']);
      assert.deepEqual(locations('deleted in one mailbox'), ['ERP', 'ERP', 'ERP']);
      assert.deepEqual(locations('deleted in the ERP'), [undefined, undefined, undefined]);
      assert.deepEqual(locations('left'), ['before', 'before', undefined]);
    });
  });

  it('a meeting of somebody else stays in the ERP, whatever its attendee does; what is the attendee’s own reaches the mailbox (D12)', async () => {
    const [organiser, attendee, name] = [mailboxes.erp, mailboxes.last, 'invited'];
    const copy = () => site.simulator.items(attendee, 'calendar').find((item) => item.subject === name);
    const records = () =>
      rowsOf('SELECT subject, location FROM appointment WHERE employee_id = ? AND subject LIKE ?', employeeOf('last'), `${name}%`);
    const invitation = `<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem><t:Subject>${name}</t:Subject>
      <t:Start>2026-12-02T09:00:00Z</t:Start><t:End>2026-12-02T10:00:00Z</t:End><t:Location>Room</t:Location><t:RequiredAttendees><t:Attendee>
      <t:Mailbox><t:EmailAddress>${attendee}</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees></t:CalendarItem></m:Items></m:CreateItem>`;
    const response = await fetch(site.simulator.url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${organiser}:demo`)}`, 'content-type': 'text/xml; charset=utf-8' },
      body: `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
        xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><soap:Header><t:RequestServerVersion Version="Exchange2013_SP1"/></soap:Header>
        <soap:Body>${invitation}</soap:Body></soap:Envelope>`,
    });
    assert.match(await response.text(), /NoError/);
    await until('it is in the ERP', () => records().length === 1, 30_000);
    await site.quiet();
    site.simulator.update(attendee, copy()?.id ?? '', { kind: 'appointment', location: 'Exchange' });
    await site.quiet();
    assert.deepEqual(
      records().map((row) => row['location']),
      ['Room'],
    );
    run('UPDATE appointment SET body = ?, reminder_minutes = 45 WHERE subject = ? AND employee_id = ?', 'ERP', name, employeeOf('last'));
    await until('the reminder arrived', () => copy()?.reminderMinutes === 45, 30_000);
    assert.doesNotMatch(copy()?.body ?? '', /ERP/);
    await site.quiet();
    site.simulator.delete(attendee, copy()?.id ?? '');
    await site.quiet();
    assert.equal(records().length, 1, 'the ERP keeps what the attendee deleted');
  });

  it('lists what waits with both versions and the fields', async () => {
    const answer = await answerTo({ action: 'conflicts', employee: String(employeeOf('manual')) });
    assert.ok(Array.isArray(answer) && answer.length > 0);
    const versions = answer.map((row: Readonly<Record<string, unknown>>) =>
      JSON.stringify([row['fields'], row['erp'] === null, row['exchange'] === null]),
    );
    assert.deepEqual([...new Set(versions)].sort(), [
      '[["location"],false,false]',
      '[["location"],false,true]',
      '[["location"],true,false]',
      '[["start","end"],false,false]',
    ]);
  });
});
