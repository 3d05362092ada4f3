import type { Random } from './random';

/** Ids and states that the server has given out, so that requests reach what lies behind the check of ids. */
export interface Pool {
  /** Keeps what an answer holds. */
  readonly learn: (answer: string) => void;
  /** One of a kind that was seen, with or without its change key; undefined before the first. */
  readonly pick: (kind: PooledKind, random: Random) => PooledId | undefined;
}

export interface PooledId {
  readonly id: string;
  readonly changeKey?: string;
}

const patterns = {
  item: /<t:(?:Old)?ItemId Id="([^"]*)"(?: ChangeKey="([^"]*)")?/g,
  folder: /<t:FolderId Id="([^"]*)"(?: ChangeKey="([^"]*)")?/g,
  attachment: /<t:AttachmentId Id="([^"]*)"()/g,
  syncState: /<m:SyncState>([^<]*)()/g,
  subscription: /<[mt]:SubscriptionId>([^<]*)()/g,
  watermark: /<[mt]:(?:Previous)?Watermark>([^<]*)()/g,
} as const;

export type PooledKind = keyof typeof patterns;

const kinds: readonly PooledKind[] = ['item', 'folder', 'attachment', 'syncState', 'subscription', 'watermark'];
const mostOfAKind = 200;

export function createPool(): Pool {
  const known = new Map<PooledKind, PooledId[]>(kinds.map((kind) => [kind, []]));
  return {
    learn: (answer) => {
      for (const kind of kinds) {
        const ids = known.get(kind) ?? [];
        for (const [, id = '', changeKey = ''] of answer.matchAll(patterns[kind])) {
          if (id === '') continue;
          ids.push(changeKey === '' ? { id } : { id, changeKey });
        }
        if (ids.length > mostOfAKind) ids.splice(0, ids.length - mostOfAKind);
      }
    },
    pick: (kind, random) => {
      const ids = known.get(kind) ?? [];
      return ids.length === 0 ? undefined : random.pick(ids);
    },
  };
}
