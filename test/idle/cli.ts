/** `npm run idle -- [--minutes 10]`: watches a site at rest for minutes of the clock; ends with 1 where anything was written anywhere. */
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { isEqual } from 'lodash';
import { everything, startIdleSite, sweep, type Everything } from '../support/idle-site';

const program = new Command('idle')
  .description('Lets a site come to rest and counts what is written on either side afterwards')
  .option('--minutes <number>', 'how long', '10')
  .option('--sweep-minutes <number>', 'how often everything is looked through', '0.5');

const changed = (before: Everything, after: Everything): readonly string[] => [
  ...Object.keys(after.tables).filter((name) => !isEqual(after.tables[name], before.tables[name])),
  ...(isEqual(after.mailboxes, before.mailboxes) ? [] : ['mailboxes']),
];

const run = async (): Promise<void> => {
  const { minutes, sweepMinutes } = program.parse().opts<Record<'minutes' | 'sweepMinutes', string>>();
  const site = await startIdleSite(sweepMinutes);
  const { requests } = site.simulator;
  // How far a folder is read is noted when it is read: the sync's own last writes are read back here.
  await sweep(site);
  const before = everything(site);
  const askedBefore = { all: requests.total(), sweeps: requests.count('SyncFolderItems') };
  let versions = 0;
  let version = before.fileVersion;
  const end = Date.now() + 60_000 * Number(minutes);
  while (Date.now() < end) {
    await wait(Math.min(1_000, Math.max(0, end - Date.now())));
    const { fileVersion } = everything(site);
    if (fileVersion !== version) {
      versions += 1;
      console.log(`WRITTEN the database, ${Math.round((end - Date.now()) / 1_000)} seconds before the end`);
    }
    version = fileVersion;
  }
  const after = everything(site);
  const writes = after.exchangeWrites - before.exchangeWrites;
  const differing = changed(before, after);
  for (const name of differing) console.log(`CHANGED ${name}`);
  console.log(
    `${requests.total() - askedBefore.all} requests, ${requests.count('SyncFolderItems') - askedBefore.sweeps} lists of changes among them, ` +
      `${site.errors.length} errors heard since the start`,
  );
  console.log(
    `${minutes} minutes idle: ${writes} writes in Exchange, ${versions} in the database, ${differing.length} tables or mailboxes changed`,
  );
  await site.stop();
  process.exit(writes + versions + differing.length > 0 ? 1 : 0);
};

void run();
