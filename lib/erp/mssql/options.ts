/** Settings of a SQL Server connection, checked at the edge, and as the package `mssql` wants them. */
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { config as MssqlConfig } from 'mssql';
import { SyncError } from '../../model/error';

/** Who logs in to SQL Server. */
export type MssqlLogin =
  | { readonly mode: 'sql'; readonly user: string; readonly password: string }
  /** NTLM. */
  | { readonly mode: 'domain'; readonly domain: string; readonly user: string; readonly password: string }
  /** A service principal of Microsoft Entra. */
  | { readonly mode: 'entra'; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string };

/** Where a SQL Server database is. */
export interface MssqlConnection {
  readonly driver: 'mssql';
  /** Name or address; also as administrators write it: `tcp:server,1433`, `server\instance`. */
  readonly server: string;
  /** Default 1433, or what the browser service tells for `instance`. */
  readonly port?: number;
  readonly instance?: string;
  readonly database: string;
  readonly login: MssqlLogin;
  /** Default true. */
  readonly encrypt?: boolean;
  /** Accepts a certificate that cannot be verified; default false. */
  readonly trustServerCertificate?: boolean;
  /** Certificates (PEM) of a private authority, trusted besides the public ones. */
  readonly ca?: string;
  /** Connections at most, default 10. */
  readonly poolSize?: number;
  /** Default 15000. */
  readonly connectTimeoutMs?: number;
  /** Default 30000. */
  readonly requestTimeoutMs?: number;
}

/** What error texts name of a connection. */
export interface MssqlPlace {
  readonly server: string;
  readonly database: string;
  readonly user: string;
}

const invalid = (tenant: string, setting: string, expected: string): SyncError =>
  new SyncError('erp-setting-invalid', 'configuration', `ERP ${tenant}: ${setting} cannot be used, expected is ${expected}.`, {
    tenant,
    setting,
    expected,
  });

const required = (tenant: string, setting: string, value: string): string => {
  if (value.trim() !== '') return value.trim();
  throw new SyncError('erp-setting-missing', 'configuration', `ERP ${tenant}: ${setting} is empty. Fill it in.`, { tenant, setting });
};

const requiredSecret = (tenant: string, setting: string, value: string): string => {
  required(tenant, setting, value);
  return value;
};

const wholeNumber = (tenant: string, setting: string, value: number, least: number, most: number): number => {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(tenant, setting, `a whole number from ${least} to ${most}`);
};

interface Address {
  readonly server: string;
  readonly port: number | null;
  readonly instance: string | null;
}

/** `tcp:server\instance,port`, of which only the server must be there. */
const serverSyntax = /^(?:tcp:)?\s*(?<server>[^\\,:;\s]+)\s*(?:\\\s*(?<instance>[^\\,;\s]+))?\s*(?:,\s*(?<port>\d+))?$/i;
const ipv6 = /^\[?(?<server>[0-9a-f]*:[0-9a-f:.]+)\]?$/i;

/** A port says more than the name of an instance: the browser service is not asked then. */
const addressOf = (tenant: string, connection: MssqlConnection): Address => {
  const text = required(tenant, 'Server', connection.server);
  const groups = (ipv6.exec(text) ?? serverSyntax.exec(text))?.groups;
  const server = groups?.['server'];
  if (server === undefined) throw invalid(tenant, 'Server', 'a name, an address, server\\instance or server,port');
  const written = groups?.['port'];
  const given = connection.port ?? (written === undefined ? null : Number(written));
  const port = given === null ? null : wholeNumber(tenant, 'Port', given, 1, 65_535);
  const instance = (connection.instance ?? '').trim() || (groups?.['instance'] ?? '');
  return { server, port, instance: instance === '' || port !== null ? null : instance };
};

const loginOf = (tenant: string, login: MssqlLogin): Pick<MssqlConfig, 'authentication'> => {
  switch (login.mode) {
    case 'sql': {
      const options = { userName: required(tenant, 'User', login.user), password: requiredSecret(tenant, 'Password', login.password) };
      return { authentication: { type: 'default', options } };
    }
    case 'domain': {
      const options = {
        domain: required(tenant, 'Domain', login.domain),
        userName: required(tenant, 'User', login.user),
        password: requiredSecret(tenant, 'Password', login.password),
      };
      return { authentication: { type: 'ntlm', options } };
    }
    case 'entra': {
      const options = {
        tenantId: required(tenant, 'Tenant id', login.tenantId),
        clientId: required(tenant, 'Client id', login.clientId),
        clientSecret: requiredSecret(tenant, 'Client secret', login.clientSecret),
      };
      return { authentication: { type: 'azure-active-directory-service-principal-secret', options } };
    }
  }
};

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The authorities to trust: given ones replace Node's own list, so that one comes along. */
const authorities = (tenant: string, ca: string): readonly string[] => {
  const given = ca.match(certificate) ?? [];
  try {
    for (const one of given) new X509Certificate(one);
  } catch {
    throw invalid(tenant, 'CA certificate', 'certificates in PEM form');
  }
  if (given.length === 0) throw invalid(tenant, 'CA certificate', 'certificates in PEM form');
  return [...rootCertificates, ...given];
};

/** Whom the login names, for error texts. */
const userOf = (login: MssqlLogin): string => {
  switch (login.mode) {
    case 'sql':
      return login.user;
    case 'domain':
      return `${login.domain}\\${login.user}`;
    case 'entra':
      return login.clientId;
  }
};

/** What error texts name of the connection; throws `erp-setting-missing` or `erp-setting-invalid` (configuration). */
export const placeOf = (connection: MssqlConnection, tenant: string): MssqlPlace => {
  const { server, port, instance } = addressOf(tenant, connection);
  return {
    server: instance === null ? `${server}:${port ?? 1433}` : `${server}\\${instance}`,
    database: connection.database.trim(),
    user: userOf(connection.login),
  };
};

/** The configuration of a pool; throws `erp-setting-missing` or `erp-setting-invalid` (configuration). */
export const poolConfig = (connection: MssqlConnection, tenant: string): MssqlConfig => {
  const { server, port, instance } = addressOf(tenant, connection);
  const { encrypt = true, trustServerCertificate = false, ca = '', poolSize = 10 } = connection;
  const connectTimeout = wholeNumber(tenant, 'Connect timeout', connection.connectTimeoutMs ?? 15_000, 100, 600_000);
  return {
    server,
    ...(port === null ? {} : { port }),
    database: required(tenant, 'Database', connection.database),
    ...loginOf(tenant, connection.login),
    connectionTimeout: connectTimeout,
    requestTimeout: wholeNumber(tenant, 'Request timeout', connection.requestTimeoutMs ?? 30_000, 100, 3_600_000),
    options: {
      ...(instance === null ? {} : { instanceName: instance }),
      encrypt,
      trustServerCertificate,
      ...(ca.trim() === '' ? {} : { cryptoCredentialsDetails: { ca: [...authorities(tenant, ca)] } }),
      appName: 'exchange-erp',
      // A time of the ERP has no zone: UTC keeps Node's own zone out of it.
      useUTC: true,
    },
    pool: {
      min: 0,
      max: wholeNumber(tenant, 'Pool size', poolSize, 1, 1000),
      idleTimeoutMillis: 30_000,
      createTimeoutMillis: 2 * connectTimeout,
      acquireTimeoutMillis: 2 * connectTimeout,
    },
  };
};
