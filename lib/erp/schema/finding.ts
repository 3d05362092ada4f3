/** What the check of a database may find, and its English texts; the German ones stand in the locale catalogue under `error.<code>`. */
import { SyncError, type ErrorParams } from '../../model/error';

/** One finding. `error`: the sync refuses to start. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: FindingCode;
  readonly params: ErrorParams;
  /** English text that names place and remedy. */
  readonly text: string;
}

const apply = 'Apply the schema (button in the settings of the ERP database, or "exchange-erp schema apply").';
const correct = 'Correct the schema mapping, or the rights of the login: what it may not see looks as if it were not there.';

const errors = {
  'erp-nothing-visible':
    'The ERP database __database__ shows none of the tables that the schema mapping names (__tables__). Check that it is the right database, and give the login its rights: the script that "exchange-erp schema rights" prints.',
  'erp-table-missing': `The ERP database __database__ has no table or view __table__. ${correct}`,
  'erp-column-missing': `The ERP database __database__ has no column __column__. ${correct}`,
  'erp-schema-missing': `The ERP database __database__ lacks what the sync needs: __what__. ${apply}`,
  'erp-version-too-new':
    'The sync tables in __database__ have version __installed__, this program knows __known__. Install the newer version of the package.',
  'erp-version-too-old': `The sync tables in __database__ have version __installed__, this program needs __known__. ${apply}`,
  'erp-trigger-missing': `The table __table__ has no trigger __trigger__, so changes in the ERP would not be noticed. ${apply}`,
  'erp-trigger-outdated': `The trigger __trigger__ on __table__ belongs to another schema mapping or version. ${apply}`,
  'erp-trigger-disabled':
    'The trigger __trigger__ on __table__ is disabled, so changes in the ERP are not noticed. Enable it (ENABLE TRIGGER), and run a synchronisation check for what happened meanwhile.',
  'erp-view-untriggered':
    '__table__ is a view, and no trigger can watch a view. Name the table in the schema mapping and the view in "readFrom", or choose "polling" under "changes".',
  'erp-key-unsuitable':
    'The column __column__ of __table__ is of type __type__, which cannot be a key. Name another column in the schema mapping.',
} as const;

const warnings = {
  'erp-trigger-left': `The trigger __trigger__ on __table__ is not part of this schema mapping any more. ${apply}`,
  'erp-trigger-unreadable':
    'Whether the trigger __trigger__ on __table__ is up to date cannot be told: the login may not read it. Run the script of rights again (GRANT VIEW DEFINITION).',
  'erp-key-long': 'The key column __column__ of __table__ may hold __length__ characters; the sync keeps __limit__. Longer keys fail.',
  'erp-key-not-generated':
    'The schema mapping says that the database gives __table__.__column__ its value, but the column is no identity column. Correct "generated".',
  'erp-column-narrow':
    'The column __column__ of __table__ holds __length__ characters; up to __needed__ come from Exchange. Longer texts are refused, each with a note.',
  'erp-column-unfilled':
    'The column __column__ of __table__ must not be empty and has no default, and nothing in the schema mapping fills it. Add it under "insert", or new records are refused.',
  'erp-exception-not-null':
    'The column __column__ of __table__ must not be empty, but an empty one means "as the series" in a row of exceptions. Let the column be NULL, or take its field out of "exceptions" in the schema mapping; else exceptions are refused.',
  'erp-owner-differs':
    'The table __table__ belongs to __owner__, the sync tables belong to __syncOwner__. Users of the ERP need rights of their own then: GRANT INSERT ON dbo.sync_journal, SELECT ON dbo.sync_link and UPDATE ON dbo.sync_journal_id.',
} as const;

/** Stable code of a finding. */
export type FindingCode = keyof typeof errors | keyof typeof warnings;

const isError = (code: FindingCode): code is keyof typeof errors => code in errors;

/** A finding with its English text. */
export const finding = (code: FindingCode, params: ErrorParams): Finding => {
  const text: string = isError(code) ? errors[code] : warnings[code];
  return {
    severity: isError(code) ? 'error' : 'warning',
    code,
    params,
    text: text.replaceAll(/__(\w+)__/g, (whole, name: string) => String(params[name] ?? whole)),
  };
};

/** Throws the first error among findings. */
export const refuseErrors = (findings: readonly Finding[]): void => {
  const error = findings.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new SyncError(error.code, 'configuration', error.text, error.params);
};
