import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from 'node:assert';
import type { AddressInfo } from 'node:net';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { SMTPServer } from 'smtp-server';
import type { MailText } from '../../../lib/monitoring/check-text';
import { createMailCollector, type MailCollectorOptions } from '../../../lib/monitoring/mail';
import { createMailTransport } from '../../../lib/monitoring/mail-transport';
import { SyncError } from '../../../lib/model/error';

describe('mail collector', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => {
    clock = useFakeTimers({ now: Date.parse('2026-03-28T08:00:00Z') });
  });
  afterEach(() => clock.restore());

  const start = (options: Partial<MailCollectorOptions> = {}) => {
    const mails: MailText[] = [];
    const errors: unknown[] = [];
    const collector = createMailCollector({
      send: (mail) => {
        mails.push(mail);
        return Promise.resolve();
      },
      collectMs: 30_000,
      maxPerHour: 2,
      language: 'en',
      onError: (error) => errors.push(error),
      ...options,
    });
    return { mails, errors, collector };
  };

  it('collects events into one mail and counts equal ones', async () => {
    const { mails, collector } = start();
    collector.add({ text: 'Login refused', source: 'ews' });
    collector.add({ text: 'Login refused', source: 'ews' });
    await clock.tickAsync(29_000);
    collector.add({ text: 'Database locked', source: '' });
    strictEqual(mails.length, 0);
    await clock.tickAsync(1_000);
    strictEqual(mails.length, 1);
    strictEqual(mails[0]!.subject, 'Synchronisation: 3 messages');
    match(mails[0]!.text, /2026-03-28T08:00:00.000Z \[ews\] Login refused \(2 times\)/);
    match(mails[0]!.text, /Database locked/);
  });

  it('puts a single event into the subject, in German', async () => {
    const { mails, collector } = start({ language: 'de' });
    collector.add({ text: 'Anmeldung abgelehnt\nZweite Zeile', source: '' });
    await clock.tickAsync(30_000);
    strictEqual(mails[0]!.subject, 'Synchronisation: Anmeldung abgelehnt');
  });

  it('sends no more mails than allowed in an hour, and then what waited', async () => {
    const { mails, collector } = start();
    for (let minute = 0; minute < 59; minute += 1) {
      collector.add({ text: `Error ${minute}`, source: '' });
      await clock.tickAsync(60_000);
    }
    strictEqual(mails.length, 2);
    await clock.tickAsync(3_600_000);
    strictEqual(mails.length, 3);
    match(mails[2]!.subject, /57 messages/);
    match(mails[2]!.text, /7 more messages were left out/);
  });

  it('keeps the events of a mail that could not be sent', async () => {
    let broken = true;
    const sent: MailText[] = [];
    const { errors, collector } = start({
      send: (mail) => {
        if (broken) return Promise.reject(new Error('down'));
        sent.push(mail);
        return Promise.resolve();
      },
    });
    collector.add({ text: 'Error', source: '' });
    await clock.tickAsync(30_000);
    strictEqual(errors.length, 1);
    broken = false;
    await clock.tickAsync(300_000);
    match(sent[0]!.text, /Error/);
  });

  it('sends what is left when it stops, and nothing later', async () => {
    const { mails, collector } = start();
    collector.add({ text: 'Last words', source: '' });
    await collector.stop();
    strictEqual(mails.length, 1);
    collector.add({ text: 'Too late', source: '' });
    await clock.tickAsync(3_600_000);
    strictEqual(mails.length, 1);
  });
});

describe('mail transport', () => {
  let server: SMTPServer;
  let port: number;
  let received: string[];
  beforeEach(async () => {
    received = [];
    server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        if (username === 'mail' && password === 'secret') done(null, { user: username });
        else done(new Error('Invalid login'));
      },
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('nobody') ? new Error('No such user') : null),
      onData: (stream, _session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          received.push(Buffer.concat(chunks).toString('utf8'));
          done();
        });
      },
    });
    // A connection that the client breaks off is part of the test.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.server.address() as AddressInfo).port;
  });
  afterEach(() => new Promise<void>((resolve) => server.close(resolve)));

  const options = { host: '127.0.0.1', secure: false, from: 'sync@demo.example', to: 'admin@demo.example', timeoutMs: 2_000 };
  const mail = { subject: 'Prüfung', text: 'Both sides agree.\n' };
  const hasCode = (code: string) => (error: unknown) =>
    error instanceof SyncError && error.code === code && !error.message.includes('secret');

  it('sends a mail to a server on this machine, to the address given', async () => {
    const transport = createMailTransport({ ...options, port });
    await transport.send(mail);
    await transport.send(mail, 'anna@demo.example');
    transport.close();
    strictEqual(received.length, 2);
    match(received[0]!, /To: admin@demo\.example/);
    match(received[0]!, /Subject: =\?UTF-8\?/i);
    match(received[1]!, /To: anna@demo\.example/);
  });

  it('does not send in plain text to another machine, nor to a certificate that it does not know', async () => {
    // 127.0.0.1 under another name: not loopback to us. Its certificate is the server's own.
    const transport = createMailTransport({ ...options, host: '0.0.0.0', port });
    await rejects(transport.send(mail), (error) => error instanceof SyncError && error.scope === 'configuration');
    deepStrictEqual(received, []);
  });

  it('tells a refused recipient and an unreachable server apart', async () => {
    await rejects(createMailTransport({ ...options, port }).send(mail, 'nobody@demo.example'), hasCode('mail-refused'));
    await rejects(createMailTransport({ ...options, port: 1 }).send(mail), hasCode('mail-unreachable'));
  });

  it('logs in, and names a refused login without the password', async () => {
    await createMailTransport({ ...options, port, user: 'mail', password: 'secret' }).send(mail);
    strictEqual(received.length, 1);
    await rejects(createMailTransport({ ...options, port, user: 'mail', password: 'secrets' }).send(mail), hasCode('mail-login-refused'));
  });

  it('names the setting that is missing', () => {
    for (const wrong of [{ host: '' }, { port: 0 }, { from: 'x' }, { to: '' }]) {
      throws(
        () => createMailTransport({ ...options, port, ...wrong }),
        (error) => error instanceof SyncError && error.message.includes(Object.keys(wrong)[0]!),
      );
    }
    ok(createMailTransport({ ...options, port }));
  });
});
