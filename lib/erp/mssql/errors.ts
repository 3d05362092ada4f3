/** What SQL Server and its driver say, as errors of the port. Texts name place and remedy, never a secret, never what a record holds. */
import { SyncError, type ErrorParams, type ErrorScope } from '../../model/error';
import { faultOf, type Fault } from './faults';
import type { MssqlPlace } from './options';

/** Error numbers of SQL Server (learn.microsoft.com, "Database Engine events and errors"), by what they mean for the sync. */
const numbers = {
  databaseMissing: [4060, 911],
  /** Login refused, account disabled, locked, password expired or to be changed, not from a trusted domain. */
  login: [18450, 18452, 18456, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18486, 18487, 18488],
  rights: [229, 230, 262, 297, 300, 916, 2571, 6004, 15247],
  tableMissing: [208],
  columnMissing: [207],
  procedureMissing: [2812],
  /** Deadlock, lock timeout, snapshot and memory-optimised conflicts: taken back as a whole, and worth another try at once. */
  locked: [1205, 1222, 3960, 41301, 41302, 41305, 41325],
  /** Azure SQL moves, throttles or scales; failover; a database that starts; shutdown; killed. */
  passing: [
    64, 233, 596, 615, 921, 922, 926, 927, 942, 952, 976, 978, 979, 982, 983, 988, 1204, 4221, 6005, 8645, 8651, 10053, 10054, 10060, 10922,
    10928, 10929, 10936, 17142, 18401, 40020, 40143, 40166, 40197, 40501, 40540, 40613, 42108, 42109, 49918, 49919, 49920,
  ],
  /** Memory, disk or log ran out. */
  exhausted: [701, 802, 823, 824, 845, 1101, 1105, 3314, 9001, 9002, 40544, 40549, 40550, 40551, 40552, 40553],
} as const;

const hasAny = (fault: Fault, wanted: readonly number[]): boolean => fault.numbers.some((number) => wanted.includes(number));
const hasCode = (fault: Fault, pattern: RegExp): string | undefined => fault.codes.find((code) => pattern.test(code));

/** Whether the server took the whole transaction back because others were at the same rows. */
export const isLocked = (fault: Fault): boolean => hasAny(fault, numbers.locked);

/** Codes of a connection that is gone or was not there: of the driver, and of sockets. */
const lostCodes = /^(ESOCKET|ECLOSE|ECONNCLOSED|EINVALIDSTATE|ENOTOPEN|ECONNRESET|ECONNREFUSED|EPIPE|ENETUNREACH|EHOSTUNREACH|ENETDOWN)$/;

/** Whether the connection or the server was gone for a moment; nothing that a transaction wrote before its COMMIT is there then. */
export const isPassing = (fault: Fault): boolean => {
  if (isRefusedLogin(fault) || hasCode(fault, certificateCodes) !== undefined) return false;
  return hasAny(fault, numbers.passing) || (fault.numbers.length === 0 && hasCode(fault, lostCodes) !== undefined) || fault.severity >= 20;
};

/** The name of a database that does not open comes with a refused login; the first number tells the cause. */
const isRefusedLogin = (fault: Fault): boolean =>
  hasAny(fault, numbers.login)
    ? !hasAny(fault, [...numbers.databaseMissing, ...numbers.passing])
    : hasCode(fault, /^(EFEDAUTH)$/) !== undefined || (fault.numbers.length === 0 && fault.codes.includes('ELOGIN'));

const certificateCodes =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*|ERR_TLS_CERT_.*|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/**
 * The text without what a record holds: SQL Server quotes duplicate keys, truncated texts and values that it cannot convert, and so does
 * Babelfish. What follows such a value goes too, because the value itself may contain any quote.
 */
export const withoutValues = (text: string): string =>
  text
    .replace(/\s*(The duplicate key value is|Truncated value:)[\s\S]*$/i, '')
    .replace(/\bvalue '[\s\S]*'(?= to | overflowed)/i, 'value')
    .replace(/,? ?value = [\s\S]*$/i, '.')
    .replace(/: "[\s\S]*"/, '')
    .trim();

