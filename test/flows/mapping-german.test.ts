/** The German-style ERP of docs/mappings through the shipped flow: what a person does on one side arrives on the other, once. */
import assert from 'node:assert/strict';
import { employees } from '../support/site';
import { startMappedSite, type MappedSite } from '../support/mapped-site';

const [anna, ben, cora] = employees;

const people = `
  INSERT INTO PERSONAL (PE_NR, PE_NAME, PE_MAIL, PE_AUSTRITT) VALUES
    (7, 'Anna', '${anna}', NULL), (8, 'Ben', '${ben}', NULL), (9, 'Cora', '${cora}', '20240131'), (10, 'Otto', NULL, NULL);
  INSERT INTO TERMINART (TA_KZ, TA_NR, TA_BEZ) VALUES ('BES', 7, 'Besprechung'), ('INTERN', 9, 'Intern');`;

const utc = (text: string | undefined): string => new Date(text ?? '').toISOString();

describe('the mapping german.json', function () {
  this.timeout(60_000);
  let site: MappedSite;
  before(async () => {
    site = await startMappedSite('german', people);
  });
  after(() => site.stop());

  const termin = (subject: string) => site.row('SELECT * FROM TERMIN WHERE TE_BETR = ?', subject);
  const aufgabe = (subject: string) => site.row('SELECT * FROM AUFGABE WHERE AU_BETR = ?', subject);
  const staffOf = (subject: string) =>
    site.erp
      .prepare('SELECT p.PE_NR, p.TP_ROLLE FROM TERMIN_PERS p JOIN TERMIN t USING (MANDANT, TE_NR) WHERE t.TE_BETR = ? ORDER BY 1')
      .all(subject)
      .map((row) => `${String(row['PE_NR'])} ${String(row['TP_ROLLE'])}`);

  /** As the ERP does it: record and employees in one transaction. */
  const enter = (nr: number, subject: string, { branch = 'W1', staff = [7], more = '' } = {}) => {
    site.erp.exec(`BEGIN;
      INSERT INTO TERMIN (MANDANT, TE_NR, FILIALE, TE_BETR, TE_DATV, TE_ZEITV, TE_DATB, TE_ZEITB)
        VALUES (1, ${nr}, '${branch}', '${subject}', '20261201', '0900', '20261201', '1030');
      ${more === '' ? '' : `UPDATE TERMIN SET ${more} WHERE MANDANT = 1 AND TE_NR = ${nr};`}
      ${staff.map((person) => `INSERT INTO TERMIN_PERS VALUES (1, ${nr}, ${person}, 'L');`).join('\n')}
      COMMIT`);
  };

  describe('ERP → Exchange', () => {
    it('an appointment of two employees, with codes, RTF and a reminder', async () => {
      const { exchangeWrites } = await site.effectsOf(
        () =>
          enter(100, 'Begehung', {
            staff: [7, 8],
            more: `TE_TEXT = '{\\rtf1\\ansi Gr\\''fc\\''dfe\\par Zeile 2\\par}', TE_ORT = 'Büro', TE_ERINN = 30, TE_ANZ = 'A', TE_PRIV = 'J', TE_ART = 'BES'`,
          }),
        () => site.inMailbox(anna, 'calendar', 'Begehung') && site.inMailbox(ben, 'calendar', 'Begehung'),
      );
      for (const employee of [anna, ben]) {
        const item = site.inMailbox(employee, 'calendar', 'Begehung');
        assert.ok(item);
        assert.equal(utc(item.start), '2026-12-01T08:00:00.000Z');
        assert.equal(utc(item.end), '2026-12-01T09:30:00.000Z');
        assert.equal(item.body.replaceAll('\r\n', '\n'), 'Grüße\nZeile 2');
        assert.equal(item.location, 'Büro');
        assert.equal(item.reminderMinutes, 30);
        assert.equal(item.freeBusy, 'OOF');
        assert.equal(item.sensitivity, 'Private');
        assert.deepEqual(item.categories, ['ES_7_Besprechung']);
      }
      assert.equal(exchangeWrites, 2);
    });

    it('a change is written once to each', async () => {
      const { exchangeWrites, rows } = await site.effectsOf(
        () => site.run("UPDATE TERMIN SET TE_ORT = 'Lager' WHERE MANDANT = 1 AND TE_NR = 100"),
        () => [anna, ben].every((employee) => site.inMailbox(employee, 'calendar', 'Begehung')?.location === 'Lager'),
      );
      assert.equal(exchangeWrites, 2);
      assert.equal(rows.length, 2);
    });

    it('what the ERP does not hold survives a change of the ERP, and is none itself', async () => {
      await site.effectsOf(
        () => enter(104, 'Ortstermin', { more: "TE_ART = 'BES'" }),
        () => site.inMailbox(anna, 'calendar', 'Ortstermin'),
      );
      const item = site.inMailbox(anna, 'calendar', 'Ortstermin');
      const categories = ['ES_7_Besprechung', 'Rot'];
      const own = await site.effectsOf(
        () => site.simulator.update(anna, item?.id ?? '', { kind: 'appointment', importance: 'High', categories }),
        () => site.journal().some((row) => row['direction'] === 'inbound'),
      );
      assert.deepEqual([own.exchangeWrites, termin('Ortstermin')?.['AENDBEN']], [0, null]);
      const { exchangeWrites } = await site.effectsOf(
        () => site.run("UPDATE TERMIN SET TE_ORT = 'Baustelle', TE_ERINN = 15 WHERE TE_BETR = 'Ortstermin'"),
        () => site.inMailbox(anna, 'calendar', 'Ortstermin')?.location === 'Baustelle',
      );
      const now = site.inMailbox(anna, 'calendar', 'Ortstermin');
      assert.deepEqual([now?.importance, now?.categories, now?.reminderMinutes, exchangeWrites], ['High', categories, 15, 1]);
    });

    it('a column that the mapping does not know is nobody else’s business', async () => {
      const { exchangeWrites, rows } = await site.effectsOf(
        () => site.run("UPDATE TERMIN SET TE_PROJEKT = 'P1', AENDDAT = '2026-11-22 10:00:00' WHERE MANDANT = 1 AND TE_NR = 100"),
        () => true,
      );
      assert.equal(exchangeWrites, 0);
      assert.deepEqual(rows, []);
    });

    it('an all-day appointment ends with its last day', async () => {
      enter(101, 'Messe', { more: "TE_GANZ = 'J', TE_DATV = '20260328', TE_ZEITV = '0000', TE_DATB = '20260330', TE_ZEITB = '0000'" });
      await site.effectsOf(
        () => undefined,
        () => site.inMailbox(anna, 'calendar', 'Messe'),
      );
      const item = site.inMailbox(anna, 'calendar', 'Messe');
      assert.equal(item?.allDay, true);
      // Vienna changes to summer time on 29 March 2026.
      assert.equal(utc(item.start), '2026-03-27T23:00:00.000Z');
      assert.equal(utc(item.end), '2026-03-30T22:00:00.000Z');
    });

    it('another branch stays out; a record that moves there stays in step', async () => {
      const { rows } = await site.effectsOf(
        () => {
          enter(102, 'Fremde Filiale', { branch: 'X9' });
          enter(103, 'Eigene Filiale');
        },
        () => site.inMailbox(anna, 'calendar', 'Eigene Filiale'),
      );
      assert.deepEqual(rows, ['outbound appointment create done']);
      assert.equal(site.inMailbox(anna, 'calendar', 'Fremde Filiale'), undefined);
      await site.effectsOf(
        () => {
          site.run("UPDATE TERMIN SET FILIALE = 'X9' WHERE MANDANT = 1 AND TE_NR = 103");
          site.run("UPDATE TERMIN SET TE_ORT = 'Graz' WHERE MANDANT = 1 AND TE_NR = 103");
        },
        () => site.inMailbox(anna, 'calendar', 'Eigene Filiale')?.location === 'Graz',
      );
    });

    it('who leaves the record loses it; the deletion mark deletes it for the others', async () => {
      const left = await site.effectsOf(
        () => site.run('DELETE FROM TERMIN_PERS WHERE TE_NR = 100 AND PE_NR = 8'),
        () => site.inMailbox(ben, 'calendar', 'Begehung') === undefined,
      );
      // The mark that only an unchanged item takes, and the deletion.
      assert.equal(left.exchangeWrites, 2);
      assert.ok(site.inMailbox(anna, 'calendar', 'Begehung'));
      const deleted = await site.effectsOf(
        () => site.run("UPDATE TERMIN SET LOESCHKZ = 'J' WHERE TE_NR = 100"),
        () => site.inMailbox(anna, 'calendar', 'Begehung') === undefined,
      );
      assert.equal(deleted.exchangeWrites, 2);
      assert.deepEqual(deleted.rows, ['outbound appointment delete done']);
    });

    it('a task from creation to completion and deletion', async () => {
      const { exchangeWrites } = await site.effectsOf(
        () =>
          site.run(
            `INSERT INTO AUFGABE (AU_ID, FILIALE, AU_PERS, AU_BETR, AU_TEXT, AU_FAELLIG, AU_STATUS, AU_PROZENT, AU_PRIO, AU_ART, AU_STICHW)
             VALUES ('0B7E1C0A-0000-4000-8000-000000000001', 'W2', 7, 'Angebot', '<p>nach&shy;fassen</p>', '20261205', 20, 40, 'A', 'BES', 'Eilig, VIP')`,
          ),
        () => site.inMailbox(anna, 'tasks', 'Angebot'),
      );
      assert.equal(exchangeWrites, 1);
      const item = site.inMailbox(anna, 'tasks', 'Angebot');
      assert.equal(item?.dueDate, '2026-12-05');
      assert.equal(item.status, 'InProgress');
      assert.equal(item.percentComplete, 40);
      assert.equal(item.importance, 'High');
      assert.deepEqual([...item.categories].sort(), ['ES_7_Besprechung', 'Eilig', 'VIP']);
      await site.effectsOf(
        () => site.run("UPDATE AUFGABE SET AU_STATUS = 95 WHERE AU_BETR = 'Angebot'"),
        () => site.inMailbox(anna, 'tasks', 'Angebot')?.status === 'Completed',
      );
      assert.equal(aufgabe('Angebot')?.['AU_STATUS'], 95);
      await site.effectsOf(
        () => site.run("UPDATE AUFGABE SET LOESCHKZ = 'J' WHERE AU_BETR = 'Angebot'"),
        () => site.inMailbox(anna, 'tasks', 'Angebot') === undefined,
      );
    });

    it('internal tasks, and what belongs to somebody who has left, stay out', async () => {
      const { rows } = await site.effectsOf(
        () => {
          for (const [nr, person, type, subject] of [
            [2, 7, 'INTERN', 'Intern'],
            [3, 9, 'BES', 'Von Cora'],
            [4, 7, 'BES', 'Danach'],
          ] as const) {
            site.run(
              'INSERT INTO AUFGABE (AU_ID, FILIALE, AU_PERS, AU_BETR, AU_ART) VALUES (?, ?, ?, ?, ?)',
              ...[`0B7E1C0A-0000-4000-8000-00000000000${nr}`, 'W1', person, subject, type],
            );
          }
        },
        () => site.inMailbox(anna, 'tasks', 'Danach'),
      );
      assert.equal(site.inMailbox(anna, 'tasks', 'Intern'), undefined);
      assert.deepEqual(rows, ['outbound task create skipped', 'outbound task create done']);
      assert.deepEqual(site.errors, []);
      assert.deepEqual(site.simulator.items(cora, 'tasks'), []);
    });
  });

  describe('Exchange → ERP', () => {
    it('an appointment gets client, number, branch, employee and author', async () => {
      const last = Number(site.row('SELECT MAX(TE_NR) AS last FROM TERMIN WHERE MANDANT = 1')?.['last']);
      const { exchangeWrites, rows } = await site.effectsOf(
        () =>
          site.simulator.create(anna, {
            kind: 'appointment',
            subject: 'Kaffee & <Kuchen>',
            body: 'Zeile 1\nGrüße 😀',
            location: 'Café',
            start: '2026-10-24T09:00',
            end: '2026-10-24T10:15',
            reminderMinutes: 20,
            freeBusy: 'Tentative',
            sensitivity: 'Personal',
            importance: 'High',
            categories: ['ES_7_Besprechung', 'Rot'],
          }),
        () => termin('Kaffee & <Kuchen>'),
      );
      const row = termin('Kaffee & <Kuchen>');
      assert.deepEqual([row?.['MANDANT'], row?.['TE_NR'], row?.['FILIALE'], row?.['LOESCHKZ']], [1, last + 1, 'W1', 'N']);
      assert.deepEqual(
        [row?.['TE_DATV'], row?.['TE_ZEITV'], row?.['TE_DATB'], row?.['TE_ZEITB']],
        ['20261024', '0900', '20261024', '1015'],
      );
      assert.deepEqual([row?.['TE_ERINN'], row?.['TE_ANZ'], row?.['TE_PRIV'], row?.['TE_ART']], [20, 'V', 'P', 'BES']);
      assert.match(String(row?.['TE_TEXT']), /^\{\\rtf1.*Zeile 1/s);
      assert.deepEqual([row?.['ANLBEN'], row?.['AENDBEN']], ['EXSYNC', 'EXSYNC']);
      assert.deepEqual(staffOf('Kaffee & <Kuchen>'), ['7 T']);
      assert.equal(exchangeWrites, 0);
      assert.deepEqual(rows, ['inbound appointment create done']);
    });

    it('moved across the change to winter time it keeps its hour, its colour category and its importance', async () => {
      const item = site.inMailbox(anna, 'calendar', 'Kaffee & <Kuchen>');
      const { exchangeWrites, rows } = await site.effectsOf(
        () => site.simulator.update(anna, item?.id ?? '', { kind: 'appointment', start: '2026-10-26T09:00', end: '2026-10-26T10:15' }),
        () => termin('Kaffee & <Kuchen>')?.['TE_DATV'] === '20261026',
      );
      assert.deepEqual([termin('Kaffee & <Kuchen>')?.['TE_ZEITV'], termin('Kaffee & <Kuchen>')?.['TE_ZEITB']], ['0900', '1015']);
      const now = site.inMailbox(anna, 'calendar', 'Kaffee & <Kuchen>');
      assert.equal(now?.importance, 'High');
      assert.deepEqual(now.categories, ['ES_7_Besprechung', 'Rot']);
      assert.equal(exchangeWrites, 0);
      assert.deepEqual(rows, ['inbound appointment update done']);
    });

    it('a change of the ERP’s text leaves what only Exchange holds', async () => {
      await site.effectsOf(
        () => site.run("UPDATE TERMIN SET TE_TEXT = 'neu' WHERE TE_BETR = 'Kaffee & <Kuchen>'"),
        () => site.inMailbox(anna, 'calendar', 'Kaffee & <Kuchen>')?.body.trim() === 'neu',
      );
      const now = site.inMailbox(anna, 'calendar', 'Kaffee & <Kuchen>');
      assert.equal(now?.importance, 'High');
      assert.deepEqual(now.categories, ['ES_7_Besprechung', 'Rot']);
    });

    it('a deletion sets the mark', async () => {
      const item = site.inMailbox(anna, 'calendar', 'Kaffee & <Kuchen>');
      const { exchangeWrites, rows } = await site.effectsOf(
        () => site.simulator.delete(anna, item?.id ?? ''),
        () => termin('Kaffee & <Kuchen>')?.['LOESCHKZ'] === 'J',
      );
      assert.equal(exchangeWrites, 0);
      assert.deepEqual(rows, ['inbound appointment delete done']);
    });

    it('an all-day appointment and a series', async () => {
      await site.effectsOf(
        () => {
          site.simulator.create(anna, { kind: 'appointment', subject: 'Urlaub', start: '2026-10-24', end: '2026-10-27', allDay: true });
          site.simulator.create(anna, {
            kind: 'appointment',
            subject: 'Training',
            start: '2026-10-20T18:00',
            end: '2026-10-20T19:00',
            recurrence: { pattern: 'weekly', days: ['Tuesday', 'Thursday'], until: '2026-12-31' },
          });
        },
        () => termin('Urlaub') && termin('Training'),
      );
      const days = termin('Urlaub');
      assert.deepEqual([days?.['TE_GANZ'], days?.['TE_DATV'], days?.['TE_DATB']], ['J', '20261024', '20261026']);
      assert.match(String(termin('Training')?.['TE_SERIE']), /^RRULE:FREQ=WEEKLY/);
    });

    it('a task, completed by a person and deleted', async () => {
      const { exchangeWrites } = await site.effectsOf(
        () => site.simulator.create(ben, { kind: 'task', subject: 'Rückruf', dueDate: '2026-12-06', importance: 'Low', body: 'a <b> & c' }),
        () => aufgabe('Rückruf'),
      );
      const row = aufgabe('Rückruf');
      assert.match(String(row?.['AU_ID']), /^[0-9A-F-]{36}$/);
      assert.deepEqual([row?.['AU_PERS'], row?.['FILIALE'], row?.['AU_FAELLIG'], row?.['AU_PRIO']], [8, 'W1', '20261206', 'C']);
      assert.match(String(row?.['AU_TEXT']), /a &lt;b&gt; &amp; c/);
      assert.deepEqual([row?.['AU_STATUS'], row?.['AU_ERLDAT']], [10, null]);
      assert.equal(exchangeWrites, 0);
      const item = site.inMailbox(ben, 'tasks', 'Rückruf');
      await site.effectsOf(
        () => site.simulator.update(ben, item?.id ?? '', { kind: 'task', status: 'Completed' }),
        () => aufgabe('Rückruf')?.['AU_STATUS'] === 90,
      );
      assert.match(String(aufgabe('Rückruf')?.['AU_ERLDAT']), /^\d{8}$/);
      await site.effectsOf(
        () => site.simulator.delete(ben, item?.id ?? ''),
        () => aufgabe('Rückruf')?.['LOESCHKZ'] === 'J',
      );
    });

    it('a text too long for its column fails alone, with a note, and the next one goes on', async () => {
      await site.effectsOf(
        () => {
          site.simulator.create(anna, { kind: 'task', subject: 'x'.repeat(100) });
          site.simulator.create(anna, { kind: 'task', subject: 'Kurz' });
        },
        () => aufgabe('Kurz') && site.journal().some((row) => row['state'] === 'failed'),
      );
      const failed = site.journal().find((row) => row['state'] === 'failed');
      assert.equal(failed?.['note_code'], 'erp-refused');
    });
  });

  describe('afterwards', () => {
    it('idle, it writes nothing on either side and no journal row', async () => {
      const { exchangeWrites, rows } = await site.effectsOf(
        () => undefined,
        () => true,
      );
      assert.equal(exchangeWrites, 0);
      assert.deepEqual(rows, []);
    });
  });
});
