import type { Session } from '../session';
import { childText, type XmlElement } from '../xml/element';
import { showBody } from './body';
import { shownProperty, type ShownItem } from './computed';
import { extendedTexts } from './extended-shown';
import { propertyTypes } from './kinds';
import type { Path } from './path';
import { entryText } from './dictionary';

/** Parts of structures that nobody searches. */
const unsearched: ReadonlySet<string> = new Set(['RoutingType', 'MailboxType', 'ItemId', 'ResponseType']);

const texts = (element: XmlElement): readonly string[] =>
  element.children.flatMap((inner) => (unsearched.has(inner.name) ? [] : inner.children.length === 0 ? [inner.text] : texts(inner)));

/** What a path finds in an item: texts (several for lists), none where the property is absent. */
export function valuesOf(item: ShownItem, path: Path, session: Session): readonly string[] {
  if (path.kind === 'extended') return extendedTexts(item, path.uri, session);
  if (path.kind === 'indexed') {
    const found = entryText(item.properties[path.name], path);
    return found === undefined ? [] : [found];
  }
  if (path.name === 'Body') return item.properties['Body'] ? [showBody(item.properties['Body'], 'Text').text] : [];
  const found = shownProperty(item, path.name, propertyTypes(item.element).get(path.name) ?? '', session);
  if (!found) return [];
  if (path.name === 'Attachments') return found.children.flatMap((attachment) => childText(attachment, 'Name') ?? []);
  if (found.attributes['Id'] !== undefined) return [found.attributes['Id']];
  return found.children.length === 0 ? [found.text] : texts(found);
}
