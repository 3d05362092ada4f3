/**
 * Calendars from the wild on a long way: ERP -> Exchange -> second ERP -> second mailbox, by three flows in one Node-RED. At the end of each
 * stage the same takes place at the same times. `npm test` takes the calendars with exceptions of series, `npm run calendars` all of them.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openSqliteDatabase } from '../../lib/erp/sqlite/open';
import { createEwsConnection } from '../../lib/exchange/ews';
import { startSimulator } from '../../simulator/testing';
import type { Simulator } from '../../simulator/testing';
import { createTestErp, type TestErp } from '../../testing/erp';
import { until, untilQuiet } from '../../testing/wait';
import { erpContents, mailboxContents } from '../support/both-contents';
import { calendarFiles } from '../support/calendar-files';
import { importCalendars, type Import } from '../support/import-calendars';
import { asTenant, shippedFlow } from '../support/shipped-flow';
import { employees, service, startSite } from '../support/site';
import type { Site } from '../support/site';
import { takesPlaceInErp, takesPlaceInExchange, type TakesPlace } from '../unit/mapping/series';

const [anna] = employees;
const timeZone = 'Europe/Vienna';
const years = 10;

const whole = process.env['npm_lifecycle_event'] === 'calendars';
const holdsExceptions = (file: string): boolean => /^(EXDATE|RECURRENCE-ID)/m.test(readFileSync(file, 'latin1'));
const files = calendarFiles.filter((file) => whole || holdsExceptions(file));

/** Ten years after a start. */
const lastDayOf = (start: string): string => `${Number(start.slice(0, 4)) + years}${start.slice(4, 10)}`;
const inOrder = (all: readonly TakesPlace[]): readonly string[] => all.map((one) => JSON.stringify(one)).toSorted();

/** Everything that takes place by a mailbox. */
const inMailbox = async (server: Simulator): Promise<readonly string[]> => {
  const { address: user, password } = service;
  const connection = createEwsConnection({ url: server.url, user, password, allowPlainHttp: true, timeZone });
  const entries = await connection.listWindow(anna, 'appointment', '1600-01-01T00:00:00Z', '2101-01-01T00:00:00Z');
  await connection.close();
  return inOrder(entries.flatMap(({ item }) => (item.kind === 'appointment' ? takesPlaceInExchange(item, lastDayOf(item.start)) : [])));
};

/** Everything that takes place by an ERP. */
const inErp = async (file: string): Promise<readonly string[]> => {
  const database = await openSqliteDatabase({ file, timeZone });
  const entries = await database.records.listWindow('appointment', '1', '1600-01-01T00:00:00', '2101-01-01T00:00:00');
  await database.close();
  return inOrder(
    entries.flatMap(({ record }) => (record.kind === 'appointment' ? takesPlaceInErp(record, timeZone, lastDayOf(record.start)) : [])),
  );
};

describe('calendars on a long way', function () {
  this.timeout(whole ? 600_000 : 120_000);
  let site: Site;
  let imported: Import;
  let secondErp: TestErp;
  let thirdErp: TestErp;
  let second: Simulator;
  before(async function () {
    if (files.length === 0) {
      console.log('    skipped: ../shared/data/calendars is not on this machine');
      this.skip();
    }
    second = await startSimulator({ mailboxes: [{ address: anna, password: 'demo' }], serviceAccounts: [service] });
    const flow = shippedFlow('bidirectional-sync.json');
    const exchange = (number: number, url: string) => ({
      [`EWS${number}_URL`]: url,
      [`EWS${number}_USER`]: service.address,
      [`EWS${number}_PASSWORD`]: service.password,
      [`EWS${number}_PLAIN_HTTP`]: 'true',
    });
    site = await startSite([...flow, ...asTenant(flow, 2, 'Second'), ...asTenant(flow, 3, 'Third')], {
      environment: exchange(3, second.url),
      prepare: ({ folder, simulator }) => {
        secondErp = createTestErp(path.join(folder, 'second.sqlite'), [anna]);
        thirdErp = createTestErp(path.join(folder, 'third.sqlite'), [anna]);
        for (const { database } of [secondErp, thirdErp])
          database.exec("INSERT INTO activity_type (id, no, description) VALUES (1, '5', 'Task'), (2, '7', 'Besprechung')");
        Object.assign(process.env, exchange(2, simulator.url), {
          ERP2_DATABASE: secondErp.file,
          ERP3_DATABASE: thirdErp.file,
        });
      },
    });
    await until('the streams are open', () => second.requests.count('GetStreamingEvents') > 0, 30_000);
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 1, 30_000);
    imported = await importCalendars(site, 'erp', anna, files);
    await quiet();
    copy();
    await quiet();
  });
  after(async () => {
    if (files.length === 0) return;
    await site.stopNodeRed();
    secondErp.close();
    thirdErp.close();
    await site.stop();
    await second.close();
    for (const name of ['ERP2_DATABASE', 'ERP3_DATABASE', 'EWS2_URL', 'EWS2_USER', 'EWS2_PASSWORD', 'EWS2_PLAIN_HTTP'])
      Reflect.deleteProperty(process.env, name);
  });

  const count = (database: DatabaseSync, condition = ''): number =>
    Number(database.prepare(`SELECT count(*) AS n FROM sync_journal ${condition}`).get()?.['n'] ?? 0);
  const databases = (): readonly DatabaseSync[] => [site.erp, secondErp.database, thirdErp.database];
  const quiet = () =>
    untilQuiet('all three', () =>
      databases().reduce((sum, database) => sum + 100_000 * count(database) + count(database, "WHERE state IN ('open', 'leased')"), 0),
    );

  /** What the second ERP holds goes into a third with its own keys, so that a second mailbox gets it. */
  const copy = () => {
    thirdErp.database.exec(`ATTACH '${secondErp.file.replaceAll("'", "''")}' AS second`);
    for (const table of ['appointment', 'appointment_exception', 'task'])
      thirdErp.database.exec(`INSERT INTO main.${table} SELECT * FROM second.${table}`);
    thirdErp.database.exec('DETACH second');
  };

  it('all arrive, and nothing fails or is doubled', () => {
    assert.ok(imported.imported > 50, `only ${imported.imported} were imported`);
    for (const database of databases()) {
      assert.equal(count(database, "WHERE state NOT IN ('done', 'skipped')"), 0);
      const links = database.prepare("SELECT count(*) AS n FROM sync_link WHERE state = 'active'").get();
      assert.equal(links?.['n'], imported.imported);
    }
    assert.deepEqual(site.errors, []);
    const exceptions = databases().map((database) => database.prepare('SELECT count(*) AS n FROM appointment_exception').get()?.['n']);
    assert.ok(Number(exceptions[0]) > 0);
    assert.equal(new Set(exceptions).size, 1);
  });

  it('the same contents stand at every stage', () => {
    const first = erpContents(site, 1);
    assert.deepEqual(mailboxContents(site, anna), first);
    assert.deepEqual(erpContents({ erp: secondErp.database }, 1), first);
    assert.deepEqual(mailboxContents({ simulator: second }, anna), first);
  });

  it('the same takes place at every stage over ten years, exceptions of series included', async () => {
    const first = await inErp(site.database);
    assert.ok(first.length > imported.imported);
    assert.deepEqual(await inMailbox(site.simulator), first);
    assert.deepEqual(await inErp(secondErp.file), first);
    assert.deepEqual(await inMailbox(second), first);
  });
});
