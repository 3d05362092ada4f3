import type { IncomingMessage, ServerResponse } from 'node:http';

const cookie = 'X-BackEndOverrideCookie';

/**
 * A client that prefers affinity (X-PreferServerAffinity) is told by a cookie which server it is on, until it sends that cookie:
 * https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-maintain-affinity-between-group-of-subscriptions-and-mailbox-server
 */
export function keepAffinity(incoming: IncomingMessage, response: ServerResponse): void {
  const wantsAffinity = String(incoming.headers['x-preferserveraffinity']).toLowerCase() === 'true';
  if (!wantsAffinity || incoming.headers.cookie?.includes(`${cookie}=`)) return;
  response.appendHeader('set-cookie', `${cookie}=simulator.local~1941996295; path=/; HttpOnly`);
}
