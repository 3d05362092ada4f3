/** The database's own clock, for defaults. */
import type { Dialect } from './quote';

/** UTC instant of now with milliseconds, as `Date.toISOString` writes it; SQL expressions. */
export const isoNow: Readonly<Record<Dialect['name'], string>> = {
  sqlite: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
  // Style 121 always writes the milliseconds, other styles leave out .000.
  mssql: "REPLACE(CONVERT(nvarchar(23), CAST(SYSUTCDATETIME() AS datetime2(3)), 121), N' ', N'T') + N'Z'",
};
