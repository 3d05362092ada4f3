/**
 * The first minute of a SQL Server, as far as a client that is not let in sees of it (MS-TDS 2.2.6): PRELOGIN, TLS inside of its packets,
 * and a LOGIN7 that is answered with errors. Every certificate and login error of the real server can so be had on loopback.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';

/** An error as the server tells it. */
export interface TdsError {
  readonly number: number;
  readonly text: string;
}

/** A running peer. */
export interface TdsPeer {
  readonly port: number;
  /** How many logins it has refused. */
  readonly refused: () => number;
  readonly close: () => Promise<void>;
}

const packetTypes = { answer: 0x04, login: 0x10, prelogin: 0x12 } as const;
const encryption = { on: 0x01, notSupported: 0x02 } as const;
const tokens = { error: 0xaa, done: 0xfd } as const;
const headerBytes = 8;

const packet = (type: number, data: Buffer): Buffer => {
  const header = Buffer.from([type, 0x01, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(headerBytes + data.length, 2);
  return Buffer.concat([header, data]);
};

/** PRELOGIN answer: version and whether the rest of the connection is encrypted. */
const prelogin = (encrypt: number): Buffer => {
  const version = Buffer.from([16, 0, 0x10, 0, 0, 0]);
  const options = [
    { token: 0x00, value: version },
    { token: 0x01, value: Buffer.from([encrypt]) },
  ];
  let offset = options.length * 5 + 1;
  const heads = options.map(({ token, value }) => {
    const head = Buffer.from([token, 0, 0, 0, 0]);
    head.writeUInt16BE(offset, 1);
    head.writeUInt16BE(value.length, 3);
    offset += value.length;
    return head;
  });
  return Buffer.concat([...heads, Buffer.from([0xff]), ...options.map(({ value }) => value)]);
};

const countedText = (text: string, countBytes: 1 | 2): Buffer => {
  const count = Buffer.alloc(countBytes);
  count.writeUIntLE(text.length, 0, countBytes);
  return Buffer.concat([count, Buffer.from(text, 'utf16le')]);
};

const errorToken = ({ number, text }: TdsError): Buffer => {
  const numbers = Buffer.alloc(6);
  numbers.writeInt32LE(number, 0);
  numbers.writeUInt8(1, 4);
  // Severity 14: a matter of rights.
  numbers.writeUInt8(14, 5);
  const body = Buffer.concat([numbers, countedText(text, 2), countedText('peer', 1), countedText('', 1), Buffer.alloc(4)]);
  const head = Buffer.from([tokens.error, 0, 0]);
  head.writeUInt16LE(body.length, 1);
  return Buffer.concat([head, body]);
};

const refusal = (errors: readonly TdsError[]): Buffer => {
  const done = Buffer.alloc(13);
  done.writeUInt8(tokens.done, 0);
  done.writeUInt16LE(0x0002, 1);
  return Buffer.concat([...errors.map(errorToken), done]);
};

/** Calls `heard` with every whole packet of a stream. */
const readPackets = (stream: Duplex, heard: (type: number, data: Buffer) => void): void => {
  let waiting = Buffer.alloc(0);
  stream.on('data', (part: Buffer) => {
    waiting = Buffer.concat([waiting, part]);
    while (waiting.length >= headerBytes && waiting.length >= waiting.readUInt16BE(2)) {
      const length = waiting.readUInt16BE(2);
      const [type, data] = [waiting.readUInt8(0), waiting.subarray(headerBytes, length)];
      waiting = waiting.subarray(length);
      heard(type, data);
    }
  });
};

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** TLS over the socket: the handshake travels in PRELOGIN packets, what comes after it travels bare. */
const secured = (socket: Socket, first: readonly Buffer[], { key, cert }: Certificate): TLSSocket => {
  let bare = false;
  let waiting = Buffer.concat(first);
  const wire: Duplex = new Duplex({
    read: () => undefined,
    write: (data: Buffer, _encoding, done) => socket.write(bare ? data : packet(packetTypes.prelogin, data), () => done()),
    final: (done) => socket.end(done),
    destroy: (_error, done) => {
      socket.destroy();
      done(null);
    },
  });
  const take = (part: Buffer) => {
    waiting = Buffer.concat([waiting, part]);
    while (!bare && waiting.length >= headerBytes) {
      bare = waiting.readUInt8(0) !== packetTypes.prelogin;
      if (bare || waiting.length < waiting.readUInt16BE(2)) break;
      const length = waiting.readUInt16BE(2);
      wire.push(waiting.subarray(headerBytes, length));
      waiting = waiting.subarray(length);
    }
    if (!bare) return;
    wire.push(waiting);
    waiting = Buffer.alloc(0);
  };
  socket.on('data', take);
  socket.on('close', () => wire.push(null));
  // TLS 1.2, as SQL Server 2016 to 2019 speak it: the server has nothing left to say once the handshake is over.
  return new TLSSocket(wire, { isServer: true, key, cert, maxVersion: 'TLSv1.2' });
};

/** Starts a peer that refuses every login. `host`: the name in its own certificate; without it the peer offers no encryption. */
export const startTdsPeer = async (errors: readonly TdsError[], host?: string): Promise<TdsPeer> => {
  const pair = host === undefined ? null : await generate([{ name: 'commonName', value: host }], { keySize: 2048 });
  const certificate = pair === null ? null : { key: pair.private, cert: pair.cert };
  const sockets = new Set<Socket>();
  let refused = 0;
  const refuse = (stream: Duplex) => (type: number) => {
    if (type !== packetTypes.login) return;
    refused += 1;
    stream.end(packet(packetTypes.answer, refusal(errors)));
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      // A PRELOGIN fits into one segment.
      socket.write(packet(packetTypes.answer, prelogin(certificate === null ? encryption.notSupported : encryption.on)));
      if (certificate === null) {
        readPackets(socket, refuse(socket));
        return;
      }
      const stream = secured(socket, [], certificate);
      stream.on('error', () => socket.destroy());
      readPackets(stream, refuse(stream));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    refused: () => refused,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