/** What `RAISERROR` and `THROW` say was written by the ERP's makers for its users. */
const firstOfTheErp = 50_000;
const isErps = (number: number): boolean => number >= firstOfTheErp && number < 2_000_000_000 && number !== 33_557_097;

const refusalText = (fault: Fault): string => {
  const [number] = fault.numbers;
  return number !== undefined && isErps(number) ? fault.text : withoutValues(fault.text);
};

/** The quoted name in a text such as "Invalid object name 'dbo.TERMIN'." */
const nameIn = (text: string): string => /['"]([^'"]+)['"]/.exec(text)?.[1] ?? text;

interface Meaning {
  readonly code: string;
  readonly scope: ErrorScope;
  readonly text: string;
  readonly params?: ErrorParams;
}

/** What the server answered. */
const meaningOfAnswer = (fault: Fault, place: MssqlPlace): Meaning => {
  const { server, database, user } = place;
  const cause = withoutValues(fault.text);
  if (isRefusedLogin(fault)) return refusedLogin(place);
  if (hasAny(fault, numbers.databaseMissing)) {
    const text = `There is no database ${database} on ${server}, or ${user} may not open it. Check its name, and give the login a user in it.`;
    return { code: 'erp-database-missing', scope: 'configuration', text };
  }
  if (isLocked(fault)) return locked(place);
  if (hasAny(fault, numbers.passing) || fault.severity >= 20) return unreachable(place, cause);
  if (hasAny(fault, numbers.exhausted) || fault.severity >= 17) return unreachable(place, cause);
  // What is missing inside of one of the ERP's own procedures or triggers is no matter of the mapping, and of this record only.
  if (fault.procedure === '') {
    if (hasAny(fault, numbers.tableMissing)) return { ...tableMissing(place, nameIn(fault.text)) };
    if (hasAny(fault, numbers.columnMissing)) return { ...columnMissing(place, nameIn(fault.text)) };
    if (hasAny(fault, numbers.procedureMissing)) return { ...procedureMissing(place, nameIn(fault.text)) };
  }
  if (hasAny(fault, numbers.rights)) {
    const text = `${user} lacks a right in the ERP database ${database} on ${server}. Run the script of rights that "exchange-erp schema rights" prints. The server says: ${cause}`;
    return { code: 'erp-no-rights', scope: 'configuration', text, params: { cause } };
  }
  const refusal = refusalText(fault);
  return { code: 'erp-refused', scope: 'item', text: `The ERP database refused the record: ${refusal}`, params: { cause: refusal } };
};

const refusedLogin = ({ server, user }: MssqlPlace): Meaning => ({
  code: 'erp-login-refused',
  scope: 'login',
  text: `The SQL Server ${server} refused the login ${user}. Check user and password, that the account is neither locked nor expired, and that the server allows this kind of login.`,
});

const locked = ({ server, database }: MssqlPlace): Meaning => ({
  code: 'erp-locked',
  scope: 'connection',
  text: `Another program keeps the ERP database ${database} on ${server} locked. Find the program with a long transaction; the sync goes on by itself.`,
});

const unreachable = ({ server, database }: MssqlPlace, cause: string): Meaning => ({
  code: 'erp-unreachable',
  scope: 'connection',
  text: `The ERP database ${database} on ${server} cannot be used at the moment: ${cause} Check server and network; the sync goes on by itself.`,
  params: { cause },
});

const tableMissing = ({ server, database }: MssqlPlace, table: string): Meaning => ({
  code: 'erp-table-missing',
  scope: 'configuration',
  text: `The ERP database ${database} on ${server} has no table ${table} that the login could see. Correct the schema mapping, install the sync tables, or give the login the right.`,
  params: { table },
});

const columnMissing = ({ server, database }: MssqlPlace, column: string): Meaning => ({
  code: 'erp-column-missing',
  scope: 'configuration',
  text: `A table of the ERP database ${database} on ${server} has no column ${column}. Correct the schema mapping.`,
  params: { column },
});

const procedureMissing = ({ server, database }: MssqlPlace, procedure: string): Meaning => ({
  code: 'erp-procedure-missing',
  scope: 'configuration',
  text: `The ERP database ${database} on ${server} has no procedure ${procedure} that the login could see. Correct the schema mapping, or give the login the right.`,
  params: { procedure },
});

