import type { Database } from './database';
import { createDefaultFolders } from './folders';

/** A mailbox: whose it is and with what it logs in. */
export interface Mailbox {
  readonly id: number;
  readonly address: string;
  readonly name: string;
  readonly password: string;
  /** Nobody can log in with the account of this mailbox. */
  readonly disabled: boolean;
}

type Row = Readonly<Record<string, unknown>>;

const toMailbox = (row: Row): Mailbox => ({
  id: Number(row['id']),
  address: String(row['address']),
  name: String(row['name']),
  password: String(row['password']),
  disabled: row['disabled'] === 1,
});

/** Creates a mailbox with its default folders, or renames and gives a new password to the one that exists. */
export function addMailbox(
  database: Database,
  account: { readonly address: string; readonly password: string; readonly name?: string; readonly disabled?: boolean },
): Mailbox {
  const name = account.name ?? account.address.split('@')[0] ?? account.address;
  const disabled = account.disabled ?? false;
  return database.transaction(() => {
    const existing = findMailbox(database, account.address);
    if (existing) {
      database
        .statement('UPDATE mailbox SET password = ?, name = ?, disabled = ? WHERE id = ?')
        .run(account.password, account.name ?? existing.name, Number(disabled), existing.id);
      return { ...existing, password: account.password, name: account.name ?? existing.name, disabled };
    }
    const { lastInsertRowid } = database
      .statement('INSERT INTO mailbox (address, name, password, disabled) VALUES (?, ?, ?, ?)')
      .run(account.address, name, account.password, Number(disabled));
    const id = Number(lastInsertRowid);
    createDefaultFolders(database, id);
    return { id, address: account.address, name, password: account.password, disabled };
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

/** Mailboxes whose address has this part before the @, whatever its case. */
export const mailboxesNamed = (database: Database, localPart: string): readonly Mailbox[] =>
  database
    // "A" is what follows "@": the index on the address finds them all.
    .statement('SELECT * FROM mailbox WHERE address >= ? AND address < ? ORDER BY id')
    .all(`${localPart}@`, `${localPart}A`)
    .map(toMailbox)
    .filter(({ address }) => address[localPart.length] === '@');

/** The security identifier of a mailbox's account; the same for as long as the store lives. */
export function sidOf(database: Database, mailbox: number): string {
  const key = Buffer.from(database.key, 'hex');
  return `S-1-5-21-${key.readUInt32BE(0)}-${key.readUInt32BE(4)}-${key.readUInt16BE(2)}-${1000 + mailbox}`;
}

/** The mailbox whose account has this security identifier. */
export function mailboxBySid(database: Database, sid: string): Mailbox | undefined {
  const mailbox = mailboxById(database, Number(sid.split('-').at(-1)) - 1000);
  return mailbox && sidOf(database, mailbox.id) === sid ? mailbox : undefined;
}
