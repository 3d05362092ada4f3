import assert from 'node:assert/strict';
import { authorization, folder, owner, soap, startClient, type Client } from '../harness';
import { folderIds, subscribeStreaming } from '../notifications/support';

describe('EWS server affinity', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(() => client.simulator.close());
  const cookies = async (headers: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const response = await fetch(client.simulator.url, {
      method: 'POST',
      headers: { authorization: authorization(owner), 'content-type': 'text/xml', 'X-AnchorMailbox': owner.address, ...headers },
      body: soap(subscribeStreaming(folderIds(folder('tasks')))),
    });
    assert.equal(response.status, 200);
    await response.text();
    return response.headers.getSetCookie().filter((cookie) => !cookie.startsWith('exchangecookie='));
  };

  it('gives the override cookie to who prefers affinity, until it is sent', async () => {
    const [cookie, ...others] = await cookies({ 'X-PreferServerAffinity': 'true' });
    assert.match(cookie ?? '', /^X-BackEndOverrideCookie=[^;]+; path=\//);
    assert.deepEqual(others, []);
    assert.deepEqual(await cookies({ 'X-PreferServerAffinity': 'true', Cookie: cookie?.split(';')[0] ?? '' }), []);
  });

  it('gives no cookie to others, and bears old and strange ones', async () => {
    assert.deepEqual(await cookies({ 'X-PreferServerAffinity': 'false' }), []);
    assert.deepEqual(await cookies({ Cookie: 'exchangecookie=1; X-BackEndOverrideCookie=other.server~1; ;;=' }), []);
  });
});
