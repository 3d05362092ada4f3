/** Requests on folders, and what their answers hold. */
import assert from 'node:assert/strict';
import { child, folder, type Answer, type Client, type Sent, type XmlElement } from '../harness';

export const folderId = (id: string): string => `<t:FolderId Id="${id}"/>`;

export const folderOf = (name: string, address: string): string =>
  `<t:DistinguishedFolderId Id="${name}"><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`;

export const folderShape = (base: string, additional = ''): string =>
  `<m:FolderShape><t:BaseShape>${base}</t:BaseShape>${additional === '' ? '' : `<t:AdditionalProperties>${additional}</t:AdditionalProperties>`}</m:FolderShape>`;

export const field = (name: string): string => `<t:FieldURI FieldURI="folder:${name}"/>`;

export const getFolder = (ids: string, shape = folderShape('AllProperties')): string =>
  `<m:GetFolder>${shape}<m:FolderIds>${ids}</m:FolderIds></m:GetFolder>`;

export const findFolder = (parents: string, traversal = 'Shallow', content = '', shape = folderShape('Default')): string =>
  `<m:FindFolder Traversal="${traversal}">${shape}${content}<m:ParentFolderIds>${parents}</m:ParentFolderIds></m:FindFolder>`;

export const createFolder = (parent: string, folders: string): string =>
  `<m:CreateFolder><m:ParentFolderId>${parent}</m:ParentFolderId><m:Folders>${folders}</m:Folders></m:CreateFolder>`;

export const newFolder = (name: string, content = '', element = 'Folder'): string =>
  `<t:${element}>${content.startsWith('<t:FolderClass') ? content : ''}<t:DisplayName>${name}</t:DisplayName>${content.startsWith('<t:FolderClass') ? '' : content}</t:${element}>`;

export const updateFolder = (id: string, updates: string): string =>
  `<m:UpdateFolder><m:FolderChanges><t:FolderChange>${id}<t:Updates>${updates}</t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`;

export const setField = (name: string, property: string, element = 'Folder'): string =>
  `<t:SetFolderField>${field(name)}<t:${element}>${property}</t:${element}></t:SetFolderField>`;

export const rename = (name: string, element = 'Folder'): string =>
  setField('DisplayName', `<t:DisplayName>${name}</t:DisplayName>`, element);

export const deleteFolder = (ids: string, type = 'HardDelete'): string =>
  `<m:DeleteFolder DeleteType="${type}"><m:FolderIds>${ids}</m:FolderIds></m:DeleteFolder>`;

export const emptyFolder = (ids: string, type = 'HardDelete', withSubfolders = false): string =>
  `<m:EmptyFolder DeleteType="${type}" DeleteSubFolders="${withSubfolders}"><m:FolderIds>${ids}</m:FolderIds></m:EmptyFolder>`;

export const transfer = (operation: 'MoveFolder' | 'CopyFolder', ids: string, to: string): string =>
  `<m:${operation}><m:ToFolderId>${to}</m:ToFolderId><m:FolderIds>${ids}</m:FolderIds></m:${operation}>`;

/** The folders of the first response message. */
export const foldersIn = (answer: Answer): readonly XmlElement[] => {
  const message = answer.messages[0];
  return (child(message, 'Folders') ?? child(child(message, 'RootFolder'), 'Folders'))?.children ?? [];
};

export const onlyFolder = (answer: Answer): XmlElement => {
  const [found] = foldersIn(answer);
  assert.ok(found, answer.text);
  return found;
};

export const idIn = (element: XmlElement): string => child(element, 'FolderId')?.attributes['Id'] ?? '';

export const keyIn = (element: XmlElement): string => child(element, 'FolderId')?.attributes['ChangeKey'] ?? '';

export const names = (answer: Answer): readonly string[] => foldersIn(answer).map((found) => child(found, 'DisplayName')?.text ?? '');

/** Creates one folder and answers its id. */
export const create = async (client: Client, parent: string, element: string, sent?: Sent): Promise<string> => {
  const answer = await client.call(createFolder(parent, element), sent);
  assert.deepEqual(answer.codes, ['NoError'], answer.text);
  return idIn(onlyFolder(answer));
};

export const read = async (client: Client, id: string, shape?: string, sent?: Sent): Promise<XmlElement> => {
  const answer = await client.call(getFolder(id, shape), sent);
  assert.deepEqual(answer.codes, ['NoError'], answer.text);
  return onlyFolder(answer);
};

export const inbox = folder('inbox');
