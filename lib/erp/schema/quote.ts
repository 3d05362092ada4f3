/** The one place where a name becomes part of a statement. */

/** A quoted identifier, as standard SQL and SQLite want it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A quoted text constant, for statements that take no parameters (triggers, CHECK). */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
