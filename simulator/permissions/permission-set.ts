/** The permissions of a folder: kept as the EWS element (its users as SIDs), read from and shown in requests and answers. */
import { EwsError } from '../errors';
import type { Database } from '../storage/database';
import type { Folder } from '../storage/folders';
import { findMailbox, mailboxBySid, sidOf, type Mailbox } from '../storage/mailboxes';
import { child, childText, isTrueText, t, type XmlElement } from '../xml/element';
import { levelOf, levels, noRights, type ReadAccess, type Rights, type Scope } from './levels';

/** Whose rights: everybody's (`Default`), a stranger's (`Anonymous`), or those of the account with a SID. */
export interface Permission {
  readonly user: string;
  readonly rights: Rights;
}

/** The users that every permission set names. */
const distinguishedUsers = ['Default', 'Anonymous'];

const truth = (element: XmlElement, name: string): boolean => isTrueText(childText(element, name));

const scope = (text: string | undefined): Scope => (text === 'Owned' || text === 'All' ? text : 'None');

const readAccess = (text: string | undefined): ReadAccess =>
  text === 'TimeOnly' || text === 'TimeAndSubjectAndLocation' || text === 'FullDetails' ? text : 'None';

const customRights = (element: XmlElement): Rights => ({
  createItems: truth(element, 'CanCreateItems'),
  createSubFolders: truth(element, 'CanCreateSubFolders'),
  isOwner: truth(element, 'IsFolderOwner'),
  isVisible: truth(element, 'IsFolderVisible'),
  isContact: truth(element, 'IsFolderContact'),
  edit: scope(childText(element, 'EditItems')),
  delete: scope(childText(element, 'DeleteItems')),
  read: readAccess(childText(element, 'ReadItems')),
});

const stored = (permission: Permission, userId: XmlElement, element: string): XmlElement =>
  t(element, [
    userId,
    t('CanCreateItems', permission.rights.createItems),
    t('CanCreateSubFolders', permission.rights.createSubFolders),
    t('IsFolderOwner', permission.rights.isOwner),
    t('IsFolderVisible', permission.rights.isVisible),
    t('IsFolderContact', permission.rights.isContact),
    t('EditItems', permission.rights.edit),
    t('DeleteItems', permission.rights.delete),
    t('ReadItems', permission.rights.read),
    t(`${element}Level`, levelOf(permission.rights)),
  ]);

/** The element a folder keeps its permissions in. */
export const keptPermissions = (permissions: readonly Permission[]): XmlElement =>
  t('PermissionSet', [
    t(
      'Permissions',
      permissions.map((permission) => stored(permission, t('UserId', [t('SID', permission.user)]), 'Permission')),
    ),
  ]);

/** Colleagues see when the owner of a calendar is busy; everything else is hidden until it is shared. */
const unshared = (folder: Folder): readonly Permission[] => [
  { user: 'Default', rights: folder.distinguished === 'calendar' ? { ...noRights, read: 'TimeOnly' } : noRights },
  { user: 'Anonymous', rights: noRights },
];

/** The permissions of a folder, those of Default and Anonymous first. */
export function permissionsOf(folder: Folder): readonly Permission[] {
  const kept = child(folder.properties['PermissionSet'], 'Permissions');
  if (!kept) return unshared(folder);
  return kept.children.map((element) => ({ user: childText(child(element, 'UserId'), 'SID') ?? '', rights: customRights(element) }));
}

/** How answers name an account. */
export const userIdOf = (database: Database, mailbox: Mailbox): XmlElement =>
  t('UserId', [t('SID', sidOf(database, mailbox.id)), t('PrimarySmtpAddress', mailbox.address), t('DisplayName', mailbox.name)]);

const shownUser = (database: Database, user: string): XmlElement => {
  if (distinguishedUsers.includes(user)) return t('UserId', [t('DistinguishedUser', user)]);
  const mailbox = mailboxBySid(database, user);
  return mailbox ? userIdOf(database, mailbox) : t('UserId', [t('SID', user)]);
};

/** A folder's permission set as an answer shows it. */
export function showPermissionSet(database: Database, folder: Folder): XmlElement {
  const element = folder.element === 'CalendarFolder' ? 'CalendarPermission' : 'Permission';
  const permissions = permissionsOf(folder).map((permission) => stored(permission, shownUser(database, permission.user), element));
  return t('PermissionSet', [t(`${element}s`, permissions)]);
}

/** The mailbox a UserId names; undefined where nobody has that address or SID. */
export function mailboxOfUserId(database: Database, userId: XmlElement | undefined): Mailbox | undefined {
  const address = childText(userId, 'PrimarySmtpAddress')?.trim();
  const sid = childText(userId, 'SID')?.trim();
  if (address !== undefined && address !== '') return findMailbox(database, address);
  return sid === undefined ? undefined : mailboxBySid(database, sid);
}

const userOf = (database: Database, userId: XmlElement | undefined): string => {
  const distinguished = childText(userId, 'DistinguishedUser');
  const others = userId?.children.filter(({ name }) => name !== 'DistinguishedUser') ?? [];
  if (distinguished !== undefined && others.length > 0) throw new EwsError('ErrorInvalidUserInfo');
  if (distinguished !== undefined) return distinguished;
  if (!others.some(({ name }) => name === 'SID' || name === 'PrimarySmtpAddress')) throw new EwsError('ErrorMissingUserIdInformation');
  const mailbox = mailboxOfUserId(database, userId);
  if (!mailbox) throw new EwsError(childText(userId, 'PrimarySmtpAddress') === undefined ? 'ErrorInvalidUserSid' : 'ErrorInvalidUserInfo');
  return sidOf(database, mailbox.id);
};

/** Reads the permission set of a request for a folder of the given EWS type; users that are not named have no rights any more. */
export function readPermissionSet(database: Database, element: XmlElement, folderElement: string): readonly Permission[] {
  const isCalendar = folderElement === 'CalendarFolder';
  if (isCalendar && child(element, 'Permissions')) throw new EwsError('ErrorCannotSetNonCalendarPermissionOnCalendarFolder');
  if ((child(element, 'UnknownEntries')?.children.length ?? 0) > 0) throw new EwsError('ErrorCannotSetPermissionUnknownEntries');
  const given = (element.children[0]?.children ?? []).map((permission): Permission => {
    const level = childText(permission, isCalendar ? 'CalendarPermissionLevel' : 'PermissionLevel') ?? 'Custom';
    return { user: userOf(database, child(permission, 'UserId')), rights: levels.get(level) ?? customRights(permission) };
  });
  const users = given.map(({ user }) => user);
  if (new Set(users).size < users.length) throw new EwsError('ErrorDuplicateUserIdsSpecified');
  const named = (user: string): Permission => given.find((permission) => permission.user === user) ?? { user, rights: noRights };
  return [...distinguishedUsers.map(named), ...given.filter(({ user }) => !distinguishedUsers.includes(user))];
}

/** The permissions with those of one account replaced; none are left of one without rights. */
export function withPermission(permissions: readonly Permission[], user: string, rights: Rights): readonly Permission[] {
  const others = permissions.filter((permission) => permission.user !== user);
  return rights === noRights ? others : [...others, { user, rights }];
}
