/** The kinds of items that are kept in step, and the two directions. Contacts and mail come later. */

/** Every kind of item that this version synchronises. */
export const kinds = ['appointment', 'task'] as const;
/** A kind of item. */
export type Kind = (typeof kinds)[number];

/** `inbound`: Exchange → ERP; `outbound`: ERP → Exchange. */
export type Direction = 'inbound' | 'outbound';

/** What happened to an item on its source side. */
export type Operation = 'create' | 'update' | 'delete';
