import type { Database } from './database';
import { createDefaultFolders } from './folders';

/** A mailbox: whose it is and with what it logs in. */
export interface Mailbox {
  readonly id: number;
  readonly address: string;
  readonly name: string;
  readonly password: string;
}

type Row = Readonly<Record<string, unknown>>;

const toMailbox = (row: Row): Mailbox => ({
  id: Number(row['id']),
  address: String(row['address']),
  name: String(row['name']),
  password: String(row['password']),
});

/** Creates a mailbox with its default folders, or renames and gives a new password to the one that exists. */
export function addMailbox(
  database: Database,
  account: { readonly address: string; readonly password: string; readonly name?: string },
): Mailbox {
  const name = account.name ?? account.address.split('@')[0] ?? account.address;
  return database.transaction(() => {
    const existing = findMailbox(database, account.address);
    if (existing) {
      database
        .statement('UPDATE mailbox SET password = ?, name = ? WHERE id = ?')
        .run(account.password, account.name ?? existing.name, existing.id);
      return { ...existing, password: account.password, name: account.name ?? existing.name };
    }
    const { lastInsertRowid } = database
      .statement('INSERT INTO mailbox (address, name, password) VALUES (?, ?, ?)')
      .run(account.address, name, account.password);
    const id = Number(lastInsertRowid);
    createDefaultFolders(database, id);
    return { id, address: account.address, name, password: account.password };
  });
}

/** The mailbox of an address, whatever its case. */
export function findMailbox(database: Database, address: string): Mailbox | undefined {
  const row = database.statement('SELECT * FROM mailbox WHERE address = ?').get(address);
  return row && toMailbox(row);
}

/** The mailbox with this number. */
export function mailboxById(database: Database, id: number): Mailbox | undefined {
  const row = database.statement('SELECT * FROM mailbox WHERE id = ?').get(id);
  return row && toMailbox(row);
}

/** All mailboxes in the order they were added. */
export const listMailboxes = (database: Database): readonly Mailbox[] =>
  database.statement('SELECT * FROM mailbox ORDER BY id').all().map(toMailbox);
