/** Commands of `exchange-erp`. */
import { Argument, Command, CommanderError } from 'commander';
import {
  applySchema,
  checkSchema,
  type Finding,
  type Refusal,
  type ScriptName,
  scriptNames,
  scriptText,
  uninstallSchema,
} from '../lib/erp/administration';
import { loadMappingText } from '../lib/erp/named-files';
import type { ErpOptions } from '../lib/erp/open';
import { readMapping } from '../lib/erp/schema/read-mapping';
import { SyncError, toSyncError } from '../lib/model/error';
import { driverOf, erpOptions, mappingOf } from '../nodes/shared/erp-settings';
import { fieldsOf, type Options, secretOf, type Surroundings, withConnection, withLanguage, withScript } from './settings';
import { environmentLanguage, languages, type Texts, textsOf } from './texts';

/** What the program did; documented in its help. */
export const exitCodes = { fine: 0, findings: 1, couldNotRun: 2 } as const;

/** The world around a run of the program. */
export interface World extends Surroundings {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Where relative paths begin. */
  readonly folder: string;
}

const help = `
Every option can be given by the variable in brackets, the same as for the shipped flow. The password or client secret is never an
argument: it comes from ERP_PASSWORD or from standard input (--password-stdin).

Exit codes: 0 all is well (there may be warnings), 1 something is wrong with schema or mapping, 2 the command could not run.`;

/** Everything that a command needs to know. */
interface Run {
  readonly options: Options;
  readonly texts: Texts;
}

const wordedOptions = async (world: World, { options, texts }: Run): Promise<ErpOptions> =>
  erpOptions(fieldsOf(options, world.environment), {
    secret: await secretOf(options, world),
    folder: world.folder,
    faultText: texts.fault,
  });

const lines = (world: World, list: readonly string[]): void => {
  for (const line of list) world.write(`${line}\n`);
};

const printScript = async (world: World, { options, texts }: Run, name: ScriptName): Promise<number> => {
  const fields = fieldsOf(options, world.environment);
  world.write(scriptText(driverOf(fields), await mappingOf(fields, world.folder, texts.fault), name));
  return exitCodes.fine;
};

/** Lists findings, and `well` where none of them keeps the sync from starting. */
const tell = (world: World, { texts }: Run, findings: readonly Finding[], well: string): number => {
  const wrong = findings.some(({ severity }) => severity === 'error');
  lines(world, [...findings.map(texts.finding), ...(wrong ? [] : [well])]);
  return wrong ? exitCodes.findings : exitCodes.fine;
};

const check = async (world: World, run: Run): Promise<number> => {
  const well = run.texts.say(
    'Tables, columns and triggers are there and up to date.',
    'Tabellen, Spalten und Trigger sind vorhanden und aktuell.',
  );
  return tell(world, run, await checkSchema(await wordedOptions(world, run)), well);
};

/** Optional steps do no harm when they are refused; the administrator may want to know. */
const tellDone = (world: World, { texts }: Run, refusals: readonly Refusal[], done: string): number => {
  const refused = texts.say('Optional step refused', 'Optionaler Schritt abgelehnt');
  lines(world, [...refusals.map(({ purpose, reason }) => `${refused}: ${purpose}: ${reason}`), done]);
  return exitCodes.fine;
};

const apply = async (world: World, run: Run): Promise<number> => {
  const done = run.texts.say('Tables and triggers are installed.', 'Tabellen und Trigger sind installiert.');
  return tellDone(world, run, await applySchema(await wordedOptions(world, run)), done);
};

const uninstall = async (world: World, run: Run): Promise<number> => {
  if (run.options['yes'] !== true) {
    throw new SyncError(
      'confirmation-missing',
      'configuration',
      'This removes the journal, all links and all triggers of the sync; the next start begins anew. Add --yes if you want that.',
    );
  }
  const done = run.texts.say('Tables and triggers of the sync are removed.', 'Tabellen und Trigger des Abgleichs sind entfernt.');
  return tellDone(world, run, await uninstallSchema(await wordedOptions(world, run)), done);
};

const checkMapping = async (world: World, { texts }: Run, file: string): Promise<number> => {
  const read = readMapping(await loadMappingText(file, world.folder));
  if ('faults' in read) {
    lines(world, read.faults.map(texts.fault));
    return exitCodes.findings;
  }
  lines(world, [texts.say('The mapping has no faults.', 'Die Schemabeschreibung ist in Ordnung.')]);
  return exitCodes.fine;
};

const languageOf = (options: Options, environment: NodeJS.ProcessEnv) =>
  languages.find((language) => language === options['language']) ?? environmentLanguage(environment);

/** Runs the program with its arguments (without node and script) and answers its exit code. */
export const runProgram = async (parameters: readonly string[], world: World): Promise<number> => {
  let code: number = exitCodes.fine;
  const running = async (options: Options, work: (run: Run) => Promise<number>): Promise<void> => {
    const texts = textsOf(languageOf(options, world.environment));
    try {
      code = await work({ options, texts });
    } catch (thrown) {
      world.writeError(`${texts.error(toSyncError(thrown))}\n`);
      code = exitCodes.couldNotRun;
    }
  };
  const program = new Command('exchange-erp')
    .description('Administers the tables and triggers that the sync of ERP and Exchange needs in an ERP database.')
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ writeOut: world.write, writeErr: world.writeError });

  const schema = program.command('schema').description('tables and triggers in the ERP database');
  withScript(schema.command('print'))
    .description('print a script; needs no connection')
    .addArgument(new Argument('[script]', 'which one').choices(scriptNames).default('install'))
    .action((script: ScriptName, options: Options) => running(options, (run) => printScript(world, run, script)));
  withScript(schema.command('rights'))
    .description('print the script that gives a login exactly the rights that the sync needs; the same as "print rights"')
    .action((options: Options) => running(options, (run) => printScript(world, run, 'rights')));
  withConnection(schema.command('check'))
    .description('compare the database with what the sync needs')
    .action((options: Options) => running(options, (run) => check(world, run)));
  withConnection(schema.command('apply'))
    .description('install or upgrade; may be repeated')
    .action((options: Options) => running(options, (run) => apply(world, run)));
  withConnection(schema.command('uninstall'))
    .description('remove tables and triggers of the sync; the ERP stays as it was')
    .option('--yes', 'yes, remove the journal and all links')
    .action((options: Options) => running(options, (run) => uninstall(world, run)));

  const mapping = program.command('mapping').description('schema mapping: how the ERP holds employees, appointments and tasks');
  withLanguage(mapping.command('check'))
    .description('list the faults of a mapping, each with its place')
    .argument('<file>', 'JSON file')
    .action((file: string, options: Options) => running(options, (run) => checkMapping(world, run, file)));

  try {
    await program.parseAsync([...parameters], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return thrown.exitCode === 0 ? exitCodes.fine : exitCodes.couldNotRun;
  }
  return code;
};
