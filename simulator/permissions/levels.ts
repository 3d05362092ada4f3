/** On which items of a folder something may be done: on none, on those the user created, on all. */
export type Scope = 'None' | 'Owned' | 'All';

/** How much of a folder's items may be read; the levels between exist for calendars only, and are given through GetUserAvailability alone. */
export type ReadAccess = 'None' | 'TimeOnly' | 'TimeAndSubjectAndLocation' | 'FullDetails';

/** What a user may do in a folder (MS-OXWSFOLD 2.2.4.7). */
export interface Rights {
  readonly createItems: boolean;
  readonly createSubFolders: boolean;
  readonly isOwner: boolean;
  readonly isVisible: boolean;
  readonly isContact: boolean;
  readonly edit: Scope;
  readonly delete: Scope;
  readonly read: ReadAccess;
}

/** Nothing at all. */
export const noRights: Rights = {
  createItems: false,
  createSubFolders: false,
  isOwner: false,
  isVisible: false,
  isContact: false,
  edit: 'None',
  delete: 'None',
  read: 'None',
};

const reviewer: Rights = { ...noRights, isVisible: true, read: 'FullDetails' };
const nonEditingAuthor: Rights = { ...reviewer, createItems: true, delete: 'Owned' };
const author: Rights = { ...nonEditingAuthor, edit: 'Owned' };
const editor: Rights = { ...author, edit: 'All', delete: 'All' };

/** Everything. */
export const ownerRights: Rights = { ...editor, createSubFolders: true, isOwner: true, isContact: true };

/** The named levels (MS-OXWSFOLD 2.2.5.3); those of free/busy exist for calendars only (MS-OXWSMTGS). */
export const levels: ReadonlyMap<string, Rights> = new Map([
  ['None', noRights],
  ['Owner', ownerRights],
  ['PublishingEditor', { ...editor, createSubFolders: true }],
  ['Editor', editor],
  ['PublishingAuthor', { ...author, createSubFolders: true }],
  ['Author', author],
  ['NoneditingAuthor', nonEditingAuthor],
  ['Reviewer', reviewer],
  ['Contributor', { ...noRights, createItems: true, isVisible: true }],
  ['FreeBusyTimeOnly', { ...noRights, read: 'TimeOnly' }],
  ['FreeBusyTimeAndSubjectAndLocation', { ...noRights, read: 'TimeAndSubjectAndLocation' }],
]);

const same = (one: Rights, two: Rights): boolean =>
  one.createItems === two.createItems &&
  one.createSubFolders === two.createSubFolders &&
  one.isOwner === two.isOwner &&
  one.isVisible === two.isVisible &&
  one.edit === two.edit &&
  one.delete === two.delete &&
  one.read === two.read;

/** The level that has exactly these rights (who is contact does not matter), or Custom. */
export const levelOf = (rights: Rights): string => [...levels].find(([, level]) => same(level, rights))?.[0] ?? 'Custom';
