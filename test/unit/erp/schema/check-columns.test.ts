import assert from 'node:assert/strict';
import { catalogKey, type Catalog, type CatalogColumn } from '../../../../lib/erp/schema/catalog';
import { columnFindings } from '../../../../lib/erp/schema/check-columns';
import { mssqlDialect } from '../../../../lib/erp/schema/quote';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';

const column = (name: string, fields: Partial<CatalogColumn> = {}): CatalogColumn => ({
  name,
  type: 'int',
  length: 4,
  nullable: true,
  filled: false,
  identity: false,
  computed: false,
  ...fields,
});

const identity = column('id', { identity: true, filled: true, nullable: false });

/** The findings about one table, with these columns. */
const about = (columns: readonly CatalogColumn[], owner = 'dbo', table = 'task'): readonly string[] => {
  const catalog: Catalog = {
    database: 'erp',
    owner: 'dbo',
    tables: new Map([[catalogKey(mssqlDialect, table), { isView: false, owner, columns }]]),
    triggers: [],
    syncTables: [],
    version: 0,
  };
  return columnFindings(referenceMapping, mssqlDialect, catalog).map(({ severity, code, text }) => `${severity} ${code} ${text}`);
};

describe('columns of SQL Server', () => {
  it('that fit are not mentioned', () => {
    assert.deepEqual(
      about([identity, column('employee_id', { nullable: false }), column('subject', { type: 'nvarchar', length: 255 })]),
      [],
    );
  });

  for (const type of ['ntext', 'varbinary', 'float', 'timestamp', 'xml']) {
    it(`of type ${type} are refused as keys`, () => {
      const [finding] = about([identity, column('employee_id', { type })]);
      assert.match(finding ?? '', new RegExp(`^error erp-key-unsuitable .*employee_id of task is of type ${type}`));
    });
  }

  it('that may hold longer keys than the sync keeps are warned of', () => {
    assert.match(about([column('id', { type: 'nvarchar', length: 500, identity: true })])[0] ?? '', /erp-key-long .* 500 .* 450/);
    assert.match(about([identity, column('employee_id', { type: 'varchar', length: null })])[0] ?? '', /erp-key-long .* max .* 200/);
  });

  it('that hold less than Exchange sends are warned of', () => {
    assert.match(
      about([identity, column('subject', { type: 'varchar', length: 40 })])[0] ?? '',
      /^warning erp-column-narrow .*subject.* 40 .* 255/,
    );
    assert.deepEqual(about([identity, column('body', { type: 'nvarchar', length: null })]), []);
  });

  it('that must be filled and are not are warned of', () => {
    const needed = { nullable: false };
    assert.match(about([identity, column('mandant', needed)])[0] ?? '', /erp-column-unfilled .*mandant/);
    assert.deepEqual(
      about([identity, column('stufe', { ...needed, filled: true }), column('status', needed), column('created_by', needed)]),
      [],
    );
  });

  it('of the table of exceptions that nothing fills are warned of', () => {
    const needed = { nullable: false };
    const ofExceptions = (name: string) => about([column(name, needed)], 'dbo', 'appointment_exception');
    assert.match(ofExceptions('mandant')[0] ?? '', /^warning erp-column-unfilled .*mandant of appointment_exception/);
    for (const filled of ['appointment_id', 'original_start', 'deleted']) assert.deepEqual(ofExceptions(filled), []);
  });

  it('of the table of exceptions that cannot say "as the series" are warned of, whatever their default', () => {
    for (const name of ['subject', 'START_AT', 'reminder_minutes']) {
      const columns = [column(name, { type: 'nvarchar', length: 255, nullable: false, filled: true })];
      const findings = about(columns, 'dbo', 'appointment_exception');
      assert.equal(findings.length, 1);
      assert.match(
        findings[0] ?? '',
        new RegExp(`^warning erp-exception-not-null .*${name} of appointment_exception .*as the series`, 'i'),
      );
    }
    assert.deepEqual(about([column('subject', { type: 'nvarchar', length: 255 })], 'dbo', 'appointment_exception'), []);
  });

  it('whose keys the database does not give are warned of', () => {
    assert.match(about([column('id', { nullable: false })])[0] ?? '', /erp-key-not-generated .*task\.id/);
  });

  it('of a table of another owner are warned of, because the triggers would need rights', () => {
    assert.match(about([identity], 'erp_owner')[0] ?? '', /erp-owner-differs .*erp_owner.*dbo/);
  });
});
