/** The SQL Server that `MSSQL_URL` names, and databases of our own on it. Anything that speaks TDS will do. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import sql from 'mssql';
import type { MssqlConnection } from '../../lib/erp/open';

const fromUrl = (text: string): sql.config => {
  const url = new URL(text);
  const flag = (name: string): boolean | undefined => {
    const value = url.searchParams.get(name);
    return value === null ? undefined : value === 'true';
  };
  const [encrypt, trustServerCertificate] = [flag('encrypt'), flag('trustServerCertificate')];
  return {
    server: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    options: {
      ...(encrypt === undefined ? {} : { encrypt }),
      ...(trustServerCertificate === undefined ? {} : { trustServerCertificate }),
    },
  };
};

/** `mssql://user:password@host:port/master?encrypt=false&trustServerCertificate=true`, or `Server=…;User Id=…;Password=…;…`. */
const settings = (text: string): sql.config =>
  /^mssql:/i.test(text) ? fromUrl(text) : { ...sql.ConnectionPool.parseConnectionString(text), database: undefined };

/** The address of the server; empty when there is none. */
export const mssqlUrl = process.env['MSSQL_URL'] ?? '';

/** A database of our own. */
export interface OwnDatabase {
  /** How the product opens it. */
  readonly connection: MssqlConnection;
  /** How the package `mssql` opens it. */
  readonly config: sql.config;
  /** Closes nothing: whoever opened connections to it closes them first. */
  readonly drop: () => Promise<void>;
}

const connectionOf = ({ server, port, user = '', password = '', options }: sql.config, database: string): MssqlConnection => ({
  driver: 'mssql',
  server,
  ...(port === undefined ? {} : { port }),
  ...(options?.instanceName === undefined ? {} : { instance: options.instanceName }),
  database,
  login: { mode: 'sql', user, password },
  encrypt: options?.encrypt !== false,
  ...(options?.trustServerCertificate === undefined ? {} : { trustServerCertificate: options.trustServerCertificate }),
});

const asAdministrator = async (
  config: sql.config,
  work: (run: (statement: string) => Promise<unknown>) => Promise<void>,
): Promise<void> => {
  const pool = await new sql.ConnectionPool({ ...config, database: 'master', pool: { max: 1 } }).connect();
  try {
    await work((statement) => pool.batch(statement));
  } finally {
    await pool.close();
  }
};

/** A session that is still ending keeps the database for a moment, where the server cannot take it away from it. */
const dropDatabase = async (run: (statement: string) => Promise<unknown>, name: string): Promise<void> => {
  await run(`ALTER DATABASE [${name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE`).catch(() => undefined);
  for (let attempt = 1; ; attempt++) {
    try {
      await run(`DROP DATABASE [${name}]`);
      return;
    } catch (thrown) {
      if (attempt === 20 || !(thrown instanceof Error) || !/in use/i.test(thrown.message)) throw thrown;
    }
    await pause(500);
  }
};

/** Creates a database with a name that nobody else has. */
export const createMssqlDatabase = async (): Promise<OwnDatabase> => {
  const config: sql.config = { connectionTimeout: 30_000, requestTimeout: 60_000, ...settings(mssqlUrl) };
  const name = `exchange_erp_test_${randomBytes(5).toString('hex')}`;
  await asAdministrator(config, async (run) => {
    await run(`CREATE DATABASE [${name}]`);
  });
  return {
    connection: connectionOf(config, name),
    config: { ...config, database: name },
    drop: () => asAdministrator(config, (run) => dropDatabase(run, name)),
  };
};

/** Declares tests that need SQL Server; without one they are one test that is visibly skipped. */
export const describeOnMssql = (name: string, declare: () => void): void => {
  describe(name, function () {
    this.timeout(120_000);
    if (mssqlUrl === '') it('skipped: set MSSQL_URL to the address of a SQL Server (npm run test:mssql)');
    else declare();
  });
};
