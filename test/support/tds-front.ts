/** The first words of a SQL Server: it says whether it encrypts, does so, and then refuses every login with 18456. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';

/** What came of it. */
export interface TdsFront {
  readonly port: number;
  /** How many logins arrived, and how many of them in the clear. */
  readonly logins: { all: number; plain: number };
  readonly close: () => Promise<void>;
}

const [preloginType, responseType, loginType] = [0x12, 0x04, 0x10];
const headerLength = 8;
const applicationData = 0x17;

const packet = (type: number, payload: Buffer): Buffer => {
  const header = Buffer.from([type, 1, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(headerLength + payload.length, 2);
  return Buffer.concat([header, payload]);
};

/** Options VERSION and ENCRYPTION (MS-TDS 2.2.6.5): 1 = on, 2 = not supported. */
const preloginAnswer = (encrypts: boolean): Buffer =>
  packet(responseType, Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 13, 0, 0, 0, 0, 0, encrypts ? 1 : 2]));

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** Tokens ERROR and DONE. */
const refusal = (): Buffer => {
  const text = "Login failed for user 'sync'.";
  const body = Buffer.concat([
    Buffer.from([0x18, 0x48, 0, 0, 1, 14]),
    Buffer.from([text.length, 0]),
    utf16(text),
    Buffer.from([0, 0, 1, 0, 0, 0]),
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(body.length);
  return packet(responseType, Buffer.concat([Buffer.from([0xaa]), length, body, Buffer.from([0xfd, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]));
};

/** Until the handshake is over, TLS travels in packets; the returned function takes what the client sends. */
const encrypt = (socket: Socket, secure: { readonly key: string; readonly cert: string }, login: () => void): ((part: Buffer) => void) => {
  const [outside, inside] = duplexPair();
  const tls = new TLSSocket(inside, { isServer: true, secureContext: createSecureContext(secure) });
  let wrapped = true;
  let waiting = Buffer.alloc(0);
  outside.on('data', (part: Buffer) => socket.write(wrapped ? packet(preloginType, part) : part));
  tls.on('error', () => socket.destroy());
  tls.on('data', () => {
    login();
    tls.write(refusal());
  });
  return (part) => {
    waiting = Buffer.concat([waiting, part]);
    while (wrapped && waiting.length >= headerLength && waiting[0] !== applicationData) {
      const length = waiting.readUInt16BE(2);
      if (waiting.length < length) return;
      outside.write(waiting.subarray(headerLength, length));
      waiting = waiting.subarray(length);
    }
    if (waiting[0] === applicationData) wrapped = false;
    if (wrapped || waiting.length === 0) return;
    outside.write(waiting);
    waiting = Buffer.alloc(0);
  };
};

/** Listens on a free port of this machine; `secure`: key and certificate, null when it does not encrypt. */
export const startTdsFront = async (secure: { readonly key: string; readonly cert: string } | null): Promise<TdsFront> => {
  const logins = { all: 0, plain: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let take: ((part: Buffer) => void) | null = null;
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    socket.on('data', (part: Buffer) => {
      if (take !== null) take(part);
      else if (part[0] === loginType) {
        logins.all++;
        logins.plain++;
        socket.write(refusal());
      } else {
        socket.write(preloginAnswer(secure !== null));
        if (secure !== null) take = encrypt(socket, secure, () => logins.all++);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    logins,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
