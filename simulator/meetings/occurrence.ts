import { reviseItem } from '../items/write';
import type { Session } from '../session';
import { changeOf, saveException } from '../storage/exceptions';
import { itemById, type Item } from '../storage/items';
import { text, withTexts, type Properties } from '../storage/properties';

/** Gives one occurrence of a series other values, by its day; its times are those of the item that shows it. */
export function reviseOccurrence(
  session: Session,
  shown: Pick<Item, 'id' | 'properties'>,
  day: number,
  values: Readonly<Record<string, string | number | boolean>>,
  more: Properties = {},
): void {
  const earlier = changeOf(session.database, shown.id, day);
  const kept = earlier === undefined || earlier === 'deleted' ? { properties: {}, extended: [], removed: [] } : earlier;
  saveException(session.database, shown.id, {
    ...kept,
    day,
    starts: Date.parse(text(shown.properties, 'Start') ?? ''),
    ends: Date.parse(text(shown.properties, 'End') ?? ''),
    properties: withTexts({ ...kept.properties, ...more }, values),
  });
  const series = itemById(session.database, shown.id);
  if (series) reviseItem(session, series);
}
