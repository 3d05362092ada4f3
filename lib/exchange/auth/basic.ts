/** Basic authentication, https://www.rfc-editor.org/rfc/rfc7617, with the credentials in UTF-8. */
import type { Login } from './login';

/** A login with user and password, said once: a refusal is final, so that no account is locked by repeating it. */
export const basicLogin = (user: string, password: string): Login => {
  const header = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  return { start: () => ({ next: (challenges) => Promise.resolve(challenges === null ? header : null) }) };
};
