/** A release of Exchange as its answers show it. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly revision: number;
  /** Version of the schema it speaks at most, as it writes it. */
  readonly schema: string;
}

/** The last cumulative updates of each release. */
export const serverVersions = {
  2013: { major: 15, minor: 0, build: 1497, revision: 2, schema: 'V2_23' },
  2016: { major: 15, minor: 1, build: 2507, revision: 6, schema: 'V2017_07_11' },
  2019: { major: 15, minor: 2, build: 1544, revision: 4, schema: 'V2018_01_08' },
} as const satisfies Readonly<Record<number, ServerVersion>>;

/** A release by its year. */
export type Release = keyof typeof serverVersions;

/** Versions of the schema that a request may be for, oldest first; those named by a date count as the last. */
export const requestVersions = [
  'Exchange2007',
  'Exchange2007_SP1',
  'Exchange2010',
  'Exchange2010_SP1',
  'Exchange2010_SP2',
  'Exchange2013',
  'Exchange2013_SP1',
  'Exchange2016',
] as const;

/** One of them. */
export type RequestVersion = (typeof requestVersions)[number];

/** The version that a RequestServerVersion asks for; undefined where a release does not know it. */
export function requestVersion(text: string, release: Release): RequestVersion | undefined {
  const found = requestVersions.find((version) => version === text);
  if (release === 2013) return found === 'Exchange2016' ? undefined : found;
  if (found !== undefined) return found;
  if (text === 'Exchange2015') return 'Exchange2016';
  return /^V20\d\d_\d\d_\d\d$/.test(text) && text <= serverVersions[release].schema ? 'Exchange2016' : undefined;
}
