import { credentialsNamed, isSame, type Accounts, type Caller } from './accounts';

const decode = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  // Older clients write Latin-1.
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
};

/** The caller of Basic credentials (RFC 7617); the password is what follows the first colon. */
export function basicLogin(accounts: Accounts, encoded: string): Caller | undefined {
  const text = decode(Buffer.from(encoded, 'base64'));
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const [name, password] = [text.slice(0, colon), text.slice(colon + 1)];
  return credentialsNamed(accounts, name).find((credentials) => isSame(credentials.password, password))?.caller;
}
