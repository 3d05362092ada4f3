import { mapRangeDates } from '../../calendar/recurrence';
import type { Item } from '../../storage/items';
import { showDate } from '../../time';
import type { XmlElement } from '../../xml/element';

/** An item's recurrence with its days as a response shows them in a zone. */
export const recurrenceShown = (item: Item, zone: string): XmlElement | undefined => {
  const recurrence = item.properties['Recurrence'];
  return recurrence && mapRangeDates(recurrence, (day) => showDate(day, zone));
};
