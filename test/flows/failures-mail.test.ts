/** Alarms and reports by e-mail, over SMTP: errors are collected into one mail, and no mail carries a secret or an item's body. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { startFailingSite } from '../support/failing-site';
import type { FailingSite } from '../support/failing-site';
import { freePort } from '../support/free-port';
import { service } from '../support/site';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { until } from '../../testing/wait';

const smtpPassword = 'secret-of-the-mail-server';
const body = 'what nobody else may read';

/** A mail server that keeps what it gets. */
const startMailServer = async (port: number, mails: string[]): Promise<SMTPServer> => {
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    onAuth: ({ username, password }, _session, answer) =>
      username === 'alarm' && password === smtpPassword ? answer(null, { user: username }) : answer(new Error('refused')),
    onData: (stream, _session, answer) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        answer();
      });
    },
  });
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return server;
};

/** The text of a mail as a person reads it. */
const readable = (mail: string): string => {
  const text = mail.slice(mail.indexOf('\r\n\r\n'));
  if (/content-transfer-encoding: base64/i.test(mail)) return Buffer.from(text, 'base64').toString('utf8');
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
};

/** A local time some days from now, as the ERP writes it. */
const dayFromNow = (days: number, hour: string): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)} ${hour}:00:00`;

describe('alarms by e-mail', () => {
  let site: FailingSite;
  let server: SMTPServer;
  const mails: string[] = [];
  before(async function () {
    this.timeout(60_000);
    const port = await freePort();
    server = await startMailServer(port, mails);
    const flow = withChanges(shippedFlow('bidirectional-sync.json'), { 'sync-mail': { collectSeconds: '4' } });
    site = await startFailingSite(flow, {
      environment: {
        SMTP_HOST: '127.0.0.1',
        SMTP_PORT: String(port),
        SMTP_SECURE: 'plain',
        SMTP_USER: 'alarm',
        SMTP_PASSWORD: smtpPassword,
        ALERT_FROM: 'sync@x.test',
        ALERT_TO: 'admin@x.test',
        ALERT_LANGUAGE: 'en',
      },
      secrets: [smtpPassword],
    });
  });
  afterEach(() => {
    site.simulator.faults.clear();
    assert.deepEqual(site.leaks(), []);
    for (const mail of mails) {
      for (const secret of [service.password, smtpPassword, body]) {
        assert.equal(mail.includes(secret), false);
        assert.equal(readable(mail).includes(secret), false);
      }
    }
  });
  after(async () => {
    await site.stop();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it('collects several errors into one mail that names place and cause', async () => {
    const row = { body, start_at: '2026-12-01 10:00:00' };
    site.enter('a bell \u0007', row);
    site.enter('every hour', { ...row, recurrence_rule: 'FREQ=HOURLY' });
    site.enter('backwards', { ...row, start_at: '2026-12-01 10:00:00', end_at: '2026-12-01 09:00:00' });
    site.simulator.faults.add({ operation: 'SyncFolderItems', action: { kind: 'html500' } });
    site.simulator.create('ben@x.test', { kind: 'task', subject: 'read in vain', body });
    const codes = ['text-not-representable', 'recurrence-not-expressible', 'item-refused', 'not-xml'];
    for (const code of codes) await until(`${code} is caught`, () => site.errorOf(code));
    const mail = readable(await until('the mail is there', () => mails[0]));
    for (const { message } of site.errors) assert.ok(mail.includes(message.split('\n')[0] ?? message), `${message} is missing in ${mail}`);
    assert.equal(mails.length, 1);
    await until('the status shows it', () => site.shown('sync-mail').some((shown) => shown.endsWith('mail sent')));
  });

  it('a report of the check comes as a mail of its own, with subjects of private items left out', async () => {
    await site.quiet();
    const before = mails.length;
    const [start, end] = [dayFromNow(2, '09'), dayFromNow(2, '10')];
    site.enter('seen', { start_at: start, end_at: end, body });
    await until('it is in the mailbox', () => site.inMailbox('seen')[0]);
    await site.quiet();
    site.erp.exec('DELETE FROM sync_link');
    site.erp.prepare("UPDATE appointment SET sensitivity = 'private', subject = 'hush hush' WHERE subject = 'seen'").run();
    site.send('sync-check', { payload: {} });
    const mail = await until('the report is there', () =>
      mails.slice(before).find((text) => /Synchronisation check/.test(readable(text) + text)),
    );
    assert.equal(readable(mail).includes('hush hush'), false);
    assert.match(readable(mail), /\(private\)/);
  });

  it('a mail server that refuses is shown and logged, and the sync goes on', async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    site.send('sync-mail', { payload: 'nobody hears this' });
    await until('the status shows it', () => site.shown('sync-mail').includes('yellow ring mail server missing'));
    site.enter('goes on');
    await until('it is in the mailbox', () => site.inMailbox('goes on')[0]);
  });
});
