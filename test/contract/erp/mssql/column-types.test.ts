import assert from 'node:assert/strict';
import { readColumnTypes } from '../../../../lib/erp/mssql/column-types';
import { connectMssql } from '../../../../lib/erp/mssql/open';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { describeOnMssql } from '../../../support/mssql-server';
import { dropMssqlSubjects, openMssqlSubject } from '../mssql-subject';

describeOnMssql('parameters that keys are looked up by', () => {
  after(dropMssqlSubjects);

  const columns = ['k_int int', 'k_bigint bigint', 'k_char char(10)', 'k_text varchar(20)', 'k_name nvarchar(30)', 'k_max nvarchar(max)'];
  const others = ['k_decimal decimal(12, 2)', 'k_guid uniqueidentifier', 'k_date date', 'k_time datetime', 'k_other varbinary(8)'];

  it('have the type of their column, or none', async () => {
    const subject = await openMssqlSubject();
    await subject.batch(`CREATE TABLE dbo.keyed (${[...columns, ...others].join(', ')})`);
    const { engine, close } = await connectMssql({ connection: subject.own.connection, timeZone: 'UTC' });
    try {
      const { task } = referenceMapping;
      assert.ok(task);
      const typeOf = await readColumnTypes(engine, { ...referenceMapping, task: { ...task, table: 'dbo.KEYED' } });
      for (const column of [...columns, ...others.slice(0, -1)]) {
        const [name = '', ...type] = column.split(' ');
        assert.equal(typeOf('dbo.KEYED', name.toUpperCase()), type.join(' '));
      }
      assert.equal(typeOf('dbo.KEYED', 'k_other'), null);
      assert.equal(typeOf('dbo.KEYED', 'k_none'), null);
    } finally {
      await close();
      await subject.batch('DROP TABLE dbo.keyed');
      await subject.close();
    }
  });
});
