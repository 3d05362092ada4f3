import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createEwsConnection } from '../../../lib/exchange/ews';
import { SyncError } from '../../../lib/model/error';
import { fault } from './loopback-server';

/** A key for tests on this machine only, and its certificate for 127.0.0.1, signed by itself. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu4WBCtfYjNkkmM8O
yIQ8kRqU9GIn1yQ8bfI7o2QTcFuhRANCAARwOBngZRgHQJ9JzdEoib88L6eSFmdm
Ceit+GWSq7WAq+cp/eewTyjVFaZmQwQ1/YhPXJIPF/xQZsE6T55krESu
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBjzCCATagAwIBAgIUcSxrsArvpe/J2moiPomPFfzytSkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMjAwMTcxM1oYDzIxMjYxMDI5
MDAxNzEzWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARwOBngZRgHQJ9JzdEoib88L6eSFmdmCeit+GWSq7WAq+cp/eewTyjV
FaZmQwQ1/YhPXJIPF/xQZsE6T55krESuo2QwYjAdBgNVHQ4EFgQUM51Oex5nBv98
z25HF/Wh+afT9okwHwYDVR0jBBgwFoAUM51Oex5nBv98z25HF/Wh+afT9okwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQC
IHVZGa8rDzFhIRQznHDWXSX1o1ZTVNpsAP1QRSYCB6SgAiAsgfHkRYCDShE6sKyq
YrdrRAdrRoAyGSnQn0NoA+2qbw==
-----END CERTIFICATE-----`;

describe('TLS of an EWS connection', () => {
  let server: Server;
  before(async () => {
    server = createServer({ key, cert }, (request, response) => {
      request.resume();
      response.writeHead(500, { 'content-type': 'text/xml' }).end(fault('ErrorNonExistentMailbox'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => server.close());

  const failureWith = async (caPem: string | null): Promise<readonly string[]> => {
    const { port } = server.address() as AddressInfo;
    const connection = createEwsConnection({ url: `https://127.0.0.1:${port}/EWS/Exchange.asmx`, user: 'u', password: 'p', caPem });
    const thrown = await connection.getMany('anna@example.com', ['a']).catch((error: unknown) => error);
    await connection.close();
    assert.ok(thrown instanceof SyncError);
    return [thrown.code, thrown.scope];
  };

  it('refuses a certificate that nobody vouches for', async () =>
    assert.deepEqual(await failureWith(null), ['certificate-not-trusted', 'configuration']));
  it('trusts the authority that the settings name', async () =>
    assert.deepEqual(await failureWith(cert), ['mailbox-not-found', 'configuration']));
});
