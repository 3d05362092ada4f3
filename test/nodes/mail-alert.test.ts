import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import helper from 'node-red-node-test-helper';
import { SMTPServer } from 'smtp-server';
import mailAlert from '../../nodes/mail-alert';
import { until } from '../../testing/wait';
import { arrived, errorOf, flowAround, received, statusOf } from './support/flow';

const report = {
  tenant: 'ERP',
  connection: 'Exchange',
  from: '2026-03-01T00:00:00Z',
  to: '2026-04-01T00:00:00Z',
  startedAt: '2026-03-10T02:00:00Z',
  kinds: ['appointment'],
  employees: 1,
  compared: 3,
  entries: [],
  failures: [],
};

describe('mail-alert', () => {
  let server: SMTPServer;
  let port: number;
  let mails: string[];
  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    mails = [];
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        stream.on('end', () => {
          mails.push(text);
          done();
        });
      },
    });
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    port = (listening.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => server.close(resolve));
  });

  const load = (settings: object = {}) => {
    const node = { id: 'mail', type: 'mail-alert', host: '127.0.0.1', port, from: 'sync@demo.example', to: 'it@demo.example' };
    return helper.load([mailAlert], flowAround([{ ...node, collectSeconds: '0.1', language: 'de', ...settings }]));
  };
  const send = (message: object) => helper.getNode('mail').receive({ ...message });

  it('collects errors into one mail and counts equal ones', async () => {
    await load();
    const error = { message: 'Exchange ist nicht erreichbar', source: { type: 'ews-notify-in' } };
    send({ error });
    send({ error });
    const mail = await until('mail', () => mails[0]);
    assert.match(mail, /Exchange ist nicht erreichbar/);
    assert.equal(mails.length, 1);
  });

  it('mails only the states that need a person', async () => {
    await load();
    send({ status: { fill: 'green', shape: 'dot', text: 'bereit' } });
    send({ status: { fill: 'yellow', shape: 'ring', text: 'wartet' } });
    send({ status: { fill: 'red', shape: 'dot', text: 'Login abgelehnt' } });
    const mail = await until('mail', () => mails[0]);
    assert.match(mail, /Login abgelehnt/);
    assert.doesNotMatch(mail, /bereit|wartet/);
  });

  it('mails a report of the check at once', async () => {
    await load({ collectSeconds: '600' });
    send({ payload: { report, timeZone: 'Europe/Vienna' } });
    const mail = await until('mail', () => mails[0]);
    assert.match(mail, /3 Elemente von 1/);
  });

  it('sends no report without differences when only differences are wanted', async () => {
    await load({ reports: 'differences' });
    send({ payload: { report } });
    send({ error: { message: 'last' } });
    await until('mail', () => mails[0]);
    assert.equal(mails.length, 1);
    assert.match(mails[0] ?? '', /last/);
  });

  it('sends what is collected before it is closed', async () => {
    await load({ collectSeconds: '600' });
    send({ error: { message: 'before the end' } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await helper.unload();
    assert.match(mails[0] ?? '', /before the end/);
  });

  it('does nothing but say so without a server', async () => {
    await load({ host: '${SMTP_HOST_THAT_IS_NOT_SET}' });
    const errors = received('errors');
    send({ error: { message: 'x' } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(errors, []);
  });

  it('shows a mail that cannot be sent, without an error that would come back', async () => {
    await load({ port: '1' });
    const errors = received('errors');
    const statuses = received('statuses');
    send({ error: { message: 'x' } });
    await arrived('status', statuses, (message) =>
      /not reachable|status\.scope\.connection|mail-unreachable/.test(statusOf(message).text ?? ''),
    );
    assert.deepEqual(errors, []);
  });

  it('refuses a message with nothing to tell', async () => {
    await load();
    const errors = received('errors');
    send({ payload: 7 });
    assert.equal(errorOf(await arrived('error', errors)).code, 'alert-empty');
  });
});
