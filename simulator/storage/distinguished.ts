/** The folders every mailbox has, by the names EWS knows them under (DistinguishedFolderIdNameType). */

/** A folder a mailbox has from the beginning. `parent` is the distinguished name of the folder it lies in. */
export interface DefaultFolder {
  readonly parent: string | undefined;
  readonly element: string;
  readonly folderClass: string | undefined;
  readonly name: string;
  /** Mail programs do not show it (PR_ATTR_HIDDEN). */
  readonly isHidden: boolean;
}

const folder = (parent: string | undefined, name: string, folderClass?: string, element = 'Folder', isHidden = false): DefaultFolder => ({
  parent,
  element,
  folderClass,
  name,
  isHidden,
});

const contacts = (name: string, folderClass: string): DefaultFolder => folder('contacts', name, folderClass, 'ContactsFolder', true);
const search = (parent: string, name: string, folderClass: string): DefaultFolder =>
  folder(parent, name, folderClass, 'SearchFolder', true);

/** By distinguished name; parents stand before what they hold. */
export const defaultFolders: ReadonlyMap<string, DefaultFolder> = new Map([
  ['root', folder(undefined, 'Root')],
  ['msgfolderroot', folder('root', 'Top of Information Store')],
  ['searchfolders', folder('root', 'Finder')],
  ['recoverableitemsroot', folder('root', 'Recoverable Items')],
  ['recoverableitemsdeletions', folder('recoverableitemsroot', 'Deletions')],
  ['recoverableitemsversions', folder('recoverableitemsroot', 'Versions')],
  ['recoverableitemspurges', folder('recoverableitemsroot', 'Purges')],
  ['recoverableitemsdiscoveryholds', folder('recoverableitemsroot', 'DiscoveryHolds')],
  ['calendar', folder('msgfolderroot', 'Calendar', 'IPF.Appointment', 'CalendarFolder')],
  ['contacts', folder('msgfolderroot', 'Contacts', 'IPF.Contact', 'ContactsFolder')],
  ['conversationhistory', folder('msgfolderroot', 'Conversation History', 'IPF.Note')],
  ['deleteditems', folder('msgfolderroot', 'Deleted Items', 'IPF.Note')],
  ['drafts', folder('msgfolderroot', 'Drafts', 'IPF.Note')],
  ['inbox', folder('msgfolderroot', 'Inbox', 'IPF.Note')],
  ['journal', folder('msgfolderroot', 'Journal', 'IPF.Journal')],
  ['junkemail', folder('msgfolderroot', 'Junk Email', 'IPF.Note')],
  ['notes', folder('msgfolderroot', 'Notes', 'IPF.StickyNote')],
  ['outbox', folder('msgfolderroot', 'Outbox', 'IPF.Note')],
  ['sentitems', folder('msgfolderroot', 'Sent Items', 'IPF.Note')],
  ['tasks', folder('msgfolderroot', 'Tasks', 'IPF.Task', 'TasksFolder')],
  ['syncissues', folder('msgfolderroot', 'Sync Issues', 'IPF.Note')],
  ['conflicts', folder('syncissues', 'Conflicts', 'IPF.Note')],
  ['localfailures', folder('syncissues', 'Local Failures', 'IPF.Note')],
  ['serverfailures', folder('syncissues', 'Server Failures', 'IPF.Note')],
  ['quickcontacts', contacts('Skype for Business Contacts', 'IPF.Contact.MOC.QuickContacts')],
  ['imcontactlist', contacts('{06967759-274D-40B2-A3EB-D7F9E73727D7}', 'IPF.Contact.MOC.ImContactList')],
  ['recipientcache', contacts('Recipient Cache', 'IPF.Contact.RecipientCache')],
  ['peopleconnect', contacts('PeopleConnect', 'IPF.Contact.PeopleConnect')],
  ['todosearch', search('root', 'To-Do Search', 'IPF.Task')],
  ['mycontacts', search('root', 'MyContacts', 'IPF.Note')],
  ['favorites', search('root', 'Favorites', 'IPF.Note')],
  ['voicemail', search('searchfolders', 'Voice Mail', 'IPF.Note.Microsoft.Voicemail')],
  ['directory', folder('root', 'Directory', undefined, 'Folder', true)],
  ['personmetadata', folder('root', 'PersonMetadata', 'IPF.Contact', 'ContactsFolder', true)],
]);
