import type { Database } from './database';
import { createDefaultConfigurations } from './default-configurations';
import { createDefaultFolders } from './folders';
import type { Row } from './row';

/** What the directory says of a person besides name and address. */
export interface DirectoryEntry {
  readonly givenName?: string;
  readonly surname?: string;
  /** Default: the address up to the @. */
  readonly alias?: string;
  readonly jobTitle?: string;
  readonly department?: string;
  readonly company?: string;
  readonly office?: string;
  readonly phone?: string;
  readonly mobilePhone?: string;
}

/** A mailbox: whose it is and with what it logs in. */
export interface Mailbox {
  readonly id: number;
  readonly address: string;
  readonly name: string;
  readonly password: string;
  /** Nobody can log in with the account of this mailbox. */
  readonly disabled: boolean;
  readonly entry: DirectoryEntry;
}

/** What a mailbox is made of. */
export interface NewMailbox extends DirectoryEntry {
  readonly address: string;
  readonly password: string;
  /** Default: the address up to the @. */
  readonly name?: string;
  /** Nobody can log in with it, nor impersonate it. */
  readonly disabled?: boolean;
  /** IANA zone the person lives in; default UTC. It only matters when the mailbox is created. */
  readonly zone?: string;
}

const isEntry = (value: unknown): value is DirectoryEntry =>
  typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');

const readEntry = (json: string): DirectoryEntry => {
  const value: unknown = JSON.parse(json);
  if (!isEntry(value)) throw new Error('the state file holds a directory entry that is not one');
  return value;
};

const toMailbox = (row: Row): Mailbox => ({
  id: Number(row['id']),
  address: String(row['address']),
  name: String(row['name']),
  password: String(row['password']),
  disabled: row['disabled'] === 1,
  entry: readEntry(String(row['entry'])),
});

const entryOf = ({ givenName, surname, alias, jobTitle, department, company, office, phone, mobilePhone }: NewMailbox): string =>
  JSON.stringify({ givenName, surname, alias, jobTitle, department, company, office, phone, mobilePhone });

/** Creates a mailbox with its default folders and settings at `now` (UTC), or changes login and directory entry of the one that exists. */
export function addMailbox(database: Database, account: NewMailbox, now: string): void {
  const disabled = Number(account.disabled ?? false);
  database.transaction(() => {
    const existing = findMailbox(database, account.address);
    if (existing) {
      database
        .statement('UPDATE mailbox SET password = ?, name = ?, disabled = ?, entry = ? WHERE id = ?')
        .run(account.password, account.name ?? existing.name, disabled, entryOf(account), existing.id);
      return;
    }
    const name = account.name ?? account.address.split('@')[0] ?? account.address;
    const { lastInsertRowid } = database
      .statement('INSERT INTO mailbox (address, name, password, disabled, entry) VALUES (?, ?, ?, ?, ?)')
      .run(account.address, name, account.password, disabled, entryOf(account));
    const id = Number(lastInsertRowid);
    createDefaultFolders(database, id, now);
    createDefaultConfigurations(database, id, account.zone ?? 'UTC');
  });
}

/** The mailbox of an address, whatever its case. */
export function findMailbox(database: Database, address: string): Mailbox | undefined {
  const row = database.statement('SELECT * FROM mailbox WHERE address = ?').get(address);
  return row && toMailbox(row);
}

/** True where other mailboxes here have addresses of the same domain. */
export const isLocalDomain = (database: Database, address: string): boolean => {
  const domain = address.slice(address.lastIndexOf('@')).toLowerCase();
  return (
    database.statement("SELECT 1 FROM mailbox WHERE lower(substr(address, instr(address, '@'))) = ? LIMIT 1").get(domain) !== undefined
  );
};

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
