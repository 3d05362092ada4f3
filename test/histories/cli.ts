/**
 * `npm run histories -- --count 2000 [--seed 7] [--replay file]`: random histories of both sides with faults and deaths. A history that ends
 * badly is made shorter and written to a file, which `--replay` runs again. Ends with 1 when one did.
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { explore, replay } from './explore';

const program = new Command('histories')
  .description('Runs random histories of both sides, with faults and deaths, and looks at what each ends in')
  .option('--count <number>', 'histories', '200')
  .option('--seed <number>', 'repeats a run', String(Date.now() % 1_000_000))
  .option('--longest <number>', 'operations of the longest history', '200')
  .option('--at-once <number>', 'histories that run at a time', '6')
  .option('--folder <path>', 'where failing histories are written', 'histories')
  .option('--replay <file>', 'runs a history from a file')
  .option('--times <number>', 'how often at most, as a history depends on moments', '20');

const run = async (): Promise<void> => {
  const options = program
    .parse()
    .opts<Record<'count' | 'seed' | 'longest' | 'atOnce' | 'folder' | 'times', string> & { replay?: string }>();
  if (options.replay !== undefined) {
    const { faults, errors, journal } = await replay(readFileSync(options.replay, 'utf8'), Number(options.times));
    for (const row of journal) console.log(JSON.stringify(row));
    for (const error of errors) console.log(`heard: ${error}`);
    for (const fault of faults) console.log(`FAULT ${fault}`);
    console.log(faults.length === 0 ? 'it ends well' : `${faults.length} faults`);
    process.exit(faults.length === 0 ? 0 : 1);
  }
  const { count, seed, longest, atOnce, folder } = options;
  const failures = await explore({
    count: Number(count),
    seed: Number(seed),
    longest: Number(longest),
    atOnce: Number(atOnce),
    folder,
    shortenings: 60,
    tell: (line) => console.log(line),
  });
  console.log(`seed ${seed}: ${count} histories, ${failures.length} end badly`);
  process.exit(failures.length === 0 ? 0 : 1);
};

void run();
