/** Colours of categories, by which people tell their appointments apart (requirement D7). */

/** Outlook's 25 colours; the place of each is the number by which a mailbox knows it ([MS-OXOCFG] 2.2.5.2.2). */
export const categoryColours = [
  ...(['red', 'orange', 'peach', 'yellow', 'green', 'teal', 'olive', 'blue', 'purple', 'maroon'] as const),
  ...(['steel', 'darkSteel', 'gray', 'darkGray', 'black'] as const),
  ...([
    'darkRed',
    'darkOrange',
    'darkPeach',
    'darkYellow',
    'darkGreen',
    'darkTeal',
    'darkOlive',
    'darkBlue',
    'darkPurple',
    'darkMaroon',
  ] as const),
] as const;
/** See `categoryColours`. */
export type CategoryColour = (typeof categoryColours)[number];

/** A category as a mailbox lists it. */
export interface MailboxCategory {
  readonly name: string;
  /** Null: no colour. */
  readonly colour: CategoryColour | null;
}
