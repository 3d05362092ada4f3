/**
 * Cookies of a connection. Exchange binds a mailbox to a back end by `X-BackEndOverrideCookie` and others; each affinity (a mailbox, or
 * a group that shares a stream) has its own.
 */

/** Cookies by affinity. */
export interface CookieJar {
  /** Value of the Cookie header, null when there are none. */
  readonly header: (affinity: string) => string | null;
  /** Keeps what an answer set. */
  readonly store: (affinity: string, setCookie: readonly string[]) => void;
}

const expired = (attributes: readonly string[]): boolean =>
  attributes.some((attribute) => {
    const [name = '', value = ''] = attribute.split('=', 2).map((part) => part.trim());
    if (name.toLowerCase() === 'max-age') return Number(value) <= 0;
    return name.toLowerCase() === 'expires' && Date.parse(value) < Date.now();
  });

/** An empty jar. It serves one address, so domain and path are not looked at. */
export const createCookieJar = (): CookieJar => {
  const jar = new Map<string, Map<string, string>>();
  const storeOne = (cookies: Map<string, string>, text: string): void => {
    const [pair = '', ...attributes] = text.split(';');
    const equals = pair.indexOf('=');
    if (equals <= 0) return;
    const name = pair.slice(0, equals).trim();
    if (expired(attributes)) cookies.delete(name);
    else cookies.set(name, pair.slice(equals + 1).trim());
  };
  return {
    header: (affinity) => {
      const cookies = [...(jar.get(affinity) ?? [])];
      return cookies.length === 0 ? null : cookies.map(([name, value]) => `${name}=${value}`).join('; ');
    },
    store: (affinity, setCookie) => {
      if (setCookie.length === 0) return;
      const cookies = jar.get(affinity) ?? new Map<string, string>();
      for (const text of setCookie) storeOne(cookies, text);
      jar.set(affinity, cookies);
    },
  };
};
