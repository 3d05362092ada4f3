/** T-SQL judged without a server: by rules of the shared design (`t-sql.md`), and by a parser as far as it knows the language. */
import { Parser } from 'node-sql-parser';

const token = /'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[\s\S]/g;

/** The statement with every constant empty, every name in brackets or quotes replaced by `[x]`, and without comments. */
const bare = (sql: string): string =>
  sql.replaceAll(token, (part) => {
    if (part.startsWith('--') || part.startsWith('/*')) return ' ';
    if (part.length > 1 && part.startsWith("'")) return "''";
    return part.length > 1 && /^["[]/.test(part) ? '[x]' : part;
  });

/** Members of a list at depth 0 of its parentheses. */
const parts = (text: string, separator: string): readonly string[] => {
  const found: string[] = [''];
  let depth = 0;
  for (const [part] of text.matchAll(token)) {
    if (part === '(') depth++;
    if (part === ')') depth--;
    if (part === separator && depth === 0) found.push('');
    else found.push(`${found.pop() ?? ''}${part}`);
  }
  return found;
};

/** Words that SQL Server 2016 does not know, or that other servers do not. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/\bMERGE\b(?!\s+JOIN)/i, 'MERGE: write UPDATE, then INSERT … WHERE NOT EXISTS'],
  [/\bCREATE\s+OR\s+ALTER\b/i, 'CREATE OR ALTER: drop, then create'],
  [/\bALTER\s+(TRIGGER|FUNCTION|VIEW|PROC)/i, 'ALTER of a module: drop, then create'],
  [/\bWAITFOR\b/i, 'WAITFOR'],
  [/\bSYNONYM\b/i, 'SYNONYM'],
  [/\bsys\s*\.\s*dm_/i, 'sys.dm_*'],
  [/\bFOR\s+(JSON|XML)\b/i, 'FOR JSON: read text'],
  [/\bWITH\s+\w+\s*(\([^)]*\))?\s*AS\s*\([\s\S]*\)\s*(UPDATE|DELETE)\b/i, 'UPDATE or DELETE through a CTE'],
  [/\bSAVE\s+TRAN/i, 'savepoints'],
  [/\b(LIMIT|OFFSET)\s+[\d@]/i, 'LIMIT: write TOP'],
  [/\bRETURNING\b/i, 'RETURNING: write OUTPUT … INTO'],
  [/\|\|/, '||: write + or CONCAT'],
  [/\b(TRUE|FALSE)\b/i, 'TRUE and FALSE: write 1 and 0'],
  [/\bIS\s+(NOT\s+)?DISTINCT\s+FROM\b/i, 'IS DISTINCT FROM: SQL Server 2022'],
  [/\b(GREATEST|LEAST|DATETRUNC|GENERATE_SERIES|DATE_BUCKET)\s*\(/i, 'a function of SQL Server 2022'],
  [/\b(STRING_AGG|TRIM|CONCAT_WS|TRANSLATE)\s*\(/i, 'a function of SQL Server 2017'],
  [/\bSET\s+(QUOTED_IDENTIFIER|ANSI_NULLS)\s+OFF\b/i, 'old SET options'],
];

/** OUTPUT of changed rows; of a procedure's parameter it stands at the end. */
const outputs = (text: string): readonly string[] =>
  [...text.matchAll(/\bOUTPUT\s+((?:inserted|deleted)\s*\.[\s\S]*?)(?=\bWHERE\b|\bVALUES\b|\bSELECT\b|\bFROM\b|;|$)/gi)].map(
    ([, list = '']) => list,
  );

/** Rules of `t-sql.md` that a statement breaks; `isOptional`: it may be refused without harm. */
export const brokenRules = (sql: string, isOptional = false): readonly string[] => {
  const text = bare(sql);
  const broken = forbidden.flatMap(([pattern, rule]) => (pattern.test(text) ? [rule] : []));
  for (const list of outputs(text)) {
    if (!/\bINTO\s+@/i.test(list)) broken.push('OUTPUT without INTO');
    if (/(inserted|deleted)\s*\.\s*\S+\s+(?!AS\b|INTO\b)\w/i.test(list)) broken.push('OUTPUT with an alias without AS');
  }
  if (
    /\bUPDATE\s+\w+\s+SET\b[\s\S]*\bOUTPUT\b[\s\S]*?\bFROM\b(?![\s\S]*\bWHERE\b[\s\S]*\bFROM\b)/i.test(text) &&
    !/\bWHERE\b[\s\S]*\bFROM\b/i.test(text)
  )
    broken.push('UPDATE … OUTPUT … FROM');
  for (const [, list = ''] of text.matchAll(/\bALTER\s+TABLE\s+\S+\s+ADD\b([^;]*)/gi))
    if (parts(list, ',').length > 1) broken.push('several columns in one ALTER TABLE … ADD');
  if (/\bALTER\s+DATABASE\b/i.test(text) && !isOptional) broken.push('ALTER DATABASE in a statement that must succeed');
  return broken;
};

/** What the parser does not know, put in words that it knows; each says why it may be left out. */
const gaps: readonly { readonly reason: string; readonly pattern: RegExp; readonly instead: string }[] = [
  {
    reason: 'table hints: only NOLOCK is known',
    pattern: /\bWITH\s*\((?:\s*(?:READCOMMITTEDLOCK|READPAST|ROWLOCK|UPDLOCK|HOLDLOCK|FORCESEEK)\s*,?)+\)/gi,
    instead: '',
  },
  {
    reason: 'OUTPUT … INTO',
    pattern: /\bOUTPUT\s+(?:(?:inserted|deleted)\s*\.\s*(?:\w+|\[[^\]]*\])\s*,?\s*)+INTO\s+@\w+(?:\s*\([^)]*\))?/gi,
    instead: '',
  },
  { reason: 'COLLATE within expressions', pattern: /\s+COLLATE\s+Latin1_General_100_BIN2/gi, instead: '' },
  { reason: 'the function UPDATE() of triggers', pattern: /\bUPDATE\s*\(/gi, instead: 'UPDATED(' },
  { reason: 'parameters that are numbers', pattern: /@(?=\d)/g, instead: '@p' },
  { reason: 'a named PRIMARY KEY in its column', pattern: /\bNOT NULL CONSTRAINT \w+ PRIMARY KEY/gi, instead: 'NOT NULL PRIMARY KEY' },
  { reason: 'a named DEFAULT', pattern: /\bCONSTRAINT \w+ DEFAULT\b/gi, instead: 'DEFAULT' },
  {
    reason: 'foreign keys in their column',
    pattern: /\s(?:NOT NULL )?REFERENCES \w+ \(\w+\)(?: ON DELETE (?:CASCADE|SET NULL))?/gi,
    instead: '',
  },
  { reason: 'a backslash in a constant, which it takes for an escape', pattern: /\\/g, instead: '/' },
  { reason: 'EXCEPT within EXISTS', pattern: /\bEXCEPT\b/gi, instead: 'UNION' },
  { reason: 'the marks of a trigger', pattern: /\/\*[\s\S]*?\*\//g, instead: ' ' },
];

/** Statements of which the parser knows nothing at all. */
const unknown: readonly { readonly reason: string; readonly pattern: RegExp }[] = [
  { reason: 'EXEC with named arguments', pattern: /^EXEC(UTE)?\b/i },
  { reason: 'sequences', pattern: /\bSEQUENCE\b|\bNEXT\s+VALUE\s+FOR\b/i },
  { reason: 'SET of a session’s options', pattern: /^SET\s+(NOCOUNT|ROWCOUNT|XACT_ABORT|LOCK_TIMEOUT)\b/i },
  { reason: 'DROP … IF EXISTS', pattern: /^DROP\s+(INDEX|TRIGGER|PROCEDURE|VIEW|TABLE)\s+IF\s+EXISTS\b/i },
  { reason: 'a variable set to a query', pattern: /^SET\s+@\w+\s*=\s*\(\s*SELECT\b/i },
  { reason: 'logins, users and roles', pattern: /^(CREATE|ALTER|DROP)\s+(LOGIN|USER|ROLE)\b/i },
  { reason: 'several rights, and rights by column, in one GRANT', pattern: /^(GRANT|REVOKE)\s/i },
  { reason: 'RAISERROR', pattern: /^RAISERROR\b/i },
  { reason: 'a table’s options', pattern: /^ALTER\s+TABLE\s+\S+\s+SET\s*\(/i },
  { reason: 'the end of a block', pattern: /^END$/i },
  { reason: 'RETURN', pattern: /^RETURN$/i },
];

/** Statements of a batch or of a trigger's body, without the words that hold them together. */
const statementsOf = (sql: string): readonly string[] => {
  const body = sql.replace(/^\s*CREATE\s+TRIGGER[\s\S]*?\bAS\s+BEGIN\b/i, '').replace(/^\s*CREATE\s+TRIGGER[\s\S]*?\bAS\b/i, '');
  const inTrigger = body !== sql;
  return parts(inTrigger ? body.replace(/\bEND\s*$/i, '') : body, ';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
};

/** A statement after its condition; what comes before is an expression of the same parser's. */
const afterCondition = (statement: string): string =>
  statement
    .replace(/^(?:ELSE\s+)?IF\b[\s\S]*?\n\s*(?=(?:INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|EXEC|SET|SELECT|RAISERROR)\b)/i, '')
    .replace(/^IF\b[\s\S]*\bRETURN$/i, 'RETURN')
    .replace(/^(?:END\s+)?(?:(?:IF|WHILE)\b[\s\S]*?\n\s*)?BEGIN\s+/i, '');

const parser = new Parser();

/** The reasons of all exceptions. */
export const gapReasons: readonly string[] = [...gaps, ...unknown].map(({ reason }) => reason);

/** What the parser is given, in its words; `left` hears of every exception that was made. */
const inKnownWords = (statement: string, left: (reason: string) => void): string =>
  gaps.reduce((text, { reason, pattern, instead }) => {
    const replaced = text.replaceAll(pattern, instead);
    if (replaced !== text) left(reason);
    return replaced;
  }, statement);

/** The statements of `sql` that the parser cannot read, with its words; `left` hears of every exception that was made. */
export const unreadable = (sql: string, left: (reason: string) => void): readonly string[] =>
  statementsOf(sql).flatMap((whole) => {
    const statement = afterCondition(inKnownWords(whole, left).trim());
    const known = unknown.find(({ pattern }) => pattern.test(statement));
    if (known !== undefined) {
      left(known.reason);
      return [];
    }
    try {
      parser.parse(statement, { database: 'transactsql' });
      return [];
    } catch (thrown) {
      const found = thrown instanceof Error ? thrown.message.replace(/^Expected[\s\S]*but/, 'but') : '';
      return [`${statement}\n  ${found}`];
    }
  });
