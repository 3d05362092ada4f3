/** `npm run simulator`: the Exchange simulator on its own. */
import { writeFile } from 'node:fs/promises';
import { readCommandLine } from './command-line';
import { whenLauncherEnds } from './launcher';
import { startSimulator } from './testing';

const run = async (): Promise<void> => {
  const { simulator: options, faults, certificateFile } = readCommandLine(process.argv.slice(2));
  const simulator = await startSimulator(options);
  for (const fault of faults) simulator.faults.add(fault);
  if (certificateFile !== undefined) await writeFile(certificateFile, simulator.certificate ?? '');
  // Before the first line: who reads it may stop us at once.
  const stop = (): void => void simulator.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  whenLauncherEnds(stop);
  console.log(`Mailboxes ${simulator.pageUrl}`);
  if (simulator.secureUrl !== undefined) console.log(`Secure ${simulator.secureUrl}`);
  console.log(`Ready ${simulator.url}`);
};

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
