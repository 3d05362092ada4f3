/**
 * One holder per mailbox at a time. `ews-notify-in` holds it from SyncFolderItems until the rows are stored, `ews-write` from
 * the request until the link is stored: so the reader always knows the change keys of our own writes (requirement S2).
 */

/** Runs `task` when no other task of the same mailbox runs; in order of arrival. */
export interface MailboxLocks {
  readonly hold: <T>(mailbox: string, task: () => Promise<T>) => Promise<T>;
}

/** Locks for the mailboxes of one connection; addresses are compared without case. */
export const createMailboxLocks = (): MailboxLocks => {
  const tails = new Map<string, Promise<unknown>>();
  return {
    hold: <T>(mailbox: string, task: () => Promise<T>): Promise<T> => {
      const key = mailbox.toLowerCase();
      const run = (tails.get(key) ?? Promise.resolve()).then(task, task);
      tails.set(key, run);
      const forget = () => {
        if (tails.get(key) === run) tails.delete(key);
      };
      run.then(forget, forget);
      return run;
    },
  };
};
