/** Statements of the scripts as data: run one by one, or printed with their comments. */

/** One statement; on SQL Server a batch of its own. */
export interface Statement {
  /** What it is for: the comment above it. */
  readonly purpose: string;
  readonly sql: string;
  /** May be refused without harm: it runs outside of the transaction, and what the database says is reported. */
  readonly optional: boolean;
}

/** A statement that must succeed. */
export const needed = (purpose: string, sql: string): Statement => ({ purpose, sql, optional: false });

/** A statement that may be refused. */
export const optional = (purpose: string, sql: string): Statement => ({ purpose, sql, optional: true });
