import type { Session } from '../../session';
import type { Item } from '../../storage/items';
import type { XmlElement } from '../../xml/element';

/** Which occurrence of a series an item is: the day it is known by, and its start (ms) as the series has it. */
export interface OccurrenceOf {
  readonly day: number;
  readonly original: number;
  readonly isException: boolean;
}

/** An item as a response shows it: `occurrence` where it is one of a series, whose number it then has. */
export interface ShownItem extends Item {
  readonly occurrence?: OccurrenceOf;
  /** Number of the attachment where it is an item attached to another; the id and place are then those of the outer item. */
  readonly attachment?: number;
}

/** Fills one property: an element, or the text of one; undefined where the item does not have it. */
export type Compute = (item: ShownItem, session: Session) => XmlElement | string | number | boolean | undefined;

/** Computed properties by element name. */
export type Computed = Readonly<Record<string, Compute>>;
