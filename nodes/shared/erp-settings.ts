/** The settings of an `erp-config` as options of its database. */
import type { ErpConnection, ErpOptions, MssqlConnection, MssqlLogin } from '../../lib/erp/open';
import { loadCertificates, loadMappingText } from '../../lib/erp/named-files';
import type { SchemaMapping } from '../../lib/erp/schema/mapping';
import { checkForEngine } from '../../lib/erp/schema/mapping-checks';
import type { MappingFault } from '../../lib/erp/schema/mapping-faults';
import { mappingInvalid, readMapping, type ReadMapping } from '../../lib/erp/schema/read-mapping';
import { referenceMapping } from '../../lib/erp/schema/reference-mapping';
import { SyncError } from '../../lib/model/error';
import { numberBetween, oneOf, optionalText, requiredText, yesOrNo } from './settings';

/** Fields of the dialog, environment variables in place. */
export type ErpFields = Readonly<Record<string, unknown>>;

/** Drivers by the word that the field holds. */
export const driverOf = (fields: ErpFields): ErpConnection['driver'] => {
  const driver = optionalText(fields['driver']) || 'sqlite';
  if (driver === 'sqlite' || driver === 'mssql') return driver;
  const tenant = optionalText(fields['name']);
  throw new SyncError('driver-unknown', 'configuration', `ERP ${tenant}: there is no driver "${driver}". Choose "sqlite" or "mssql".`, {
    tenant,
    driver,
  });
};

/** How to log in to SQL Server. */
export const loginModeOf = (fields: ErpFields): MssqlLogin['mode'] => oneOf(fields['loginMode'], 'Login', ['sql', 'domain', 'entra']);

const loginOf = (fields: ErpFields, secret: string): MssqlLogin => {
  const mode = loginModeOf(fields);
  if (mode === 'entra') {
    return {
      mode,
      tenantId: requiredText(fields['tenantId'], 'Entra tenant ID'),
      clientId: requiredText(fields['clientId'], 'Application ID'),
      clientSecret: requiredText(secret, 'Client secret'),
    };
  }
  const account = { user: requiredText(fields['user'], 'User'), password: requiredText(secret, 'Password') };
  return mode === 'sql' ? { mode, ...account } : { mode, domain: requiredText(fields['domain'], 'Domain'), ...account };
};

/** How the connection is protected. */
export const encryptionOf = (fields: ErpFields): { readonly encrypt: boolean; readonly trustServerCertificate: boolean } => ({
  encrypt: yesOrNo(fields['encrypt'], 'Encrypt', true),
  trustServerCertificate: yesOrNo(fields['trustServerCertificate'], 'Trust any certificate'),
});

const seconds = (value: unknown, field: string, or: number): number => 1000 * numberBetween(value, field, { min: 1, max: 3600, or });

const mssqlConnection = async (fields: ErpFields, secret: string, folder: string): Promise<MssqlConnection> => {
  const port = numberBetween(fields['port'], 'Port', { min: 1, max: 65_535, or: 0 });
  const instance = optionalText(fields['instance']);
  const ca = await loadCertificates(optionalText(fields['ca']), folder);
  return {
    driver: 'mssql',
    server: requiredText(fields['server'], 'Server'),
    ...(port === 0 ? {} : { port }),
    ...(instance === '' ? {} : { instance }),
    database: requiredText(fields['database'], 'Database'),
    login: loginOf(fields, secret),
    ...encryptionOf(fields),
    ...(ca === null ? {} : { ca }),
    poolSize: numberBetween(fields['poolSize'], 'Connections', { min: 1, max: 100, or: 10 }),
    connectTimeoutMs: seconds(fields['connectTimeout'], 'Connect within', 15),
    requestTimeoutMs: seconds(fields['requestTimeout'], 'Answer within', 30),
  };
};

/** The mapping, or everything that is wrong with it for this database. */
const readFor = async (fields: ErpFields, folder: string): Promise<ReadMapping> => {
  const text = await loadMappingText(optionalText(fields['mapping']), folder);
  const read = text === null ? { mapping: referenceMapping } : readMapping(text);
  if ('faults' in read) return read;
  const faults = checkForEngine(read.mapping, driverOf(fields));
  return faults.length > 0 ? { faults } : read;
};

/** Faults of the schema mapping; none for the reference mapping. */
export const mappingFaults = async (fields: ErpFields, folder: string): Promise<readonly MappingFault[]> => {
  const read = await readFor(fields, folder);
  return 'faults' in read ? read.faults : [];
};

/** Words a fault in the language of the server. */
export type FaultText = (fault: MappingFault) => string;

/** The schema mapping; throws SyncError `erp-mapping-invalid`, which lists the faults. */
export const mappingOf = async (fields: ErpFields, folder: string, faultText: FaultText): Promise<SchemaMapping> => {
  const read = await readFor(fields, folder);
  if ('mapping' in read) return read.mapping;
  throw mappingInvalid(read.faults, read.faults.map(faultText));
};

/** What the settings of an `erp-config` need besides its fields. */
export interface ErpSurroundings {
  /** Password or client secret. */
  readonly secret: string;
  /** Where relative paths begin. */
  readonly folder: string;
  readonly faultText: FaultText;
}

/** Options of the database. */
export const erpOptions = async (fields: ErpFields, { secret, folder, faultText }: ErpSurroundings): Promise<ErpOptions> => ({
  connection:
    driverOf(fields) === 'sqlite'
      ? { driver: 'sqlite', file: requiredText(fields['database'], 'Database') }
      : await mssqlConnection(fields, secret, folder),
  mapping: await mappingOf(fields, folder, faultText),
  timeZone: optionalText(fields['timeZone']) || 'Europe/Vienna',
  tenant: optionalText(fields['name']),
});
