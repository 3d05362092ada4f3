/** What each version of a stored `erp-config` lacks, filled in: used when flows start and when the dialog opens. */

/** The version that the dialog stores. */
export const erpConfigVersion = 2;

/**
 * Version 1 knew SQLite and the reference schema only. What came with version 2 is taken from the environment, as in a new node,
 * so that a flow of version 1 whose driver is a variable can go on with SQL Server.
 */
const sinceVersion2 = {
  server: '${ERP_SERVER}',
  port: '${ERP_PORT}',
  instance: '${ERP_INSTANCE}',
  loginMode: '${ERP_LOGIN}',
  user: '${ERP_USER}',
  domain: '${ERP_DOMAIN}',
  tenantId: '${ERP_TENANT_ID}',
  clientId: '${ERP_CLIENT_ID}',
  passwordEnv: 'ERP_PASSWORD',
  encrypt: '${ERP_ENCRYPT}',
  trustServerCertificate: '${ERP_TRUST_CERTIFICATE}',
  ca: '${ERP_CA}',
  poolSize: 10,
  connectTimeout: 15,
  requestTimeout: 30,
  mapping: '${ERP_MAPPING}',
} as const;

const isSet = ([, value]: readonly [string, unknown]): boolean => value !== undefined;

/** Fields of a stored node of any version, as the present version has them. */
export const presentErpConfig = (stored: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const version = typeof stored['version'] === 'number' ? stored['version'] : 1;
  if (version >= erpConfigVersion) return stored;
  return { ...sinceVersion2, ...Object.fromEntries(Object.entries(stored).filter(isSet)), version: erpConfigVersion };
};
