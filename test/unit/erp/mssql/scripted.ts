/** Failures as the package `mssql` throws them. */
import sql from 'mssql';

/** What the server answers to a statement. */
export const serverError = (
  number: number,
  text: string,
  fields: { readonly class?: number; readonly procName?: string } = {},
): sql.RequestError =>
  new sql.RequestError(Object.assign(new Error(text), { info: { message: text, number, class: 16, ...fields } }), 'EREQUEST');

/** What socket and driver say: `code` inside of the driver's own error, as it nests them. */
export const driverError = (code: sql.MSSQL_ERROR_CODE, text: string, inside?: string): sql.ConnectionError => {
  const cause = inside === undefined ? undefined : Object.assign(new Error(text), { code: inside });
  return new sql.ConnectionError(Object.assign(new Error(text, { cause }), { code }));
};

/** A refused login, with what the server said. */
export const loginError = (...told: readonly (readonly [number, string])[]): sql.ConnectionError => {
  const errors = told.map(([number, text]) => Object.assign(new Error(text), { number, class: 14 }));
  return new sql.ConnectionError(Object.assign(new Error(told.at(-1)?.[1] ?? 'Login failed.'), { code: 'ELOGIN', errors }));
};
