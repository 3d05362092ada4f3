/** A port of this machine behind which a server can disappear and come back, as a network does. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** A switchable way to a server. */
export interface Forwarder {
  /** Whoever connects reaches the server from now on. */
  readonly open: (serverPort: number) => Promise<void>;
  /** Nothing listens on the port any more; open connections break. */
  readonly shut: () => Promise<void>;
}

/** A way that is shut at first. */
export const createForwarder = (port: number): Forwarder => {
  let server: Server | null = null;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  return {
    open: async (serverPort) => {
      server = createServer((socket) => {
        const onward = keep(connect(serverPort, '127.0.0.1'));
        keep(socket).on('close', () => onward.destroy());
        onward.on('close', () => socket.destroy());
        socket.pipe(onward).pipe(socket);
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    shut: async () => {
      const was = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      if (was === null) return;
      was.close();
      await once(was, 'close');
    },
  };
};
