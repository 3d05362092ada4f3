/** Options of the command line as settings of an ERP database: the same fields, variables and rules as in `erp-config`. */
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { ErpFields } from '../nodes/shared/erp-settings';
import { languages } from './texts';

/** Where values come from besides the command line. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadableStream;
}

/** Field of `erp-config`, its option and the variable that stands in for it. */
const fields = [
  { field: 'driver', option: '--driver <driver>', variable: 'ERP_DRIVER', help: 'sqlite or mssql (default: sqlite)' },
  { field: 'database', option: '--database <name>', variable: 'ERP_DATABASE', help: 'database, or path of the SQLite file' },
  { field: 'server', option: '--server <host>', variable: 'ERP_SERVER', help: 'host of SQL Server' },
  { field: 'port', option: '--port <port>', variable: 'ERP_PORT', help: 'its port (default: 1433)' },
  { field: 'instance', option: '--instance <name>', variable: 'ERP_INSTANCE', help: 'its named instance' },
  { field: 'loginMode', option: '--login <mode>', variable: 'ERP_LOGIN', help: 'sql, domain or entra (default: sql)' },
  { field: 'user', option: '--user <name>', variable: 'ERP_USER', help: 'user of the login' },
  { field: 'domain', option: '--domain <name>', variable: 'ERP_DOMAIN', help: 'domain of a domain login' },
  { field: 'tenantId', option: '--tenant-id <id>', variable: 'ERP_TENANT_ID', help: 'Entra: directory of the service principal' },
  { field: 'clientId', option: '--client-id <id>', variable: 'ERP_CLIENT_ID', help: 'Entra: the service principal' },
  { field: 'encrypt', option: '--encrypt <yes|no>', variable: 'ERP_ENCRYPT', help: 'TLS to SQL Server (default: yes)' },
  {
    field: 'trustServerCertificate',
    option: '--trust-certificate <yes|no>',
    variable: 'ERP_TRUST_CERTIFICATE',
    help: 'accept any certificate (default: no)',
  },
  { field: 'ca', option: '--ca <file>', variable: 'ERP_CA', help: 'PEM file of an authority of your own' },
  { field: 'mapping', option: '--mapping <file>', variable: 'ERP_MAPPING', help: 'schema mapping (default: the reference schema)' },
  {
    field: 'timeZone',
    option: '--time-zone <zone>',
    variable: 'ERP_TIME_ZONE',
    help: "zone of the ERP's local times (default: Europe/Vienna)",
  },
] as const;

type Field = (typeof fields)[number]['field'];

const connectionFields: readonly Field[] = fields.map(({ field }) => field);
const scriptFields: readonly Field[] = ['driver', 'mapping'];

/** Option of every command. */
export const withLanguage = (command: Command): Command =>
  command.addOption(new Option('--language <language>', 'of findings and errors (default: of the environment)').choices(languages));

const add = (command: Command, wanted: readonly Field[]): Command => {
  for (const { field, option, variable, help } of fields) {
    if (wanted.includes(field)) command.addOption(new Option(option, `${help} [${variable}]`));
  }
  return withLanguage(command);
};

/** Options of a command that connects. */
export const withConnection = (command: Command): Command =>
  add(command, connectionFields).addOption(
    new Option('--password-stdin', 'read password or client secret from standard input (default: the variable ERP_PASSWORD)'),
  );

/** Options of a command that prints only. */
export const withScript = (command: Command): Command => add(command, scriptFields);

/** What commander has read. */
export type Options = Readonly<Record<string, unknown>>;

/** A variable that is not set is left in place, so that the error names it. */
const valueOf = (options: Options, environment: NodeJS.ProcessEnv, option: string, variable: string): unknown => {
  const name = option.replace(/^--(\S+).*$/, '$1').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const set = environment[variable] ?? '';
  return options[name] ?? (set === '' ? `\${${variable}}` : set);
};

/** Fields of an `erp-config`; the database stands for the tenant's name in error texts. */
export const fieldsOf = (options: Options, environment: NodeJS.ProcessEnv): ErpFields => {
  const values = Object.fromEntries(
    fields.map(({ field, option, variable }) => [field, valueOf(options, environment, option, variable)] as const),
  );
  return { ...values, name: values['database'] };
};

/** The password or client secret: never an argument, because everybody on the machine can read arguments. */
export const secretOf = async (options: Options, { environment, stdin }: Surroundings): Promise<string> =>
  options['passwordStdin'] === true ? (await text(stdin)).replace(/\r?\n$/, '') : (environment['ERP_PASSWORD'] ?? '') || '${ERP_PASSWORD}';
