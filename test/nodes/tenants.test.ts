/** Several `erp-config`s in one flow: each is a tenant of its own, and what would mix them is refused with its reason. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import helper from 'node-red-node-test-helper';
import erpConfig from '../../nodes/erp-config';
import erpOutboxIn from '../../nodes/erp-outbox-in';
import itemMap from '../../nodes/item-map';
import syncControl from '../../nodes/sync-control';
import { createErpFile, type ErpFile } from './support/erp-file';
import { arrived, errorOf, flowAround, received, statusOf } from './support/flow';

const nodes = [erpConfig, erpOutboxIn, itemMap, syncControl];
const insertAppointment = (subject: string) => `INSERT INTO appointment (employee_id, subject, start_at, end_at)
  VALUES (1, '${subject}', '2026-03-30T09:00:00', '2026-03-30T10:00:00')`;

/** Rows of a journal: id, state, note code. */
const journalOf = (file: string): readonly unknown[] => {
  const database = new DatabaseSync(file);
  const rows = database.prepare('SELECT id, state, note_code FROM sync_journal ORDER BY id').all();
  database.close();
  return rows.map(({ id, state, note_code }) => [id, state, note_code]);
};

describe('two tenants in one flow', () => {
  let first: ErpFile;
  let second: ErpFile;
  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    first = await createErpFile();
    second = await createErpFile();
  });
  afterEach(async () => {
    await helper.unload();
    await Promise.all([first.remove(), second.remove()]);
  });

  const tenant = (id: string, name: string, file: string) => ({ id, type: 'erp-config', name, driver: 'sqlite', database: file });
  const outbox = (id: string, erp: string, to: string) => ({
    id,
    type: 'erp-outbox-in',
    erp,
    intervalSeconds: '0.1',
    wires: [[to]],
  });
  const out = (id: string) => ({ id, type: 'helper', wires: [] });
  const both = () => [tenant('a', 'Firm A', first.file), tenant('b', 'Firm B', second.file)];
  const load = (...parts: object[]) => helper.load(nodes, flowAround(parts));
  const isFrom =
    (id: string) =>
    (message: object): boolean =>
      Reflect.get(Object(Reflect.get(Object(Reflect.get(message, 'error') ?? Reflect.get(message, 'status')), 'source')), 'id') === id;

  it('each sends its own records, although employees and keys are the same', async () => {
    await load(...both(), outbox('in-a', 'a', 'out-a'), outbox('in-b', 'b', 'out-b'), out('out-a'), out('out-b'));
    const [fromA, fromB] = [received('out-a'), received('out-b')];
    first.run(insertAppointment('of A'));
    second.run(insertAppointment('of B'));
    for (const [messages, name, subject] of [
      [fromA, 'Firm A', 'of A'],
      [fromB, 'Firm B', 'of B'],
    ] as const) {
      const { sync, payload } = await arrived('message', messages);
      assert.equal(Reflect.get(Object(payload), 'subject'), subject);
      assert.equal(Reflect.get(Object(sync), 'tenant'), name);
      assert.equal(Reflect.get(Object(sync), 'erpId'), '1');
      assert.equal(messages.length, 1);
    }
  });

  it('a tenant whose database is missing says so and waits alone', async () => {
    await rm(second.file);
    await load(...both(), outbox('in-a', 'a', 'out-a'), outbox('in-b', 'b', 'out-b'), out('out-a'), out('out-b'));
    const [messages, statuses, errors] = [received('out-a'), received('statuses'), received('errors')];
    first.run(insertAppointment('of A'));
    await arrived('message', messages);
    const status = await arrived('status of B', statuses, (message) => isFrom('in-b')(message) && statusOf(message).fill === 'yellow');
    assert.equal(statusOf(status).shape, 'ring');
    const error = errorOf(await arrived('error of B', errors));
    assert.equal(error.code, 'erp-unreachable');
    assert.ok(String(error.message).includes('Firm B'), String(error.message));
    assert.ok(!errors.some(isFrom('in-a')));
  });

  it('a tenant whose database is something else says so and waits alone', async () => {
    second.run('DROP TABLE task');
    await load(...both(), outbox('in-a', 'a', 'out-a'), outbox('in-b', 'b', 'out-b'), out('out-a'), out('out-b'));
    const [messages, errors] = [received('out-a'), received('errors')];
    first.run(insertAppointment('of A'));
    await arrived('message', messages);
    assert.equal(errorOf(await arrived('error of B', errors, isFrom('in-b'))).code, 'erp-table-missing');
    assert.ok(!errors.some(isFrom('in-a')));
  });

  it('two of the same name are refused: who came first goes on', async () => {
    await load(
      tenant('a', 'Firm', first.file),
      tenant('b', 'Firm', second.file),
      outbox('in-a', 'a', 'out'),
      outbox('in-b', 'b', 'out'),
      out('out'),
    );
    const [messages, errors, statuses] = [received('out'), received('errors'), received('statuses')];
    first.run(insertAppointment('of A'));
    await arrived('message', messages);
    assert.equal(errorOf(await arrived('error', errors)).code, 'tenant-name-double');
    await arrived('dot', statuses, (message) => isFrom('in-b')(message) && statusOf(message).fill === 'red');
  });

  it('two on one database are refused, also under another path to the file', async () => {
    const otherPath = first.file.replace('erp.sqlite', './erp.sqlite');
    await load(
      tenant('a', 'Firm A', first.file),
      tenant('b', 'Firm B', otherPath),
      outbox('in-a', 'a', 'out'),
      outbox('in-b', 'b', 'out'),
      out('out'),
    );
    const [messages, errors] = [received('out'), received('errors')];
    first.run(insertAppointment('of A'));
    await arrived('message', messages);
    const error = errorOf(await arrived('error', errors));
    assert.equal(error.code, 'tenant-database-double');
    assert.match(String(error.message), /Firm A.*Firm B/);
  });

  it('a name and a database are free again when their nodes are gone', async () => {
    await load(...both(), outbox('in-a', 'a', 'out-a'), out('out-a'));
    await helper.unload();
    await load(tenant('c', 'Firm A', first.file), outbox('in-c', 'c', 'out-c'), out('out-c'));
    const messages = received('out-c');
    first.run(insertAppointment('of A'));
    await arrived('message', messages);
  });

  it("an item that is led to the other tenant's nodes is refused and touches nothing there", async () => {
    await load(
      ...both(),
      outbox('in-a', 'a', 'map-b'),
      outbox('in-b', 'b', 'out-b'),
      { id: 'map-b', type: 'item-map', erp: 'b', wires: [['out-b']] },
      out('out-b'),
    );
    const [messages, errors] = [received('out-b'), received('errors')];
    second.run(insertAppointment('of B'));
    await arrived('message of B', messages);
    first.run(insertAppointment('of A'));
    assert.equal(errorOf(await arrived('error', errors)).code, 'tenant-wrong');
    assert.equal(messages.length, 1);
    assert.deepEqual(journalOf(second.file), [[1, 'leased', null]]);
  });

  it('sync-control ends rows of its own tenant only, whatever item it is given', async () => {
    await load(
      ...both(),
      outbox('in-a', 'a', 'control-b'),
      outbox('in-b', 'b', 'out-b'),
      { id: 'control-b', type: 'sync-control', erp: 'b', action: 'finish', reason: 'left out', wires: [['out-b']] },
      out('out-b'),
    );
    const [messages, errors] = [received('out-b'), received('errors')];
    second.run(insertAppointment('of B'));
    await arrived('message of B', messages);
    first.run(insertAppointment('of A'));
    assert.equal(errorOf(await arrived('error', errors)).code, 'tenant-wrong');
    assert.deepEqual(journalOf(second.file), [[1, 'leased', null]]);
  });
});
