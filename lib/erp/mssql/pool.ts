/** The pool of connections to one SQL Server database: what is broken or in doubt leaves it. */
import type { EventEmitter } from 'node:events';
import type sql from 'mssql';
import { SyncError } from '../../model/error';
import type { Mssql } from './values';

type Connection = sql.Connection;

/** The package tells a refused login without the server's numbers; they are kept with its error. */
const keepLoginErrors = (connection: Connection): void => {
  const told: Error[] = [];
  const keep = ({ message, number, class: severity }: { readonly message: string; readonly number: number; readonly class: number }) => {
    told.push(Object.assign(new Error(message), { number, class: severity }));
  };
  connection.on('errorMessage', keep);
  connection.once('connect', (error) => {
    connection.removeListener('errorMessage', keep);
    if (error !== undefined && told.length > 0) Object.assign(error, { errors: told });
  });
};

/** To a server, or somebody in between, that declines encryption the driver would send the password all the same, hardly disguised. */
const refusePlainLogin = (connection: Connection): void => {
  let encrypted = false;
  connection.on('secure', () => {
    encrypted = true;
  });
  const logIn = connection.sendLogin7Packet.bind(connection);
  connection.sendLogin7Packet = () => {
    if (!encrypted) throw Object.assign(new Error('The server offers no encryption.'), { code: 'ENOTENCRYPTED' });
    // Azure leads on to another server, with which encryption is negotiated anew.
    encrypted = false;
    logIn();
  };
};

/** Whether the server has taken the transaction back by itself, with the session as it was: told to, it answers a request without a text. */
const isUnasked = ({ request }: Connection): boolean =>
  request === undefined || !('sqlTextOrProcedure' in request) || request.sqlTextOrProcedure !== undefined;

/**
 * Opens a pool; rejects with the driver's error. A connection leaves it when it is broken, when nobody ended its transaction (after a
 * time-out), and when the server took its transaction back: what the session was told for it (whose mailbox the writes come from) stays.
 */
export const openPool = async (mssql: Mssql, config: sql.config): Promise<sql.ConnectionPool> => {
  const inDoubt = new WeakSet<Connection>();
  const validate = (connection: Connection): boolean =>
    !connection.closed && connection.state.name === 'LoggedIn' && !connection.inTransaction && !inDoubt.has(connection);
  const pool = new mssql.ConnectionPool({
    ...config,
    pool: { ...config.pool, validate },
    beforeConnect: (connection) => {
      keepLoginErrors(connection);
      if (config.options?.encrypt !== false) refusePlainLogin(connection);
      // The types leave this event out.
      const events: EventEmitter = connection;
      events.on('rollbackTransaction', () => {
        if (isUnasked(connection)) inDoubt.add(connection);
      });
    },
  });
  // Broken connections tell the pool, and whoever used one hears of it by the failed statement. Without a listener the process would end.
  pool.on('error', () => undefined);
  return pool.connect();
};

/** Times for which a refused login is not tried again, ms: a handful of refusals locks an account. */
const refusedForMs = 50 * 60_000;
const firstRefusalForMs = 60_000;

/**
 * Keeps a refused login from being repeated with every statement (requirement A6). One that was taken before may be asked for once more
 * after a minute: a server that restarts refuses for a moment what it takes again afterwards (decision 0006).
 */
export const createLoginPause = (now: () => number): (<T>(task: () => Promise<T>) => Promise<T>) => {
  let refused: { readonly error: SyncError; readonly until: number } | null = null;
  let taken = true;
  return async (task) => {
    if (refused !== null && now() < refused.until) throw refused.error;
    try {
      const result = await task();
      taken = true;
      refused = null;
      return result;
    } catch (thrown) {
      if (thrown instanceof SyncError && thrown.scope === 'login') {
        refused = { error: thrown, until: now() + (taken ? firstRefusalForMs : refusedForMs) };
        taken = false;
      }
      throw thrown;
    }
  };
};
