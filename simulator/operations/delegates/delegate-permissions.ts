import { EwsError } from '../../errors';
import { grant } from '../../folders/write';
import { levelOf, levels, noRights } from '../../permissions/levels';
import { permissionsOf } from '../../permissions/permission-set';
import type { Session } from '../../session';
import { distinguishedFolder, type Folder } from '../../storage/folders';
import { sidOf, type Mailbox } from '../../storage/mailboxes';
import { child, t, type XmlElement } from '../../xml/element';

/** The folders delegates are given rights in, by the element of their level, in the order of the schema. */
const folderNames: Readonly<Record<string, string>> = {
  CalendarFolderPermissionLevel: 'calendar',
  TasksFolderPermissionLevel: 'tasks',
  InboxFolderPermissionLevel: 'inbox',
  ContactsFolderPermissionLevel: 'contacts',
  NotesFolderPermissionLevel: 'notes',
  JournalFolderPermissionLevel: 'journal',
};

const delegateLevels = ['None', 'Editor', 'Reviewer', 'Author'];

const folderFor = (session: Session, mailbox: Mailbox, name: string): Folder => {
  const folder = distinguishedFolder(session.database, mailbox.id, name);
  if (!folder) throw new EwsError('ErrorFolderNotFound');
  return folder;
};

/** Gives a delegate the levels a request names; `Custom` cannot be given. */
export function grantLevels(session: Session, mailbox: Mailbox, user: Mailbox, permissions: XmlElement | undefined): void {
  for (const { name, text } of permissions?.children ?? []) {
    const rights = delegateLevels.includes(text) ? levels.get(text) : undefined;
    if (!rights) throw new EwsError('ErrorInvalidDelegatePermission');
    grant(session, folderFor(session, mailbox, folderNames[name] ?? ''), sidOf(session.database, user.id), rights);
  }
}

/** Takes from a former delegate what rights he had. */
export function revokeLevels(session: Session, mailbox: Mailbox, user: Mailbox): void {
  const sid = sidOf(session.database, user.id);
  for (const name of Object.values(folderNames)) {
    const folder = folderFor(session, mailbox, name);
    if (permissionsOf(folder).some((permission) => permission.user === sid)) grant(session, folder, sid, noRights);
  }
}

/** The levels a delegate has; folders in which he has none are left out. */
export function shownLevels(session: Session, mailbox: Mailbox, user: Mailbox): XmlElement {
  const sid = sidOf(session.database, user.id);
  return t(
    'DelegatePermissions',
    Object.entries(folderNames).map(([element, name]) => {
      const own = permissionsOf(folderFor(session, mailbox, name)).find((permission) => permission.user === sid);
      const level = levelOf(own?.rights ?? noRights);
      if (level === 'None') return undefined;
      return t(element, delegateLevels.includes(level) ? level : 'Custom');
    }),
  );
}

/** The permissions of a DelegateUser of a request. */
export const givenLevels = (delegateUser: XmlElement): XmlElement | undefined => child(delegateUser, 'DelegatePermissions');
