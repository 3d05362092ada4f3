/** `npm run import-ics`: loads iCalendar files into a mailbox or into the ERP. */
import { Command, Option } from 'commander';
import { requireZone } from '../lib/mapping/local-time';
import { openErpTarget } from './import/erp-target';
import { openExchangeTarget } from './import/exchange-target';
import { importFiles, type ImportReport, type SkippedInFile } from './import/run-import';
import type { ImportTarget } from './import/target';
import { readDemoSettings } from './settings';

interface Options {
  readonly to: 'exchange' | 'erp';
  readonly employee: string;
  readonly timeZone: string;
  readonly json?: true;
}

const environment = process.env;

const program = new Command('import-ics')
  .description(
    'Imports appointments and tasks of iCalendar files, series with their moved, changed and deleted occurrences. What cannot be read and ' +
      'what Exchange cannot express is skipped and listed. Importing a file twice doubles its items; an interrupted import starts again at the first file.',
  )
  .addOption(new Option('--to <side>', 'where to import').choices(['exchange', 'erp']).makeOptionMandatory())
  .requiredOption('--employee <e-mail>', 'mailbox, and e-mail address of the employee in the ERP')
  .option('--time-zone <zone>', 'IANA zone of times without zone', environment['ERP_TIME_ZONE'] ?? 'Europe/Vienna')
  .option('--json', 'print one JSON object instead of lines')
  .argument('<files...>', 'iCalendar files')
  .addHelpText(
    'after',
    '\nexchange: EWS_URL, EWS_USER, EWS_PASSWORD, EWS_PLAIN_HTTP; default is the simulator of npm start (EWS_PORT).' +
      '\nerp: ERP_DATABASE; default is erp.sqlite in DEMO_DIR (default .demo).',
  );

const openTarget = ({ to, employee, timeZone }: Options): ImportTarget => {
  const settings = readDemoSettings(environment);
  if (to === 'exchange') return openExchangeTarget(employee, settings, environment, timeZone);
  const file = environment['ERP_DATABASE'] ?? '';
  return openErpTarget(employee, file === '' ? settings.database : file, timeZone);
};

const printSkipped = ({ file, line, what, reason }: SkippedInFile): void => {
  console.log(`skipped ${file}${line === undefined ? '' : `:${line}`} ${what}: ${reason}`);
};

const summaryOf = ({ imported, exceptions, skipped }: ImportReport): string =>
  `imported ${imported}, with ${exceptions} exceptions of series, skipped ${skipped.length}`;

const run = async (files: readonly string[], options: Options): Promise<void> => {
  requireZone(options.timeZone);
  const target = openTarget(options);
  try {
    const report = await importFiles(files, target, options.timeZone, options.json === true ? () => undefined : printSkipped);
    console.log(options.json === true ? JSON.stringify(report) : summaryOf(report));
  } finally {
    await target.close();
  }
};

program
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