/** The server said nothing: the way to it failed. */
const meaningOfSilence = (fault: Fault, place: MssqlPlace): Meaning => {
  const { server } = place;
  if (isRefusedLogin(fault)) return refusedLogin(place);
  const certificate = hasCode(fault, certificateCodes);
  if (certificate !== undefined) {
    const text = `The certificate of the SQL Server ${server} is not trusted (${certificate}). Enter the certificate of its own CA, enter the server by the name in its certificate, or renew it.`;
    return { code: 'erp-certificate-not-trusted', scope: 'configuration', text, params: { reason: certificate } };
  }
  if (hasCode(fault, /^EENCRYPT$/) !== undefined) {
    const text = `The SQL Server ${server} accepts encrypted connections only. Switch encryption on.`;
    return { code: 'erp-encryption-required', scope: 'configuration', text };
  }
  if (hasCode(fault, /^ENOTENCRYPTED$/) !== undefined) {
    const text = `The SQL Server ${server} offers no encryption, so no password was sent to it. Install a certificate on the server, or switch encryption off.`;
    return { code: 'erp-encryption-missing', scope: 'configuration', text };
  }
  if (hasCode(fault, /^(ENOTFOUND|EAI_\w+)$/) !== undefined) {
    // The port says nothing about a name.
    const host = server.replace(/(:\d+|\\.*)$/, '');
    const text = `There is no computer of the name ${host}. Check the server's name and DNS.`;
    return { code: 'erp-host-unknown', scope: 'connection', text, params: { host } };
  }
  if (hasCode(fault, /^EINSTLOOKUP$/) !== undefined) {
    const text = `The SQL Server Browser of ${server} does not tell the instance's port. Check the instance's name, start the browser service, or enter the port.`;
    return { code: 'erp-instance-unknown', scope: 'connection', text };
  }
  if (hasCode(fault, /^ECONNREFUSED$/) !== undefined) {
    const text = `Nothing listens on ${server}. Check the port, that SQL Server runs, and that TCP/IP is enabled in its configuration.`;
    return { code: 'erp-port-closed', scope: 'connection', text };
  }
  if (hasCode(fault, /^(ETIMEOUT|ETIMEDOUT|EPOOL|ECANCEL)$/) !== undefined) return timeout(place);
  if (hasCode(fault, lostCodes) === undefined && hasCode(fault, /^(EABORT|ENOTBEGUN|EPARAM|EARGS|EREQUEST)$/) !== undefined) {
    // Without a word of the server: a parameter that the driver does not send, or a trigger of the ERP that rolls back quietly.
    const cause = withoutValues(fault.text);
    return { code: 'erp-refused', scope: 'item', text: `The ERP database did not take the record: ${cause}`, params: { cause } };
  }
  return unreachable(place, withoutValues(fault.text));
};

const timeout = ({ server, database }: MssqlPlace): Meaning => ({
  code: 'erp-timeout',
  scope: 'connection',
  text: `The ERP database ${database} on ${server} did not answer in time. Check address and firewall; if it answers otherwise, find the program with a long transaction. The sync goes on by itself.`,
});

const errorOf = ({ code, scope, text, params }: Meaning, place: MssqlPlace, cause: unknown): SyncError => {
  const { server, database, user } = place;
  return new SyncError(code, scope, text, { server, database, user, ...params }, { cause });
};

/** Any failure as an error of the port. What is neither the driver's nor the server's stays as it is. */
export const toErpError = (thrown: unknown, place: MssqlPlace): Error => {
  if (thrown instanceof SyncError) return thrown;
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown.message === 'driver has already been destroyed') return errorOf(unreachable(place, 'It was closed.'), place, thrown);
  const fault = faultOf(thrown);
  if (fault === null) return thrown;
  return errorOf(fault.numbers.length > 0 ? meaningOfAnswer(fault, place) : meaningOfSilence(fault, place), place, thrown);
};

/** The answer to COMMIT did not come: nobody knows whether it was carried out, so nothing is repeated; the callers look again. */
export const commitUnknown = (thrown: unknown, place: MssqlPlace): SyncError =>
  errorOf(unreachable(place, 'The connection was lost while a transaction was committed.'), place, thrown);
