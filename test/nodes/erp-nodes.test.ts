/** The nodes that need the ERP only, against a real SQLite file. */
import assert from 'node:assert/strict';
import type { NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import erpConfig from '../../nodes/erp-config';
import erpOutboxIn from '../../nodes/erp-outbox-in';
import itemMap from '../../nodes/item-map';
import syncControl from '../../nodes/sync-control';
import { createErpFile, type ErpFile } from './support/erp-file';
import { arrived, errorOf, flowAround, received, statusOf } from './support/flow';
import { inboundMessage } from './support/items';

const nodes = [erpConfig, erpOutboxIn, itemMap, syncControl];
const insertAppointment = `INSERT INTO appointment (employee_id, subject, start_at, end_at)
  VALUES (1, 'Jour fixe', '2026-03-30T09:00:00', '2026-03-30T10:00:00')`;

describe('nodes of the ERP', () => {
  let erp: ErpFile;
  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    erp = await createErpFile();
  });
  afterEach(async () => {
    await helper.unload();
    await erp.remove();
    delete process.env['TEST_ERP_FILE'];
    delete process.env['TEST_PREFIX'];
  });

  const config = (settings: object = {}) => ({
    id: 'erp',
    type: 'erp-config',
    name: 'ERP',
    driver: 'sqlite',
    database: erp.file,
    ...settings,
  });
  const load = (...parts: object[]) => helper.load(nodes, flowAround(parts));
  const outbox = { id: 'in', type: 'erp-outbox-in', erp: 'erp', intervalSeconds: '0.1', wires: [['out']] };
  const out = { id: 'out', type: 'helper', wires: [] };

  it('sends one message for a new appointment of the ERP', async () => {
    await load(config(), outbox, out);
    const messages = received('out');
    erp.run(insertAppointment);
    const message = await arrived('message', messages);
    assert.equal(message.topic, 'outbound/appointment/create');
    assert.equal(Reflect.get(Object(message.payload), 'subject'), 'Jour fixe');
  });

  it('sends only the kinds that are ticked', async () => {
    await load(config(), { ...outbox, appointments: false }, out);
    const messages = received('out');
    erp.run(insertAppointment);
    erp.run("INSERT INTO task (employee_id, subject) VALUES (1, 'Angebot')");
    await arrived('task', messages);
    assert.deepEqual(
      messages.map(({ topic }) => topic),
      ['outbound/task/create'],
    );
  });

  it('takes its settings from environment variables', async () => {
    process.env['TEST_ERP_FILE'] = erp.file;
    await load(config({ database: '${TEST_ERP_FILE}' }), outbox, out);
    const messages = received('out');
    erp.run(insertAppointment);
    await arrived('message', messages);
  });

  it('names field and variable of a setting that is missing, and keeps running', async () => {
    await load(config({ database: '${TEST_ERP_FILE}' }), outbox, out);
    const errors = received('errors');
    assert.equal(errorOf(await arrived('error', errors)).code, 'variable-missing');
  });

  it('waits with a ring for a database that is not there', async () => {
    await load(config({ database: `${erp.file}.gone` }), outbox, out);
    const statuses = received('statuses');
    const errors = received('errors');
    const told = await arrived('status', statuses, (message) => statusOf(message).shape === 'ring' && statusOf(message).fill === 'yellow');
    assert.ok(told);
    assert.equal(errorOf(await arrived('error', errors)).code, 'erp-unreachable');
  });

  it('says that no database is chosen', async () => {
    await load({ ...outbox, erp: '' }, out);
    const errors = received('errors');
    assert.equal(errorOf(await arrived('error', errors)).code, 'erp-not-chosen');
  });

  it('opens the database again after all its nodes were gone', async () => {
    await load(config(), outbox, out);
    await helper.unload();
    await load(config(), outbox, out);
    const messages = received('out');
    erp.run(insertAppointment);
    await arrived('message', messages);
  });

  it('maps an item and keeps what the flow added to the message', async () => {
    await load(config(), { id: 'map', type: 'item-map', erp: 'erp', rules: [], wires: [['out']] }, out);
    const messages = received('out');
    helper.getNode('map').receive({ ...inboundMessage(), mine: 1 });
    const message = await arrived('message', messages);
    assert.equal(Reflect.get(Object(message.payload), 'start'), '2026-03-30T09:00:00');
    assert.equal(message['mine'], 1);
  });

  it('maps by JSONata with the environment of the flow, and names the rule that fails on an item', async () => {
    process.env['TEST_PREFIX'] = 'map';
    const rule = (expression: string) => ({
      kind: 'appointment',
      exchange: 'subject',
      erp: 'subject',
      direction: 'both',
      toErp: { conversion: { type: 'expression', expression } },
    });
    const map = (expression: string) => ({ id: 'map', type: 'item-map', erp: 'erp', rules: [rule(expression)], wires: [['out']] });
    await load(config(), map('$env("TEST_PREFIX") & ": " & subject'), out);
    const messages = received('out');
    const { payload } = inboundMessage();
    helper.getNode('map').receive({ ...inboundMessage() });
    const message = await arrived('message', messages);
    assert.equal(Reflect.get(Object(message.payload), 'subject'), `map: ${Reflect.get(Object(payload), 'subject')}`);
    await helper.unload();
    await load(config(), map('$number(subject)'), out);
    helper.getNode('map').receive({ ...inboundMessage() });
    assert.equal(errorOf(await arrived('error', received('errors'))).code, 'mapping-rule-failed');
  });

  it('refuses a message that is no item with a stable code', async () => {
    await load(config(), { id: 'map', type: 'item-map', erp: 'erp', wires: [['out']] }, out);
    const errors = received('errors');
    helper.getNode('map').receive({ payload: 'hello' });
    assert.equal(errorOf(await arrived('error', errors)).code, 'message-invalid');
  });

  it('says which rule of a mapping cannot be used', async () => {
    const rules = [{ kind: 'appointment', exchange: 'subject', erp: 'priority', direction: 'both' }];
    await load(config(), { id: 'map', type: 'item-map', erp: 'erp', rules, wires: [['out']] }, out);
    assert.equal(errorOf(await arrived('error', received('errors'))).code, 'mapping-invalid');
  });

  const control = (settings: object = {}) => ({ id: 'control', type: 'sync-control', erp: 'erp', wires: [['out']], ...settings });
  const ask = async (messages: readonly NodeMessage[], request: object) => {
    const before = messages.length;
    helper.getNode('control').receive({ payload: request });
    const answer = await arrived('answer', messages, (message) => messages.indexOf(message) >= before);
    return answer.payload;
  };

  it('lists rows and finishes one', async () => {
    await load(config(), control(), out);
    const messages = received('out');
    erp.run(insertAppointment);
    const rows = await ask(messages, { action: 'list', states: ['open'] });
    assert.ok(Array.isArray(rows));
    const id: unknown = Reflect.get(Object(rows[0]), 'id');
    assert.deepEqual(await ask(messages, { action: 'finish', id, reason: 'test' }), { finished: 1 });
  });

  it('ends the row of an item that a flow leaves out, with the reason of the node', async () => {
    await load(config(), outbox, control({ action: 'finish', reason: 'private' }), { ...out, id: 'out' });
    const messages = received('out');
    erp.run(insertAppointment);
    const item = await arrived('item', messages, ({ topic }) => topic === 'outbound/appointment/create');
    helper.getNode('control').receive(item);
    await arrived('answer', messages, ({ payload }) => Reflect.get(Object(payload), 'finished') === 1);
  });

  it('shows that questions wait for a person, until they are answered', async () => {
    await load(config(), control(), out);
    const [messages, statuses] = [received('out'), received('statuses')];
    const shows = (fill: string, text: string) =>
      arrived('status', statuses, (message) => statusOf(message).fill === fill && statusOf(message).text === text);
    await shows('green', 'status.no-questions');
    erp.run(insertAppointment);
    erp.run("UPDATE sync_journal SET state = 'conflict'");
    await ask(messages, { action: 'list' });
    await shows('red', 'status.questions');
    statuses.length = 0;
    assert.deepEqual(await ask(messages, { action: 'finish', id: 1, reason: 'test' }), { finished: 1 });
    await shows('green', 'status.no-questions');
  });

  it('refuses a request that it does not know', async () => {
    await load(config(), control(), out);
    const errors = received('errors');
    helper.getNode('control').receive({ payload: { action: 'explode' } });
    assert.equal(errorOf(await arrived('error', errors)).code, 'request-invalid');
  });

  it('checks the database from the dialog', async () => {
    await load(config(), outbox, out);
    const { body } = await helper.request().post('/exchange-erp-sync/erp-config/check').send(config());
    assert.deepEqual(body, { employees: 1, withMailbox: 1, open: 0 });
  });

  it('answers a check that fails with text and code', async () => {
    await load(config(), outbox, out);
    const { body } = await helper
      .request()
      .post('/exchange-erp-sync/erp-config/check')
      .send(config({ driver: 'oracle' }));
    assert.equal(Reflect.get(Object(body['error']), 'code'), 'driver-unknown');
  });

  it('tells the dialog which driver and login the variables stand for', async () => {
    process.env['TEST_ERP_DRIVER'] = 'mssql';
    await load(config(), outbox, out);
    const chosen = { driver: '${TEST_ERP_DRIVER}', loginMode: '${TEST_ERP_LOGIN}', encrypt: '', trustServerCertificate: 'yes' };
    const { body } = await helper.request().post('/exchange-erp-sync/erp-config/chosen').send(chosen);
    delete process.env['TEST_ERP_DRIVER'];
    assert.deepEqual(body, { driver: 'mssql', loginMode: 'sql', encrypt: true, trustServerCertificate: true });
  });

  it('lists the faults of a mapping that stands in the dialog', async () => {
    await load(config(), outbox, out);
    const { body } = await helper
      .request()
      .post('/exchange-erp-sync/erp-config/check-mapping')
      .send(config({ mapping: '{ "version": 1, }' }));
    const fault: unknown = Reflect.get(Object(body['faults']), 0);
    assert.equal(Reflect.get(Object(fault), 'code'), 'json-invalid');
    assert.deepEqual(Reflect.get(Object(fault), 'params'), { place: '/', line: 1, column: 17 });
  });

  it('offers a mapping to begin with, which has no faults', async () => {
    await load(config(), outbox, out);
    const offered = await helper.request().post('/exchange-erp-sync/erp-config/reference-mapping').send({});
    const checked = await helper
      .request()
      .post('/exchange-erp-sync/erp-config/check-mapping')
      .send(config({ mapping: String(offered.body['mapping']) }));
    assert.deepEqual(checked.body, { faults: [] });
  });

  it('says which place of its mapping cannot be used, and keeps running', async () => {
    await load(config({ version: 2, mapping: '{ "version": 1, "name": "x" }' }), outbox, out);
    const error = errorOf(await arrived('error', received('errors')));
    assert.equal(error.code, 'erp-mapping-invalid');
    assert.match(String(error.message), /\/employees/);
  });

  it('a node of version 1 takes what it lacks from the environment', async () => {
    process.env['ERP_MAPPING'] = '/nowhere/mapping.json';
    await load(config({ version: 1 }), outbox, out);
    const error = errorOf(await arrived('error', received('errors')));
    delete process.env['ERP_MAPPING'];
    assert.equal(error.code, 'erp-mapping-unreadable');
  });

  it('offers the standard rules to the dialog', async () => {
    await load(config(), outbox, out);
    const { body } = await helper.request().post('/exchange-erp-sync/item-map/preset').send({});
    assert.ok(Array.isArray(body['rules']) && body['rules'].length > 20);
  });
});
