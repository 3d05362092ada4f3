import type { IncomingMessage } from 'node:http';

const declaredLength = (incoming: IncomingMessage): number => Number(incoming.headers['content-length'] ?? 0);

/** The body of a request; undefined where it is larger than allowed (the rest is then left unread) or its sender has gone. */
export const readBytes = (incoming: IncomingMessage, largest: number): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    if (declaredLength(incoming) > largest) {
      resolve(undefined);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largest) {
        chunks.push(chunk);
        return;
      }
      incoming.pause();
      resolve(undefined);
    });
    incoming.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    incoming.on('error', reject);
    // A client that goes away mid-request ends neither normally nor with an error.
    incoming.on('close', () => {
      resolve(undefined);
    });
  });

/** The body of a request as UTF-8 text; undefined as `readBytes`. */
export const readBody = async (incoming: IncomingMessage, largest: number): Promise<string | undefined> =>
  (await readBytes(incoming, largest))?.toString('utf8');
