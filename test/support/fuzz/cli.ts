/** `npm run fuzz -- --count 10000 --seed 1`: ends with 1 where the simulator misbehaved. */
import { Command } from 'commander';
import { schemaAvailable } from '../ews-schema';
import { runFuzz } from './run';

const program = new Command('fuzz')
  .description('Sends generated requests to the Exchange simulator: valid, slightly broken, hostile')
  .option('--count <number>', 'requests', '10000')
  .option('--seed <number>', 'repeats a run', String(Date.now() % 1_000_000));

const run = async (): Promise<void> => {
  const options = program.parse().opts<{ count: string; seed: string }>();
  const { sent, statuses, codes, peakMb, problems } = await runFuzz({ count: Number(options.count), seed: Number(options.seed) });
  console.log('HTTP', statuses);
  console.log('codes', Object.fromEntries(Object.entries(codes).sort(([, one], [, two]) => two - one)));
  for (const problem of problems.slice(0, 20)) console.log(`PROBLEM ${problem}`);
  if (!schemaAvailable) console.log('SKIPPED: the EWS schema is not here, so no answer was validated');
  console.log(
    `seed ${options.seed}: ${sent.valid} valid, ${sent.broken} broken, ${sent.hostile} hostile requests; peak ${peakMb} MB; ${problems.length} problems`,
  );
  process.exitCode = problems.length > 0 ? 1 : 0;
};

void run();
