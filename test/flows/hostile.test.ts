/**
 * Whatever people write into either side, into names and settings, into messages for persons' actions and into messages on the wires: it is
 * text and never a statement; what cannot be carried over fails alone, with a note that does not show it.
 */
import assert from 'node:assert/strict';
import { hostileTexts } from '../contract/erp/hostile-contract';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { employees, type FlowNode } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const [anna] = employees;
const statement = `x'; DROP TABLE sync_link; DELETE FROM appointment; --"]`;
const oneil = `o'neil+"x@x.test`;
/** What XML cannot carry, and so no Exchange item. */
const inXml = (text: string): string => text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '');
/** A flow of a person's own changes these messages on their way to the ERP. */
const edits: Readonly<Record<string, string>> = {
  employee: "msg.sync.employee.id = \"1' OR '1'='1\";",
  connection: `msg.sync.connection = ${JSON.stringify(statement)};`,
  record: 'msg.sync.erpId = "1; DELETE FROM task"; msg.sync.decision.action = "delete"; msg.sync.decision.expected = msg.payload;',
  row: 'msg.sync.journalId = "1 OR 1=1";',
  tenant: `msg.sync.tenant = ${JSON.stringify(statement)};`,
  field: 'msg.payload = Object.assign({}, msg.payload, { "subject = 1; DROP TABLE task; --": 1 }); msg.sync.decision.item = msg.payload;',
  key: `msg.sync.syncId = ${JSON.stringify(statement)}; msg.sync.changeKey = ${JSON.stringify(statement)};`,
};

const withHostileSettings = (flow: readonly FlowNode[]): readonly FlowNode[] => {
  const code = Object.entries(edits)
    .map(([name, edit]) => `if (msg.payload && msg.payload.subject === 'edited ${name}') { ${edit} }`)
    .join('\n');
  const nodes = flow.map((node): FlowNode => {
    switch (node.type) {
      case 'ews-config':
      case 'erp-config':
        return { ...node, name: `${node.type} ${statement}` };
      case 'item-map':
        return { ...node, categoryPattern: `{no} ${statement} {description}` };
      case 'conflict-resolve':
        return node.id === 'sync-resolve-in' ? { ...node, wires: [['edit'], ...[node['wires']].flat().slice(1)] } : node;
      default:
        return node;
    }
  });
  const tab = flow.find((node) => node.type === 'tab')?.id ?? '';
  return [
    ...nodes,
    { id: 'edit', type: 'function', z: tab, name: '', func: `${code}\nreturn msg;`, outputs: 1, x: 10, y: 10, wires: [['sync-write-erp']] },
  ];
};

