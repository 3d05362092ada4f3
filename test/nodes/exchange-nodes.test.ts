/** The nodes that need Exchange, against the simulator and a real SQLite file. */
import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import conflictResolve from '../../nodes/conflict-resolve';
import diffReport from '../../nodes/diff-report';
import erpConfig from '../../nodes/erp-config';
import erpOutboxIn from '../../nodes/erp-outbox-in';
import erpWrite from '../../nodes/erp-write';
import ewsConfig from '../../nodes/ews-config';
import ewsNotifyIn from '../../nodes/ews-notify-in';
import ewsWrite from '../../nodes/ews-write';
import itemMap from '../../nodes/item-map';
import { startSimulator } from '../../simulator/testing';
import type { Simulator } from '../../simulator/testing';
import { until } from '../../testing/wait';
import { createErpFile, type ErpFile } from './support/erp-file';
import { arrived, errorOf, flowAround, received, statusOf } from './support/flow';
import { inboundMessage } from './support/items';

const nodes = [conflictResolve, diffReport, erpConfig, erpOutboxIn, erpWrite, ewsConfig, ewsNotifyIn, ewsWrite, itemMap];
const anna = 'anna@demo.example';
const credentials = { ews: { password: 'secret' } };

describe('nodes of Exchange', () => {
  let erp: ErpFile;
  let simulator: Simulator;
  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    erp = await createErpFile();
    simulator = await startSimulator({
      mailboxes: [{ address: anna, password: 'demo' }],
      serviceAccounts: [{ address: 'service@demo.example', password: 'secret' }],
    });
  });
  afterEach(async () => {
    await helper.unload();
    await simulator.close();
    await erp.remove();
    delete process.env['TEST_EWS_PASSWORD'];
  });

  const ews = (settings: object = {}) => ({
    id: 'ews',
    type: 'ews-config',
    name: 'Exchange',
    url: simulator.url,
    user: 'service@demo.example',
    allowPlainHttp: 'true',
    ...settings,
  });
  const erpNode = () => ({ id: 'erp', type: 'erp-config', name: 'ERP', driver: 'sqlite', database: erp.file });
  const refs = { exchange: 'ews', erp: 'erp' };
  const out = { id: 'out', type: 'helper', wires: [] };
  const inbound = [
    { id: 'in', type: 'ews-notify-in', ...refs, wires: [['map']] },
    { id: 'map', type: 'item-map', erp: 'erp', wires: [['resolve']] },
    { id: 'resolve', type: 'conflict-resolve', ...refs, rule: 'erp', wires: [['write'], [], []] },
    { id: 'write', type: 'erp-write', erp: 'erp', wires: [['out']] },
  ];
  const outbound = [
    { id: 'in', type: 'erp-outbox-in', erp: 'erp', intervalSeconds: '0.1', wires: [['map']] },
    { id: 'map', type: 'item-map', erp: 'erp', wires: [['resolve']] },
    { id: 'resolve', type: 'conflict-resolve', ...refs, rule: 'erp', wires: [['write'], [], []] },
    { id: 'write', type: 'ews-write', ...refs, wires: [['out']] },
  ];
  const load = (parts: readonly object[], settings: object = {}) =>
    helper.load(nodes, flowAround([ews(settings), erpNode(), ...parts, out]), credentials);
  const insert = () =>
    erp.run(`INSERT INTO appointment (employee_id, subject, start_at, end_at)
      VALUES (1, 'Jour fixe', '2026-03-30T09:00:00', '2026-03-30T10:00:00')`);

  it('carries a new appointment into the ERP', async () => {
    await load(inbound);
    const messages = received('out');
    simulator.create(anna, {
      kind: 'appointment',
      subject: 'Besuch & mehr',
      start: '2026-03-30T09:00',
      end: '2026-03-30T10:00',
    });
    const message = await arrived('written', messages);
    assert.equal(Reflect.get(Object(message['result']), 'state'), 'done');
  });

  it('carries a new appointment into Exchange', async () => {
    await load(outbound);
    const messages = received('out');
    insert();
    await arrived('written', messages);
    assert.deepEqual(
      simulator.items(anna, 'calendar').map(({ subject }) => subject),
      ['Jour fixe'],
    );
  });

  it('reads the password from the named variable when none is stored', async () => {
    process.env['TEST_EWS_PASSWORD'] = 'secret';
    await helper.load(nodes, flowAround([ews({ passwordEnv: 'TEST_EWS_PASSWORD' }), erpNode(), ...outbound, out]));
    const messages = received('out');
    insert();
    await arrived('written', messages);
  });

  it('says that the password is missing, and fails messages with that code', async () => {
    await helper.load(nodes, flowAround([ews(), erpNode(), ...outbound, out]));
    const errors = received('errors');
    const statuses = received('statuses');
    helper.getNode('write').receive({ ...inboundMessage() });
    await arrived('error', errors, (message) => errorOf(message).code === 'field-missing');
    await arrived('status', statuses, (message) => statusOf(message).fill === 'red');
  });

  it('shows a refused login as something that a person must mend', async () => {
    await helper.load(nodes, flowAround([ews(), erpNode(), ...inbound, out]), { ews: { password: 'wrong' } });
    const errors = received('errors');
    await arrived('error', errors, (message) => errorOf(message).code === 'login-refused');
  });

  it('refuses a message without decision', async () => {
    await load(inbound);
    const errors = received('errors');
    helper.getNode('write').receive({ ...inboundMessage() });
    await arrived('error', errors, (message) => errorOf(message).code === 'decision-missing');
  });

  it('reports what is on one side only, and sends a correction for it', async () => {
    const check = { id: 'check', type: 'diff-report', ...refs, mode: 'correct', wires: [['out'], ['corrections']] };
    await load([check, { id: 'corrections', type: 'helper', wires: [] }]);
    const reports = received('out');
    const corrections = received('corrections');
    insert();
    helper.getNode('check').receive({ payload: { from: '2026-03-01T00:00:00Z', to: '2026-04-30T00:00:00Z', kinds: ['appointment'] } });
    const { payload } = await arrived('report', reports);
    const report: unknown = Reflect.get(Object(payload), 'report');
    const entries: unknown = Reflect.get(Object(report), 'entries');
    assert.ok(Array.isArray(entries) && entries.length === 1);
    const correction = await arrived('correction', corrections);
    assert.equal(correction.topic, 'outbound/appointment/create');
  });

  it('refuses a check of a kind that does not exist', async () => {
    await load([{ id: 'check', type: 'diff-report', ...refs, wires: [['out'], []] }]);
    const errors = received('errors');
    helper.getNode('check').receive({ payload: { kinds: ['dream'] } });
    await arrived('error', errors, (message) => errorOf(message).code === 'request-invalid');
  });

  it('checks the connection step by step with the stored password', async () => {
    await load(inbound);
    const answer = await helper
      .request()
      .post('/exchange-erp-sync/ews-config/check')
      .send({ ...ews(), password: '__PWRD__', mailbox: anna });
    const steps = answer.body['steps'];
    assert.ok(Array.isArray(steps) && steps.length > 3);
    assert.ok(steps.every((step) => Reflect.get(Object(step), 'ok') === true));
  });

  it('stops a check at the step that fails', async () => {
    await load(inbound);
    const request = helper.request().post('/exchange-erp-sync/ews-config/check');
    const { body } = await request.send({ ...ews(), password: 'wrong', mailbox: anna });
    const steps = body['steps'];
    assert.ok(Array.isArray(steps) && Reflect.get(Object(steps.at(-1)), 'ok') === false);
  });

  it('goes on by itself after the server was away', async () => {
    await load(outbound);
    const messages = received('out');
    simulator.dropConnections();
    insert();
    await arrived('written', messages);
    await until('in the mailbox', () => simulator.items(anna, 'calendar').length === 1);
  });
});
