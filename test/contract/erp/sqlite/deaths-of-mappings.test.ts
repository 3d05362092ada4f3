/**
 * The service that dies at any statement, over the worked mappings: soft-deleted records, several tables and generated occurrences per record
 * (german), and an ERP that is written through procedures only.
 */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openErpDatabase } from '../../../../lib/erp/open';
import { requireMapping } from '../../../../lib/erp/schema/read-mapping';
import type { ErpDatabase } from '../../../../lib/erp/store';
import type { Operation } from '../../../../lib/model/kind';
import { maxAttempts, takeIn } from '../service-run';

const docs = path.join(__dirname, '../../../../docs/mappings');
const people = {
  german: "INSERT INTO PERSONAL (PE_NR, PE_NAME, PE_MAIL) VALUES (1, 'Anna', 'anna@x.test')",
  procedures: "INSERT INTO Staff (StaffId, FullName, Mail) VALUES (1, 'Anna', 'anna@x.test')",
} as const;
type Name = keyof typeof people;

const kinds = ['appointment', 'task'] as const;
const nothing = () => Promise.resolve();

/** All rows of all tables, without what chance and the clock make. */
const contents = (file: string): readonly string[] => {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all();
  const lines = tables.flatMap(({ name }) =>
    database
      .prepare(`SELECT * FROM "${String(name)}"`)
      .all()
      .map((row) => `${String(name)} ${JSON.stringify(row)}`),
  );
  database.close();
  return lines
    .map((line) =>
      line
        .replaceAll(/[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}/gi, 'GUID')
        // The records themselves are on one day that is long gone.
        .replaceAll(/(?!2026-03-28)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, 'TIME'),
    )
    .sort();
};

const queue = async ({ store }: ErpDatabase, operation: Operation): Promise<void> => {
  for (const kind of kinds) {
    const changes = [1, 2].map((item) => ({ operation, exchangeId: `${kind === 'task' ? 'T' : 'X'}${item}`, changeKey: 'k' }));
    await store.appendInbound({ connection: 'main', employeeId: '1', kind, mailbox: 'anna@x.test', syncState: operation, changes });
  }
};

for (const name of ['german', 'procedures'] as const satisfies readonly Name[]) {
  describe(`a service that dies while it writes by the mapping ${name}`, () => {
    const mapping = requireMapping(readFileSync(path.join(docs, `${name}.json`), 'utf8'));
    const now = new Date();

    let folder = '';
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'erp-deaths-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    const open = (file: string, beforeStatement: () => void = () => undefined): Promise<ErpDatabase> =>
      openErpDatabase({ connection: { driver: 'sqlite', file }, mapping, timeZone: 'Europe/Vienna', now: () => now, beforeStatement });

    /** A file in which everything before `operation` has been carried out, and its rows wait. */
    const prepare = async (operation: Operation): Promise<string> => {
      const file = path.join(folder, `${operation}.sqlite`);
      const erp = new DatabaseSync(file);
      erp.exec(readFileSync(path.join(docs, `${name}.sqlite.sql`), 'utf8'));
      erp.exec(people[name]);
      erp.close();
      const database = await open(file);
      if (operation !== 'create') {
        await queue(database, 'create');
        await takeIn(database, nothing);
      }
      await queue(database, operation);
      await database.close();
      return file;
    };

    for (const operation of ['create', 'update', 'delete'] as const) {
      it(`carries out every ${operation} exactly once, whichever statement it dies at`, async function () {
        this.timeout(120_000);
        const prepared = await prepare(operation);
        const file = `${prepared}.copy`;
        copyFileSync(prepared, file);
        const states: string[] = [contents(file).join('\n')];
        let statements = 0;
        const undisturbed = await open(file, () => statements++);
        statements = 0;
        await takeIn(undisturbed, () => {
          states.push(contents(file).join('\n'));
          return Promise.resolve();
        });
        await undisturbed.close();
        assert.ok(statements >= 15, `only ${statements} statements were seen`);
        assert.equal(states.at(-1)?.match(/"state":"done"/g)?.length, operation === 'create' ? 4 : 8, 'all rows are done');
        for (let fatal = 0; fatal < statements; fatal++) {
          copyFileSync(prepared, file);
          let count = -1;
          const dying = await open(file, () => {
            if (count >= 0 && count++ >= fatal) throw new Error('the service died');
          });
          count = 0;
          await assert.rejects(takeIn(dying, nothing), Error, `statement ${fatal} of ${statements}`);
          await dying.close();
          assert.ok(states.includes(contents(file).join('\n')), `half a transaction is stored at statement ${fatal} of ${statements}`);
          const again = await open(file);
          await again.store.releaseOwn('a');
          await again.store.expireLeases(maxAttempts);
          await takeIn(again, nothing);
          assert.equal(contents(file).join('\n'), states.at(-1), `statement ${fatal} of ${statements}`);
          await again.close();
        }
      });
    }
  });
}
