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
