/** What requests write into folders: whole new ones, and change descriptions. */
import { omit } from 'lodash';
import { EwsError } from '../errors';
import { checkedExtended, extendedKey, fieldKey, tagKey, withExtended } from '../items/extended';
import { isPath, readPath, type Path } from '../items/path';
import { keptPermissions, readPermissionSet } from '../permissions/permission-set';
import { elementTypes } from '../schema/order';
import type { Database } from '../storage/database';
import type { Folder, FolderDraft } from '../storage/folders';
import { t, type XmlElement } from '../xml/element';
import { classOfElement, elementOfClass, impliesClass } from './kinds';

/** What of a folder a request can write. */
export type Written = Pick<FolderDraft, 'element' | 'folderClass' | 'name' | 'properties' | 'extended'>;

const longestName = 255;

/** The tags under which clients of MAPI write the name and class. */
const nameTag = tagKey(0x3001, 'String');
const classTag = tagKey(0x3613, 'String');

const uri = (name: string): readonly XmlElement[] => [t('FieldURI', '', { FieldURI: `folder:${name}` })];

const withName = (written: Written, name: string): Written => {
  if (name.trim() === '' || name.length > longestName)
    throw new EwsError('ErrorFolderSavePropertyError', { messageXml: uri('DisplayName') });
  return { ...written, name };
};

const withClass = (written: Written, folderClass: string): Written => {
  if (written.element !== 'SearchFolder' && elementOfClass(folderClass) !== written.element) throw new EwsError('ErrorObjectTypeChanged');
  return { ...written, folderClass };
};

const withProperty = (database: Database, written: Written, property: XmlElement): Written => {
  switch (property.name) {
    case 'DisplayName':
      return withName(written, property.text);
    case 'FolderClass':
      return withClass(written, property.text);
    case 'PermissionSet': {
      const permissions = keptPermissions(readPermissionSet(database, property, written.element));
      return { ...written, properties: { ...written.properties, PermissionSet: permissions } };
    }
    case 'SearchParameters':
      return { ...written, properties: { ...written.properties, SearchParameters: property } };
    case 'ExtendedProperty':
      return withExtendedProperty(written, property);
    default:
      throw new EwsError('ErrorInvalidPropertySet', { messageXml: uri(property.name) });
  }
};

const withExtendedProperty = (written: Written, given: XmlElement): Written => {
  const property = checkedExtended(given);
  const value = property.children[1]?.text ?? '';
  if (extendedKey(property) === nameTag) return withName(written, value);
  if (extendedKey(property) === classTag) return withClass(written, value);
  return { ...written, extended: withExtended(written.extended, property) };
};

const givenClass = (element: XmlElement): string | undefined => {
  const property = element.children.find(({ name }) => name === 'FolderClass');
  const tagged = element.children.find((candidate) => candidate.name === 'ExtendedProperty' && extendedKey(candidate) === classTag);
  return property?.text ?? tagged?.children[1]?.text;
};

/** Reads a folder of a CreateFolder request; it keeps the permissions of the folder it is created in unless it brings its own. */
export function readNewFolder(database: Database, element: XmlElement, inherited: Folder['properties']): Written {
  const folderClass = givenClass(element);
  if (folderClass !== undefined && impliesClass(element.name)) throw new EwsError('ErrorNoFolderClassOverride');
  const isSearch = element.name === 'SearchFolder';
  const type = isSearch || folderClass === undefined ? element.name : elementOfClass(folderClass);
  const start: Written = {
    element: type,
    folderClass: folderClass ?? classOfElement(element.name),
    name: '',
    properties: inherited,
    extended: [],
  };
  const written = element.children.reduce((so, property) => withProperty(database, so, property), start);
  if (isSearch && !written.properties['SearchParameters'])
    throw new EwsError('ErrorFolderSavePropertyError', { messageXml: uri('SearchParameters') });
  return withName(written, written.name);
}

const setField = (database: Database, folder: Folder, written: Written, path: Path, change: XmlElement): Written => {
  const given = change.children.find((candidate) => !isPath(candidate));
  const [property, ...more] = given?.children ?? [];
  if (!property || more.length > 0) throw new EwsError('ErrorIncorrectUpdatePropertyCount');
  if (given?.name !== folder.element) throw new EwsError('ErrorObjectTypeChanged');
  const isSame =
    path.kind === 'extended'
      ? property.name === 'ExtendedProperty' && extendedKey(property) === fieldKey(path.uri)
      : property.name === path.name;
  if (!isSame) throw new EwsError('ErrorUpdatePropertyMismatch');
  return withProperty(database, written, property);
};

const deleteField = (written: Written, path: Path): Written => {
  if (path.kind === 'extended') {
    const key = fieldKey(path.uri);
    if (key === nameTag || key === classTag) throw new EwsError('ErrorInvalidPropertyDelete');
    return { ...written, extended: written.extended.filter((property) => extendedKey(property) !== key) };
  }
  if (path.name !== 'PermissionSet') throw new EwsError('ErrorInvalidPropertyDelete', { messageXml: uri(path.name) });
  return { ...written, properties: omit(written.properties, 'PermissionSet') };
};

/** Applies the change descriptions of an UpdateFolder request in their order. */
export function applyFolderUpdates(database: Database, folder: Folder, updates: readonly XmlElement[]): Written {
  const known = elementTypes(`t:${folder.element}Type`);
  return updates.reduce<Written>((written, change) => {
    const named = change.children.find(isPath);
    if (!named) throw new EwsError('ErrorInvalidPropertyRequest');
    if (change.name === 'AppendToFolderField') throw new EwsError('ErrorInvalidPropertyAppend');
    const path = readPath(named);
    if (path.kind === 'indexed' || (path.kind === 'property' && (path.prefix !== 'folder' || !known.has(path.name))))
      throw new EwsError('ErrorInvalidPropertyRequest');
    return change.name === 'SetFolderField' ? setField(database, folder, written, path, change) : deleteField(written, path);
  }, folder);
}
