import type { IncomingMessage } from 'node:http';

/** The body of a request as text; undefined where it is larger than allowed (the rest is then left unread). */
export const readBody = (incoming: IncomingMessage, largest: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
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
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    incoming.on('error', reject);
    // A client that goes away mid-request ends neither normally nor with an error.
    incoming.on('close', () => {
      resolve(undefined);
    });
  });
