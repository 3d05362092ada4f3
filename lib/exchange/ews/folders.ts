/** Names of the mailbox folders that the sync works with. */
import type { Kind } from '../../model/kind';
import { element } from './xml/compose';
import type { XmlNode } from './xml/compose';

/** A folder by its well-known name, in the mailbox of the call or in the one that is named. */
export interface FolderName {
  readonly distinguished: 'calendar' | 'tasks' | 'deleteditems' | 'msgfolderroot';
  /** SMTP address where the call is made with full access; null where impersonation has chosen the mailbox already. */
  readonly mailbox: string | null;
}

/** Well-known name of the folder that holds a kind. */
export const distinguishedFolder = (kind: Kind): 'calendar' | 'tasks' => (kind === 'appointment' ? 'calendar' : 'tasks');

/** The folder as an element of a request. */
export const folderElement = ({ distinguished, mailbox }: FolderName): XmlNode =>
  element(
    't:DistinguishedFolderId',
    { Id: distinguished },
    mailbox === null ? null : element('t:Mailbox', {}, element('t:EmailAddress', {}, mailbox)),
  );
