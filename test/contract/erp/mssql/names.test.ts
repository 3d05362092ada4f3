import sql from 'mssql';
import { applySchema } from '../../../../lib/erp/administration';
import { openErpDatabase } from '../../../../lib/erp/open';
import { createMssqlDatabase, describeOnMssql, type OwnDatabase } from '../../../support/mssql-server';
import { programOver } from '../mssql-subject';
import { namesContract } from '../names-contract';

describeOnMssql('SQL Server', () => {
  let own: OwnDatabase | null = null;
  after(() => own?.drop());
  namesContract('mssql', async (tables, mapping) => {
    own = await createMssqlDatabase();
    const pool = await new sql.ConnectionPool(own.config).connect();
    for (const statement of tables) await pool.batch(statement);
    const options = { connection: own.connection, timeZone: 'Europe/Vienna', mapping };
    await applySchema(options);
    const database = await openErpDatabase(options);
    return {
      database,
      erp: programOver(pool),
      close: async () => {
        await database.close();
        await pool.close();
      },
    };
  });
});
