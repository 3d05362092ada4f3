/** Folders that have to be listed anew, mailboxes that move, settings that leave people out: nothing is deleted, nothing doubled (complaint 1). */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../testing/wait';
import { shippedFlow } from '../support/shipped-flow';
import { employees, packageFolder, startSite } from '../support/site';
import type { FlowNode, Site } from '../support/site';

const [anna, ben, cora] = employees;
const moved = 'anna.neu@x.test';
const empty = 'ben.neu@x.test';
const count = 6;
const flow = shippedFlow('bidirectional-sync.json');

describe('folders that are listed anew, in the shipped flow', function () {
  this.timeout(60_000);
  let site: Site;
  before(async () => {
    site = await startSite(flow, {
      prepare: ({ simulator }) => {
        // All of them come from Exchange: none carries a sync id.
        for (const mailbox of [anna, ben]) for (let at = 0; at < count; at += 1) simulator.create(mailbox, visit(at));
        simulator.create(anna, { ...visit(0), body: 'das zweite von zwei gleichen' });
      },
    });
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
    await until('everything is linked', () => links().length === 2 * count + 1, 30_000);
    await site.quiet();
  });
  after(() => site.stop());

  const visit = (at: number) =>
    ({ kind: 'appointment', subject: `Besuch ${at}`, start: `2026-12-${10 + at}T09:00`, end: `2026-12-${10 + at}T10:00` }) as const;
  const links = () =>
    site.erp
      .prepare("SELECT employee_id, erp_id, exchange_id FROM sync_link WHERE state = 'active' ORDER BY CAST(erp_id AS INTEGER)")
      .all()
      .map((row) => [row['employee_id'], row['erp_id'], row['exchange_id']].map(String));
  const records = (employee: number) =>
    site.erp
      .prepare('SELECT id, subject, body FROM appointment WHERE employee_id = ? ORDER BY id')
      .all(employee)
      .map(({ id, subject, body }) => [id, subject, body].map(String));
  const calendar = (mailbox: string) => site.simulator.items(mailbox, 'calendar');
  /** Each record is linked with an item that there is, and has its subject and body. */
  const assertInStep = (employee: number, mailbox: string): void => {
    const items = new Map(calendar(mailbox).map((item) => [item.id, item]));
    const own = links().filter(([owner]) => owner === String(employee));
    const linked = own.map(([, erpId, exchangeId = '']) => [erpId, items.get(exchangeId)?.subject, items.get(exchangeId)?.body.trim()]);
    assert.deepEqual(linked, records(employee));
    assert.equal(items.size, own.length);
  };
  /** Deploys the flow with changes; what was deployed before ends first. */
  const deploy = async (change: (node: FlowNode) => object = () => ({})): Promise<void> => {
    const seen = site.simulator.requests.count('SyncFolderItems');
    const response = await fetch(`${site.editor}flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full' },
      body: JSON.stringify(flow.map((node) => ({ ...node, ...change(node) }))),
    });
    assert.ok(response.ok);
    await until('folders are read again', () => site.simulator.requests.count('SyncFolderItems') > seen, 30_000);
    await site.quiet();
  };
  const sweep = async (): Promise<void> => {
    const seen = site.simulator.requests.count('SyncFolderItems');
    site.send('sync-control', { payload: { action: 'synchronise-now' } });
    await until('all folders were read', () => site.simulator.requests.count('SyncFolderItems') >= seen + 2 * employees.length, 30_000);
    await site.quiet();
  };

  it('waits for the folder when an item that the ERP changed is gone: it may have a new id', async () => {
    const before = records(1);
    site.simulator.strike('renewIds', anna);
    site.erp.prepare("UPDATE appointment SET location = 'Raum 7' WHERE id = ?").run(before[0]?.[0] ?? '');
    await until('the change is looked at', () =>
      site.erp.prepare("SELECT 1 FROM sync_journal WHERE direction = 'outbound' AND note_code IN ('gone-waits', 'create')").get(),
    );
    await sweep();
    await until('it is in the calendar', () => calendar(anna).some(({ location }) => location === 'Raum 7'));
    await site.quiet();
    assert.deepEqual(records(1), before);
    assertInStep(1, anna);
  });

  it('finds items with new ids by what they are', async () => {
    const before = records(1);
    site.simulator.strike('renewIds', anna);
    await sweep();
    assert.deepEqual(records(1), before);
    assertInStep(1, anna);
  });

  it('brings what changed while the ids did, in both directions', async () => {
    const [item] = calendar(anna).filter(({ subject }) => subject === 'Besuch 3');
    assert.ok(item);
    site.simulator.strike('renewIds', anna);
    const [renewed] = calendar(anna).filter(({ subject }) => subject === 'Besuch 3');
    assert.ok(renewed);
    site.simulator.update(anna, renewed.id, { kind: 'appointment', location: 'Wien' });
    await sweep();
    const located = () => site.erp.prepare("SELECT subject FROM appointment WHERE location = 'Wien'").all();
    await until('the change is in the ERP', () => located().length === 1);
    site.erp.exec("UPDATE appointment SET body = 'aus dem ERP' WHERE subject = 'Besuch 4' AND employee_id = 1");
    await until('the change is in the calendar', () => calendar(anna).some(({ body }) => body.trim() === 'aus dem ERP'));
    await site.quiet();
    assertInStep(1, anna);
  });

  it('takes an item that was moved out and back, under a new id, for the same', async () => {
    const before = records(2);
    const [item] = calendar(ben);
    assert.ok(item);
    const answer = site.simulator.faults.add({ operation: 'SyncFolderItems', mailbox: ben, always: true, action: { kind: 'html500' } });
    site.simulator.delete(ben, item.id, true);
    site.simulator.create(ben, visit(0));
    answer();
    await sweep();
    await until('it is linked again', () => links().every(([, , id]) => id !== item.id));
    await site.quiet();
    assert.deepEqual(records(2), before);
    assertInStep(2, ben);
  });

  it('follows an employee to a mailbox that holds the same', async () => {
    const before = records(1);
    site.simulator.addMailbox({ address: moved, password: 'x' });
    for (const { subject, body, location = '', start = '', end = '' } of calendar(anna))
      site.simulator.create(moved, { kind: 'appointment', subject, body, location, start, end });
    site.erp.prepare('UPDATE employee SET email = ? WHERE id = 1').run(moved);
    await deploy();
    assert.deepEqual(records(1), before);
    assertInStep(1, moved);
    assert.equal(calendar(anna).length, before.length);
  });

  it('brings everything to a mailbox that is empty', async () => {
    const before = records(2);
    site.simulator.addMailbox({ address: empty, password: 'x' });
    site.erp.prepare('UPDATE employee SET email = ? WHERE id = 2').run(empty);
    site.erp.exec("DELETE FROM appointment WHERE employee_id = 2 AND subject = 'Besuch 5'");
    await deploy();
    await until('all are there', () => calendar(empty).length === count - 1, 30_000);
    await site.quiet();
    assert.deepEqual(
      records(2),
      before.filter(([, subject]) => subject !== 'Besuch 5'),
    );
    assertInStep(2, empty);
    assert.equal(calendar(ben).length, count);
  });

  it('deletes nothing when the filter or the connection leaves people out, and doubles nothing when they are back', async () => {
    const before = { links: links(), records: [records(1), records(2)], calendars: [calendar(moved).length, calendar(empty).length] };
    const state = () => ({
      links: links(),
      records: [records(1), records(2)],
      calendars: [calendar(moved).length, calendar(empty).length],
    });
    const mapping: unknown = JSON.parse(readFileSync(path.join(packageFolder, 'docs', 'mappings', 'reference.json'), 'utf8'));
    const file = path.join(site.folder, 'filtered.json');
    writeFileSync(file, filtered(mapping));
    // Ben is not served any more; of Anna's records none is in the filter.
    await deploy(({ type }) => (type === 'ews-config' ? { employees: 'anna*' } : type === 'erp-config' ? { mapping: file } : {}));
    assert.deepEqual(state(), before);
    await deploy();
    assert.deepEqual(state(), before);
  });

  it('goes on after a download that broke off between its pages', async () => {
    const many = 515;
    const end = site.simulator.faults.add({ operation: 'SyncFolderItems', mailbox: cora, always: true, action: { kind: 'html500' } });
    for (let at = 0; at < many; at += 1) site.simulator.create(cora, { ...visit(at % 20), subject: `Termin ${at}` });
    end();
    let broken = 0;
    const listening = site.simulator.onResponse((_, response) => {
      if (broken > 0 || !response.includes('IncludesLastItemInRange>false')) return;
      broken += 1;
      site.simulator.faults.add({ operation: 'SyncFolderItems', mailbox: cora, action: { kind: 'dropAfter' } });
    });
    await until('all have arrived', () => records(3).length >= many, 40_000);
    listening();
    await site.quiet();
    assert.equal(broken, 1);
    assert.equal(new Set(records(3).map(([, subject]) => subject)).size, many);
    assert.equal(records(3).length, many);
  });
});

const filtered = (mapping: unknown): string =>
  JSON.stringify(mapping, (key, value: unknown) =>
    key === 'appointment' && typeof value === 'object' && value !== null ? { ...value, filter: [{ column: 'priority', in: [1] }] } : value,
  );