describe('hostile input through the flow', () => {
  let site: FailingSite;
  let tables: readonly unknown[];
  const schema = () => site.erp.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY name').all();
  before(async function () {
    this.timeout(60_000);
    site = await startFailingSite(withHostileSettings(shippedFlow('bidirectional-sync.json')), {
      watched: ['sync-debug-list'],
      erpBefore: `INSERT INTO employee (id, name, email) VALUES (4, 'O''Neil "]; ${statement.replaceAll("'", "''")}', '${oneil.replaceAll("'", "''")}'),
        (5, 'nobody', 'x'' OR 1=1 --@x.test')`,
      prepare: ({ simulator }) => {
        simulator.addMailbox({ address: oneil, password: 'demo' });
      },
    });
    tables = schema();
  });
  afterEach(() => {
    assert.deepEqual(schema(), tables, 'no table, trigger or index was touched');
    assert.equal(site.erp.prepare('SELECT count(*) AS n FROM employee').get()?.['n'], 5);
  });
  after(() => site.stop());

  const ended = (appointment: number) =>
    until('its row has ended', () => {
      const row = site.rowOf(appointment);
      return ['done', 'failed', 'skipped'].includes(String(row?.['state'])) && row;
    });
  const answerTo = async (request: object) => {
    const before = site.messagesAt('sync-debug-list').length;
    site.send('sync-control', { payload: request });
    const message = await until('sync-control answers', () => site.messagesAt('sync-debug-list')[before]);
    return message['payload'];
  };

  it('carries every text from the ERP into the mailbox, or fails its row alone without showing it', async function () {
    this.timeout(60_000);
    const entered = Object.entries(hostileTexts).map(([name, text]) => ({
      name,
      text,
      id: site.enter(text, { body: text, location: text }),
    }));
    const plain = site.enter('plain');
    await until('the plain one arrives', () => site.inMailbox('plain')[0]);
    assert.equal((await ended(plain))['state'], 'done');
    for (const { name, text, id } of entered) {
      const row = await ended(id);
      if (inXml(text) !== text) {
        assert.equal(row['state'], 'failed', name);
        assert.match(String(row['note']), /field Subject contains the character U\+0001/);
        assert.ok(!String(row['note']).includes(text), name);
        continue;
      }
      assert.equal(row['state'], 'done', `${name}: ${String(row['note'])}`);
      assert.ok(site.inMailbox(text).length > 0, name);
    }
  });

  it('carries every text from the mailbox into the ERP', async function () {
    this.timeout(60_000);
    const texts = Object.entries(hostileTexts).map(
      ([name, text]) => [name, `of Exchange ${inXml(text).replaceAll(/\s+/g, ' ')}!`] as const,
    );
    for (const [, subject] of texts)
      site.simulator.create(anna, { kind: 'appointment', subject, start: '2026-12-05T09:00', end: '2026-12-05T10:00' });
    for (const [name, subject] of texts) await until(`${name} is in the ERP`, () => site.inErp(subject));
  });

  it('serves an employee whose name and address look like statements, and notes the one without mailbox', async () => {
    const appointment = site.enter('for O’Neil', { employee_id: 4 });
    await until('it arrives', () => site.inMailbox('for O’Neil', oneil)[0]);
    assert.equal((await ended(appointment))['state'], 'done');
    site.enter('for nobody', { employee_id: 5 });
    await until('the problem is noted', () => site.problems().some((problem) => problem.startsWith('mailbox-not-found')));
  });

  it('makes categories of a pattern that looks like a statement', async () => {
    site.enter('with category', { activity_type_id: 1 });
    const item = await until('it arrives', () => site.inMailbox('with category')[0]);
    assert.ok(JSON.stringify(item).includes('DROP TABLE sync_link'));
  });

  it('takes filters, names and reasons of sync-control as text, and refuses what is no id and no state', async () => {
    const everything = "' OR '1'='1";
    assert.deepEqual(await answerTo({ action: 'list', employee: everything }), []);
    assert.deepEqual(await answerTo({ action: 'synchronise-now', employee: `1; ${statement}` }), { rows: 0 });
    assert.deepEqual(await answerTo({ action: 'finish', id: 999_999, reason: statement }), { finished: 0 });
    const before = site.erp.prepare('SELECT count(*) AS n FROM sync_journal').get();
    for (const request of [
      { action: 'list', states: [`open' OR 1=1 --`] },
      { action: 'list', kind: everything },
      { action: 'list', direction: everything },
      { action: 'list', limit: '1; DROP TABLE task' },
      { action: 'list', before: '1 OR 1=1' },
      { action: 'entry', id: '1 OR 1=1' },
      { action: 'reopen', id: '1; DELETE FROM sync_journal' },
      { action: 'reopen', ids: ['1) OR (1=1'] },
      { action: 'finish', ids: [everything], reason: 'x' },
      { action: `list'; ${statement}` },
    ]) {
      site.errors.splice(0);
      site.send('sync-control', { payload: request });
      await until(`${JSON.stringify(request)} is refused`, () => site.errorOf('request-invalid'));
    }
    assert.deepEqual(site.erp.prepare('SELECT count(*) AS n FROM sync_journal').get(), before);
  });

  it('keeps the note of a person as it is', async () => {
    site.simulator.faults.add({ operation: 'CreateItem', always: true, action: { kind: 'html500' } });
    const appointment = site.enter('not now');
    const row = await until('the row waits', () => {
      const now = site.rowOf(appointment);
      return now?.['note_code'] === 'not-xml' && now['state'] === 'open' && now;
    });
    assert.deepEqual(await answerTo({ action: 'finish', id: Number(row['id']), reason: statement }), { finished: 1 });
    assert.equal(site.rowOf(appointment)?.['note'], statement);
    site.simulator.faults.clear();
  });

  it('refuses or stores as text what a flow made of its messages, and goes on', async function () {
    this.timeout(60_000);
    const count = () => Number(site.erp.prepare('SELECT count(*) AS n FROM appointment').get()?.['n']);
    const before = count();
    for (const name of Object.keys(edits)) {
      site.simulator.create(anna, { kind: 'appointment', subject: `edited ${name}`, start: '2026-12-06T09:00', end: '2026-12-06T10:00' });
    }
    site.simulator.create(anna, { kind: 'appointment', subject: 'not edited', start: '2026-12-06T09:00', end: '2026-12-06T10:00' });
    await until('the others go on', () => site.inErp('not edited'));
    await until(
      'what may be any text is stored',
      () => site.inErp('edited key') !== undefined && site.inErp('edited connection') !== undefined,
    );
    await site.quiet();
    const link = site.erp.prepare('SELECT sync_id, change_key FROM sync_link WHERE sync_id = ?').get(statement);
    assert.deepEqual({ ...link }, { sync_id: statement, change_key: statement });
    for (const name of ['employee', 'record', 'row', 'tenant', 'field']) assert.equal(site.inErp(`edited ${name}`), undefined, name);
    assert.equal(count(), before + 3);
  });
});
