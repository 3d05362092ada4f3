/** How often a part may stand: both 1 where absent; max -1 is unbounded. */
interface Occurs {
  readonly min?: number;
  readonly max?: number;
}

/** A part of a content model. */
export type Particle = Occurs &
  (
    | { readonly element: string; readonly ns: string; readonly type: string }
    | { readonly sequence: readonly Particle[] }
    | { readonly choice: readonly Particle[] }
    | { readonly any: true }
  );

/** A simple or complex type of the schema, as the generated table holds it. */
export interface SchemaType {
  readonly abstract?: boolean;
  readonly base?: string;
  readonly text?: string;
  readonly content?: Particle;
  readonly attributes?: Readonly<Record<string, { readonly type: string; readonly required?: boolean }>>;
  readonly simple?: string;
  readonly values?: readonly string[];
  readonly pattern?: string;
  readonly least?: number;
  readonly most?: number;
  readonly minLength?: number;
  readonly list?: string;
  readonly union?: readonly string[];
}
