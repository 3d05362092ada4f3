import { text, withTexts, type Properties } from '../storage/properties';

/** The names of a contact: first, middle and last name, suffix, company, display name. */
type Pieces = Readonly<Record<'first' | 'middle' | 'last' | 'suffix' | 'company' | 'display', string>>;

const joined = (separator: string, ...pieces: readonly string[]): string => pieces.filter((piece) => piece !== '').join(separator);

const bracketed = (outer: string, inner: string): string => joined(' ', outer, inner === '' ? '' : `(${inner})`);

const given = ({ first, middle }: Pieces): string => joined(' ', first, middle);
const lastCommaFirst = (pieces: Pieces): string => joined(', ', pieces.last, given(pieces));
const lastSpaceFirst = (pieces: Pieces): string => joined(' ', pieces.last, given(pieces));
const lastFirst = (pieces: Pieces): string => pieces.last + given(pieces);

/** How FileAs is put together, by FileAsMapping (MS-OXWSCONT 2.2.5.10). `None` leaves it as it is written. */
const mappings: Readonly<Record<string, (pieces: Pieces) => string>> = {
  LastCommaFirst: lastCommaFirst,
  FirstSpaceLast: (pieces) => joined(' ', given(pieces), pieces.last, pieces.suffix),
  Company: ({ company }) => company,
  LastCommaFirstCompany: (pieces) => bracketed(lastCommaFirst(pieces), pieces.company),
  CompanyLastFirst: (pieces) => bracketed(pieces.company, lastFirst(pieces)),
  LastFirst: lastFirst,
  LastFirstCompany: (pieces) => bracketed(lastFirst(pieces), pieces.company),
  CompanyLastCommaFirst: (pieces) => bracketed(pieces.company, lastCommaFirst(pieces)),
  LastFirstSuffix: ({ last, first, suffix }) => joined(' ', last + first, suffix),
  LastSpaceFirstCompany: (pieces) => bracketed(lastSpaceFirst(pieces), pieces.company),
  CompanyLastSpaceFirst: (pieces) => bracketed(pieces.company, lastSpaceFirst(pieces)),
  LastSpaceFirst: lastSpaceFirst,
  DisplayName: ({ display }) => display,
  FirstName: ({ first }) => first,
  LastFirstMiddleSuffix: (pieces) => joined(' ', pieces.last, given(pieces), pieces.suffix),
  LastName: ({ last }) => last,
  Empty: () => '',
};

const piecesOf = (properties: Properties): Pieces => {
  const of = (name: string): string => text(properties, name) ?? '';
  return {
    first: of('GivenName'),
    middle: of('MiddleName'),
    last: of('Surname'),
    suffix: of('Generation'),
    company: of('CompanyName'),
    display: of('DisplayName'),
  };
};

/** The contact with the FileAs its mapping makes; one that was written (`set`) without a mapping stays and ends the mapping. */
export function withFileAs(properties: Properties, set: ReadonlySet<string>): Properties {
  if (set.has('FileAs') && !set.has('FileAsMapping')) return withTexts(properties, { FileAsMapping: 'None' });
  const make = mappings[text(properties, 'FileAsMapping') ?? 'None'];
  return make ? withTexts(properties, { FileAs: make(piecesOf(properties)) }) : properties;
}
