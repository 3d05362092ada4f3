/**
 * `npm run chaos -- --kills 200 [--seed 7]`: kills Node-RED under load and ends with one line `200 kills: 0 lost, 0 doubled`; with 1 where
 * anything is wrong, which is then written to a folder together with the database.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { employees } from '../histories/setting';
import { runChaos } from './run';

const program = new Command('chaos')
  .description('Kills a Node-RED with the shipped flow at random moments while both sides are written, and compares them in the end')
  .option('--kills <number>', 'how often', '200')
  .option('--seed <number>', 'repeats what people do and when it is killed, as far as the machine allows', String(Date.now() % 1_000_000))
  .option('--folder <path>', 'where the database and what is wrong are kept', 'chaos');

const folders = ['calendar', 'tasks', 'deleteditems'] as const;

const run = async (): Promise<void> => {
  const { kills, seed, folder } = program.parse().opts<Record<'kills' | 'seed' | 'folder', string>>();
  const evidenceFolder = path.resolve(folder, `seed-${seed}`);
  const outcome = await runChaos({
    kills: Number(kills),
    seed: Number(seed),
    tell: (line) => console.log(line),
    keep: ({ erp, simulator }, evidence) => {
      rmSync(evidenceFolder, { recursive: true, force: true });
      mkdirSync(evidenceFolder, { recursive: true });
      erp.database.prepare('VACUUM INTO ?').run(path.join(evidenceFolder, 'erp.sqlite'));
      const mailbox = Object.fromEntries(folders.map((name) => [name, simulator.items(employees[0], name)]));
      writeFileSync(path.join(evidenceFolder, 'mailbox.json'), `${JSON.stringify(mailbox, null, 1)}\n`);
      writeFileSync(path.join(evidenceFolder, 'evidence.json'), `${JSON.stringify(evidence, null, 1)}\n`);
    },
  });
  const { lost, doubled, otherwise, acts, rows, ran, seconds } = outcome;
  const wrong = [...lost, ...doubled, ...otherwise];
  for (const fault of wrong) console.log(`WRONG ${fault}`);
  if (wrong.length > 0) console.log(`kept in ${evidenceFolder}`);
  console.log(`seed ${seed}: ${acts} acts of people, ${rows} rows carried out, ${ran} killed when the flows ran, ${seconds} seconds`);
  const rest = otherwise.length > 0 ? `, ${otherwise.length} otherwise wrong` : '';
  console.log(`${kills} kills: ${lost.length} lost, ${doubled.length} doubled${rest}`);
  process.exit(wrong.length > 0 ? 1 : 0);
};

void run();
