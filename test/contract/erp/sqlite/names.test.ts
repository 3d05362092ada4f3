import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openErpDatabase } from '../../../../lib/erp/open';
import { namesContract } from '../names-contract';
import { programOver } from '../sqlite-subject';

describe('SQLite', () => {
  namesContract('sqlite', async (tables, mapping) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'erp-names-'));
    const file = path.join(folder, 'erp.sqlite');
    const erp = new DatabaseSync(file);
    for (const statement of tables) erp.exec(statement);
    const database = await openErpDatabase({ connection: { driver: 'sqlite', file }, timeZone: 'Europe/Vienna', mapping });
    return {
      database,
      erp: programOver(erp),
      close: async () => {
        erp.close();
        await database.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
});
