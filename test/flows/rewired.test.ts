/**
 * An integrator's change, without code: one employee's private appointments stay out, and some employees live on a second Exchange.
 * Both servers hold the mailboxes of everyone, so that an item which goes the wrong way would be seen.
 */
import assert from 'node:assert/strict';
import type { SQLInputValue } from 'node:sqlite';
import { startSimulator } from '../../simulator/testing';
import type { ItemForm, ItemView, Simulator } from '../../simulator/testing';
import { employees, startSite } from '../support/site';
import type { JournalRow, Site } from '../support/site';
import { shippedFlow } from '../support/shipped-flow';
import { until, untilQuiet } from '../../testing/wait';

const [anna, ben] = employees;
const dora = 'dora@subsidiary.test';
const secondService = { address: 'sync@subsidiary.test', password: 'secret-of-the-second-service' } as const;
const everyone = [...employees, dora];
/** Keys in the ERP. */
const idOf = { anna: 1, ben: 2, dora: 4 } as const;

const leftOut = 'Private appointment, left out by the flow';

const note = (asked: Set<string>, request: string): void => {
  for (const [, address = ''] of request.matchAll(/>([^<>\s]+@[^<>\s]+)</g)) asked.add(address.toLowerCase());
};

/** Longer than the outbox waits between two looks (0.5 s): an echo would be seen. */
const quietMs = 900;

const folders = ['calendar', 'tasks'] as const;

const appointment = (subject: string, more: Partial<ItemForm> = {}): ItemForm => ({
  subject,
  start: '2026-12-01T09:00',
  end: '2026-12-01T10:00',
  ...more,
  kind: 'appointment',
});

