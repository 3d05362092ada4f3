import { EwsError } from '../errors';
import { extendedProperty, extendedValues, fieldKey, storedExtended } from '../items/extended';
import { readPath, type Path } from '../items/path';
import type { ValuesOf } from '../search/restriction';
import { elementTypes, type ElementTypes } from '../schema/order';
import type { Session } from '../session';
import type { Folder } from '../storage/folders';
import { child, childText, t, type XmlElement } from '../xml/element';
import { computedExtended, computedProperty } from './computed';

/** Which properties of folders a request wants to see. */
export interface FolderShape {
  readonly base: string;
  readonly names: ReadonlySet<string>;
  readonly extended: readonly XmlElement[];
}

/** GetFolder shows whole folders; lists (FindFolder, SyncFolderHierarchy) leave out what is costly to read. */
export type FolderView = 'folder' | 'list';

const notInLists: ReadonlySet<string> = new Set(['PermissionSet', 'SearchParameters', 'ManagedFolderInformation']);

const defaultShape = ['FolderId', 'DisplayName', 'TotalCount', 'ChildFolderCount', 'UnreadCount'];

/** The whole shapes do not tell permissions: they are asked for by name. */
const onlyOnRequest: ReadonlySet<string> = new Set(['PermissionSet']);

const propertyTypes = (folder: Folder): ElementTypes => elementTypes(`t:${folder.element}Type`);

/** The shape that shows nothing but the id. */
export const folderIdOnly: FolderShape = { base: 'IdOnly', names: new Set(), extended: [] };

/** Reads a FolderShape; what is no property of folders, or not delivered in lists, is an `ErrorInvalidPropertyRequest`. */
export function readFolderShape(element: XmlElement | undefined, view: FolderView): FolderShape {
  const paths = (child(element, 'AdditionalProperties')?.children ?? []).map(readPath);
  const names = new Set<string>();
  const extended: XmlElement[] = [];
  for (const path of paths) {
    if (path.kind === 'extended') {
      fieldKey(path.uri);
      extended.push(path.uri);
    } else if (path.kind === 'property' && path.prefix === 'folder' && !(view === 'list' && notInLists.has(path.name))) {
      names.add(path.name);
    } else throw new EwsError('ErrorInvalidPropertyRequest');
  }
  return { base: childText(element, 'BaseShape') ?? 'IdOnly', names, extended };
}

const baseNames = (shape: FolderShape, folder: Folder): readonly string[] => {
  if (shape.base === 'IdOnly') return [];
  if (shape.base === 'Default') return defaultShape;
  return [...propertyTypes(folder).keys()].filter((name) => !onlyOnRequest.has(name));
};

/** The values of an extended property as it was written, else as the server fills it; undefined where the folder does not have it. */
const extendedTexts = (folder: Folder, uri: XmlElement, session: Session): readonly string[] | undefined => {
  const written = storedExtended(folder.extended, fieldKey(uri));
  if (written) return extendedValues(written);
  const value = computedExtended(folder, fieldKey(uri), session);
  return value === undefined ? undefined : [value];
};

const shownExtended = (folder: Folder, uri: XmlElement, session: Session): XmlElement | undefined => {
  const values = extendedTexts(folder, uri, session);
  return values && extendedProperty(uri, values);
};

/** A folder as the shape shows it, its properties in the order of the schema. */
export function showFolder(folder: Folder, shape: FolderShape, view: FolderView, session: Session): XmlElement {
  const names = new Set(['FolderId', ...baseNames(shape, folder), ...shape.names]);
  const content = [...propertyTypes(folder).keys()].flatMap((name) => {
    if (name === 'ExtendedProperty') return shape.extended.map((uri) => shownExtended(folder, uri, session));
    if (!names.has(name) || (view === 'list' && notInLists.has(name))) return [];
    return [computedProperty(folder, name, session)];
  });
  return t(folder.element, content);
}

/** What search expressions find in a folder. */
export const folderValues =
  (folder: Folder, session: Session): ValuesOf =>
  (path: Path) => {
    if (path.kind === 'extended') return extendedTexts(folder, path.uri, session) ?? [];
    const found = propertyTypes(folder).has(path.name) ? computedProperty(folder, path.name, session) : undefined;
    return found ? [found.text] : [];
  };
