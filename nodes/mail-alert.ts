/** `mail-alert`: e-mails errors, problems and check reports; collects and limits them. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SyncError, toSyncError } from '../lib/model/error';
import { checkText } from '../lib/monitoring/check-text';
import { firstRunText } from '../lib/monitoring/first-run-text';
import { createMailCollector } from '../lib/monitoring/mail';
import { createMailTransport, type MailTransport } from '../lib/monitoring/mail-transport';
import { alertOf } from './shared/alert';
import { buildNode } from './shared/build-node';
import { passwordOr } from './shared/environment';
import { onInput } from './shared/input';
import { numberBetween, oneOf, optionalText, requiredText } from './shared/settings';
import type { Status } from './shared/status';
import { errorText } from './shared/texts';
import { within } from './shared/within';

interface Definition extends NodeDef {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly secure?: unknown;
  readonly user?: unknown;
  readonly passwordEnv?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly language?: unknown;
  readonly reports?: unknown;
  readonly collectSeconds?: unknown;
  readonly maxPerHour?: unknown;
}
type Credentials = Record<'password', unknown>;

const stopLimitMs = 10_000;

const transportOf = (RED: NodeAPI, node: Node<Credentials>, definition: Definition): MailTransport => {
  const encryption = oneOf(definition.secure, 'TLS', ['starttls', 'tls', 'plain']);
  return createMailTransport({
    host: optionalText(definition.host),
    port: numberBetween(definition.port, 'Port', { min: 1, max: 65_535, or: encryption === 'tls' ? 465 : 587 }),
    secure: encryption === 'tls',
    allowPlain: encryption === 'plain',
    user: optionalText(definition.user),
    password: passwordOr(RED, node, node.credentials.password, definition.passwordEnv),
    from: requiredText(definition.from, 'From'),
    to: requiredText(definition.to, 'To'),
  });
};

/** Takes messages and does nothing with them: alarms are an offer, a flow runs without them. */
const withoutServer = (RED: NodeAPI, node: Node, status: Status): void => {
  const show = () => status.show('idle', 'not-set-up');
  show();
  onInput(RED, node, status, () => Promise.resolve({ outputs: null, show }));
};

const nothingToTell = (): SyncError =>
  new SyncError('alert-empty', 'item', 'There is nothing to mail: send msg.error, msg.status, a report or a text in msg.payload.');

export = (RED: NodeAPI): void => {
  function MailAlert(this: Node<Credentials>, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      if (optionalText(definition.host) === '') {
        withoutServer(RED, this, status);
        return;
      }
      const language = oneOf(definition.language, 'Language', ['en', 'de']);
      const reports = oneOf(definition.reports, 'Reports', ['all', 'differences', 'none']);
      const collectMs = 1000 * numberBetween(definition.collectSeconds, 'Collect', { min: 0, max: 86_400, or: 30 });
      const maxPerHour = numberBetween(definition.maxPerHour, 'Mails per hour', { min: 1, max: 1000, or: 10 });
      const transport = transportOf(RED, this, definition);
      /** Logged, not thrown: an error of its own would come back to this node through a catch node. */
      const onError = (thrown: unknown) => {
        const error = toSyncError(thrown);
        status.failed(error);
        this.warn(errorText(RED, error));
      };
      const send: MailTransport['send'] = async (mail) => {
        await transport.send(mail);
        status.show('well', 'mailed');
      };
      const collector = createMailCollector({ send, collectMs, maxPerHour, language, onError });
      status.show('well', 'ready');

      onInput(RED, this, status, async (received) => {
        const alert = alertOf(received);
        const silent = { outputs: null, show: () => status.show('well', 'ready') };
        if (alert.type === 'nothing') return silent;
        if (alert.type === 'unknown') throw nothingToTell();
        if (alert.type === 'event') {
          collector.add(alert.event);
          return { outputs: null, show: () => status.show('busy', 'collecting') };
        }
        if (alert.type === 'first-run') {
          const { failures, total } = alert.report;
          if (reports === 'none' || (reports === 'differences' && failures.length + total.failed + total.conflicts === 0)) return silent;
          await send(firstRunText(alert.report, language)).catch(onError);
          return { outputs: null, show: () => undefined };
        }
        const { report, timeZone } = alert;
        const wanted = reports === 'all' || (reports === 'differences' && report.entries.length + report.failures.length > 0);
        if (!wanted) return silent;
        await send(checkText(report, language, timeZone)).catch(onError);
        return { outputs: null, show: () => undefined };
      });
      this.on('close', (done: () => void) => {
        void within(stopLimitMs, collector.stop()).finally(() => {
          transport.close();
          done();
        });
      });
    });
  }
  RED.nodes.registerType('mail-alert', MailAlert, { credentials: { password: { type: 'password' } } });
};