describe('the rewired flow', () => {
  let site: Site;
  let first: Simulator;
  let second: Simulator;
  /** The mailboxes that each server was asked for: whoever is impersonated or named. */
  const askedFor = { first: new Set<string>(), second: new Set<string>() };

  before(async function () {
    this.timeout(60_000);
    second = await startSimulator({
      mailboxes: everyone.map((address) => ({ address, password: 'demo' })),
      serviceAccounts: [secondService],
    });
    second.onRequest(({ body }) => note(askedFor.second, body));
    site = await startSite(shippedFlow('rewired-private-and-second-connection.json'), {
      environment: {
        PRIVATE_EMPLOYEE: anna,
        EWS_EMPLOYEES: '*@x.test',
        EWS2_URL: second.url,
        EWS2_USER: secondService.address,
        EWS2_PASSWORD: secondService.password,
        EWS2_PLAIN_HTTP: 'true',
        EWS2_EMPLOYEES: '*@subsidiary.test',
        EWS2_DOMAIN: '@subsidiary.test',
      },
      prepare: ({ erp, simulator }) => {
        first = simulator;
        first.addMailbox({ address: dora, password: 'demo' });
        first.onRequest(({ body }) => note(askedFor.first, body));
        erp.prepare('INSERT INTO employee (id, name, email) VALUES (?, ?, ?)').run(idOf.dora, 'Dora', dora);
      },
    });
    for (const server of [first, second]) {
      await until('the streams are open', () => server.requests.count('GetStreamingEvents') > 0, 30_000);
    }
    await quiet();
  });
  after(async () => {
    await site.stop();
    await second.close();
  });

  const quiet = () =>
    untilQuiet(
      'both servers and the journal',
      () => {
        const waiting = site.journal().filter(({ state }) => state === 'open' || state === 'leased').length;
        return waiting + 1_000 * (site.journal().length + 1_000 * (first.requests.total() + second.requests.total()));
      },
      quietMs,
    );
  const insert = (table: string, row: Readonly<Record<string, SQLInputValue>>): void => {
    const names = Object.keys(row);
    const statement = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    site.erp.prepare(statement).run(...Object.values(row));
  };
  const times = { start_at: '2026-12-02 09:00:00', end_at: '2026-12-02 10:00:00' };
  const inErp = (subject: string, table = 'appointment') => site.erp.prepare(`SELECT * FROM ${table} WHERE subject = ?`).get(subject);
  /** Where an item is: `server address`, for every mailbox of both servers. */
  const places = (subject: string): readonly string[] =>
    Object.entries({ first, second }).flatMap(([name, server]) =>
      everyone
        .filter((address) => folders.some((folder) => server.items(address, folder).some((item) => item.subject === subject)))
        .map((address) => `${name} ${address}`),
    );
  const itemOf = (server: Simulator, address: string, subject: string): ItemView | undefined =>
    folders.flatMap((folder) => server.items(address, folder)).find((item) => item.subject === subject);
  /** The rows that a change sets off. */
  const rowsOf = async (change: () => unknown): Promise<readonly JournalRow[]> => {
    const before = site.journal().length;
    change();
    await until('a row has ended', () => {
      const rows = site.journal().slice(before);
      return rows.length > 0 && rows.every(({ state }) => state !== 'open' && state !== 'leased');
    });
    await quiet();
    return site.journal().slice(before);
  };
  const summary = (rows: readonly JournalRow[]) =>
    rows.map(({ direction, operation, state, note }) => ({ direction, operation, state, note }));
  const leftOutRow = (direction: string, operation: string) => [{ direction, operation, state: 'skipped', note: leftOut }];

  describe('the private appointments of one employee', () => {
    let dentist: string;

    it('a private appointment in Exchange stays out of the ERP, and its row says why', async () => {
      const rows = await rowsOf(() => {
        dentist = first.create(anna, appointment('Zahnarzt', { categories: ['Rot', 'Private'] }));
      });
      assert.deepEqual(summary(rows), leftOutRow('inbound', 'create'));
      assert.equal(inErp('Zahnarzt'), undefined);
    });

    it('what is changed in it stays out, too', async () => {
      const rows = await rowsOf(() => first.update(anna, dentist, { kind: 'appointment', location: 'Ordination' }));
      assert.deepEqual(
        rows.map(({ state, note }) => [state, note]),
        [['skipped', leftOut]],
      );
      assert.equal(inErp('Zahnarzt'), undefined);
    });

    it('no longer private, it arrives', async () => {
      await rowsOf(() => first.update(anna, dentist, { kind: 'appointment', categories: ['Rot'] }));
      const row = inErp('Zahnarzt');
      assert.equal(row?.['categories'], 'Rot');
      assert.equal(row['location'], 'Ordination');
      assert.equal(row['employee_id'], idOf.anna);
    });

    it('one that is deleted before it ever arrived is of no interest', async () => {
      let id = '';
      await rowsOf(() => {
        id = first.create(anna, appointment('Therapie', { categories: ['Private'] }));
      });
      const rows = await rowsOf(() => {
        first.delete(anna, id);
        first.create(anna, appointment('Danach'));
      });
      assert.deepEqual(
        rows.map(({ operation, state }) => [operation, state]),
        [['create', 'done']],
      );
      assert.equal(inErp('Therapie'), undefined);
    });

    it('a private appointment in the ERP stays out of Exchange', async () => {
      const rows = await rowsOf(() =>
        insert('appointment', { employee_id: idOf.anna, subject: 'Arzttermin', categories: 'Rot; Private', ...times }),
      );
      assert.deepEqual(summary(rows), leftOutRow('outbound', 'create'));
      assert.deepEqual(places('Arzttermin'), []);
    });

    const arriving: readonly { readonly name: string; readonly owner: string; readonly form: ItemForm; readonly table: string }[] = [
      { name: 'appointments without the category', owner: anna, form: appointment('Messe', { categories: ['Rot'] }), table: 'appointment' },
      {
        name: 'appointments with a category that only begins like it',
        owner: anna,
        form: appointment('Feier', { categories: ['Private party'] }),
        table: 'appointment',
      },
      { name: 'tasks with the category', owner: anna, form: { kind: 'task', subject: 'Steuer', categories: ['Private'] }, table: 'task' },
      {
        name: 'private appointments of others',
        owner: ben,
        form: appointment('Friseur', { categories: ['Private'] }),
        table: 'appointment',
      },
    ];
    for (const { name, owner, form, table } of arriving) {
      it(`${name} arrive`, async () => {
        const rows = await rowsOf(() => first.create(owner, form));
        assert.deepEqual(
          rows.map(({ state }) => state),
          ['done'],
        );
        assert.equal(inErp(form.subject ?? '', table)?.['employee_id'], owner === anna ? idOf.anna : idOf.ben);
      });
    }
  });

  describe('the second Exchange', () => {
    it('an appointment of its employee goes from the ERP to it, once, and to nobody else', async () => {
      const writes = { first: first.requests.writes(), second: second.requests.writes() };
      const rows = await rowsOf(() =>
        insert('appointment', { employee_id: idOf.dora, subject: 'Tochterfirma', location: 'Graz', ...times }),
      );
      assert.deepEqual(
        rows.map(({ direction, state }) => [direction, state]),
        [['outbound', 'done']],
      );
      assert.deepEqual(places('Tochterfirma'), [`second ${dora}`]);
      assert.equal(itemOf(second, dora, 'Tochterfirma')?.location, 'Graz');
      assert.deepEqual({ first: first.requests.writes(), second: second.requests.writes() }, { ...writes, second: writes.second + 1 });
    });

    it('changed there, it changes in the ERP; changed in the ERP, it changes there', async () => {
      const id = itemOf(second, dora, 'Tochterfirma')?.id ?? '';
      await rowsOf(() => second.update(dora, id, { kind: 'appointment', location: 'Linz' }));
      assert.equal(inErp('Tochterfirma')?.['location'], 'Linz');
      await rowsOf(() => site.erp.exec("UPDATE appointment SET body = 'Agenda' WHERE subject = 'Tochterfirma'"));
      const item = itemOf(second, dora, 'Tochterfirma');
      assert.equal(item?.body.trim(), 'Agenda');
      assert.equal(item.location, 'Linz');
    });

    it('a task of its mailbox arrives in the ERP, is completed there, and is completed in the mailbox', async () => {
      await rowsOf(() => second.create(dora, { kind: 'task', subject: 'Inventur', dueDate: '2026-12-31' }));
      assert.equal(inErp('Inventur', 'task')?.['employee_id'], idOf.dora);
      await rowsOf(() => site.erp.exec("UPDATE task SET status = 'completed' WHERE subject = 'Inventur'"));
      assert.equal(itemOf(second, dora, 'Inventur')?.status, 'Completed');
    });

    it('deleted in the ERP, it is gone there; deleted there, it is gone in the ERP', async () => {
      await rowsOf(() => site.erp.exec("DELETE FROM appointment WHERE subject = 'Tochterfirma'"));
      assert.deepEqual(places('Tochterfirma'), []);
      await rowsOf(() => second.delete(dora, itemOf(second, dora, 'Inventur')?.id ?? ''));
      assert.equal(inErp('Inventur', 'task'), undefined);
    });

    it('an appointment of the first firm goes to the first Exchange only', async () => {
      await rowsOf(() => insert('appointment', { employee_id: idOf.ben, subject: 'Stammhaus', ...times }));
      assert.deepEqual(places('Stammhaus'), [`first ${ben}`]);
    });

    it('what happens in a mailbox that the connection does not serve is of no interest', async () => {
      const rows = site.journal().length;
      first.create(dora, appointment('Falscher Server'));
      second.create(anna, appointment('Auch falsch'));
      await rowsOf(() => second.create(dora, appointment('Richtig')));
      assert.equal(site.journal().length, rows + 1);
      assert.equal(inErp('Falscher Server'), undefined);
      assert.equal(inErp('Auch falsch'), undefined);
      assert.equal(inErp('Richtig')?.['employee_id'], idOf.dora);
    });

    it('no server is ever asked for a mailbox of the other', () => {
      assert.deepEqual([...askedFor.first].toSorted(), [...employees].toSorted());
      assert.deepEqual([...askedFor.second], [dora]);
    });
  });

  describe('when one server is away', () => {
    it('the other one goes on, and afterwards its employee catches up', async () => {
      const back = second.faults.add({ operation: 'CreateItem', always: true, action: { kind: 'dropBefore' } });
      insert('appointment', { employee_id: idOf.dora, subject: 'Wartet', ...times });
      await until('the row waits', () =>
        site.journal().some(({ noteCode: code, state }) => code === 'server-unreachable' && state === 'open'),
      );
      insert('appointment', { employee_id: idOf.ben, subject: 'Geht weiter', ...times });
      await until('the first goes on', () => places('Geht weiter').includes(`first ${ben}`));
      back();
      await until('the second catches up', () => places('Wartet').includes(`second ${dora}`), 30_000);
      await quiet();
      assert.deepEqual(places('Wartet'), [`second ${dora}`]);
    });

    it('that is the only error there was', () => {
      assert.deepEqual([...new Set(site.errors.map(({ code }) => code))], ['server-unreachable']);
    });
  });
});
