/** `npm run simulator`: the Exchange simulator on its own. */
import { Command } from 'commander';
import { whenLauncherEnds } from './launcher';
import { startSimulator, type MailboxAccount } from './testing';

/** `address:password`; the password may contain colons. */
const account = (text: string): MailboxAccount => {
  const colon = text.indexOf(':');
  if (colon < 1) throw new Error(`Write ${text} as address:password`);
  return { address: text.slice(0, colon), password: text.slice(colon + 1) };
};

const collect = (text: string, before: readonly MailboxAccount[]): readonly MailboxAccount[] => [...before, account(text)];

const program = new Command('simulator')
  .description('Runs the Exchange simulator on loopback until it is interrupted')
  .option('--port <number>', 'port to listen on, 0 for any', '0')
  .option('--mailbox <address:password>', 'a mailbox and its password (repeatable)', collect, [])
  .option('--service <address:password>', 'an account that may impersonate everyone (repeatable)', collect, [])
  .option('--state <file>', 'keep the mailboxes in this file');

const run = async (): Promise<void> => {
  program.parse();
  const options = program.opts<{ port: string; mailbox: readonly MailboxAccount[]; service: readonly MailboxAccount[]; state?: string }>();
  const simulator = await startSimulator({
    port: Number(options.port),
    mailboxes: options.mailbox,
    serviceAccounts: options.service,
    ...(options.state === undefined ? {} : { stateFile: options.state }),
  });
  // Before the first line: who reads it may stop us at once.
  const stop = (): void => void simulator.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  whenLauncherEnds(stop);
  console.log(`Mailboxes ${simulator.pageUrl}`);
  console.log(`Ready ${simulator.url}`);
};

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
