/**
 * Contract: texts that mean something to a parser, values that a column cannot hold, and columns that nobody filled in. Each concerns its one
 * record, with a note that does not show it; the other records of the batch go on.
 */
import assert from 'node:assert/strict';
import type { InboundResult, InboundWrite } from '../../../lib/erp/store';
import type { ErpAppointment, ErpRecord } from '../../../lib/model/item';
import type { SyncError } from '../../../lib/model/error';
import {
  addAppointment,
  addTask,
  appointment,
  createWrite,
  done,
  inboundEntry,
  leaseInbound,
  link,
  task,
  type ErpSubject,
  type OpenSubject,
} from './subject';

/** Texts that every column of text must give back as they are. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'quotes and a second statement': `O'Neil "x" \`y\`'; DROP TABLE appointment; --`,
  'closed brackets': `]; DROP TABLE task; --[a]]b[dbo].[appointment]`,
  comments: `/* a */ -- b\n# c`,
  'an always true condition': `' OR 1=1 OR ''='`,
  placeholders: `? ?? ?1 @p1 @1 @@ROWCOUNT :x $1 $& $$ $' %s %d {0} \${x} #{y}`,
  backslashes: `\\ \\' \\0 \\n \\u0041 C:\\temp\\`,
  'patterns of LIKE': `100%_[a-z]^*?`,
  'a batch separator': `a\nGO\nb`,
  'characters beyond the BMP': `😀 𝒳 👨‍👩‍👧‍👦 🇦🇹`,
  'combining characters': `e\u0301 n\u0303 Z\u0351\u036B\u0343a\u0328\u034Dl\u0348g\u0347o\u0349 \u1E9B\u0323`,
  'right to left': `\u202Eabc\u202C \u2067עברית\u2069 العربية`,
  'invisible characters': `a\u200B\u2060\uFEFF\u00ADb\u2028c\u2029d`,
  markup: `<b>&amp;&lt;]]><!-- --></b><?xml?>`,
  'control characters': `a\u0001\u0008\u000B\u001B[31m\u007F\u0085b`,
  'a formula': `=cmd|'/c calc'!A1`,
  'names of objects': `__proto__ constructor NULL null undefined NaN`,
  'a very long word': 'x'.repeat(200),
};

export const hostileContract = (open: OpenSubject): void => {
  describe('hostile input', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const create = async (record: ErpRecord, exchangeId: string): Promise<InboundWrite> => {
      const write = createWrite(await leaseInbound(subject.database, { exchangeId, kind: record.kind }));
      if (write.action.type !== 'create') throw new Error('no creation');
      return {
        ...write,
        kind: record.kind,
        action: { type: 'create', record, link: { ...write.action.link, kind: record.kind, exchangeId, syncId: `s-${exchangeId}` } },
      };
    };
    const statuses = (results: readonly InboundResult[]): readonly string[] => results.map(({ status }) => status);
    const errorOf = (result: InboundResult | undefined): SyncError => {
      assert.ok(result?.status === 'failed', JSON.stringify(result));
      return result.error;
    };
    const recordsOf = async (kind: 'appointment' | 'task'): Promise<ReadonlyMap<string, ErpRecord>> => {
      const ids = (await subject.erp.all(`SELECT id FROM ${kind}`)).map((row) => String(row['id']));
      return new Map((await subject.database.records.read(kind, ids)).map(({ id, record }) => [id, record]));
    };

    it('writes every text as it is, into every column and from every column', async () => {
      const all = Object.entries(hostileTexts);
      const writes: InboundWrite[] = [];
      for (const [index, [, text]] of all.entries()) {
        writes.push(
          await create(
            appointment({ subject: text, body: text, location: text, categories: [text.replaceAll(';', ',').trim()] }),
            `X${index}`,
          ),
        );
        writes.push(await create(task({ subject: text, body: text }), `T${index}`));
      }
      const results = await subject.database.store.commitInbound(writes);
      assert.deepEqual(
        statuses(results),
        writes.map(() => 'written'),
      );
      const [appointments, tasks] = [await recordsOf('appointment'), await recordsOf('task')];
      for (const [index, [name, text]] of all.entries()) {
        const [first, second] = [results[index * 2], results[index * 2 + 1]];
        assert.ok(first?.status === 'written' && second?.status === 'written');
        const stored = appointments.get(first.erpId);
        assert.ok(stored?.kind === 'appointment');
        assert.deepEqual([stored.subject, stored.body, stored.location], [text, text, text], name);
        assert.equal(tasks.get(second.erpId)?.subject, text, name);
        const [row] = await subject.erp.all('SELECT subject, body, location FROM appointment WHERE id = ?', first.erpId);
        assert.deepEqual({ ...row }, { subject: text, body: text, location: text }, name);
      }
    });

    it('reads every text that the ERP wrote, and finds records by it', async () => {
      for (const [name, text] of Object.entries(hostileTexts)) {
        const id = await addAppointment(subject.erp);
        await subject.erp.run('UPDATE appointment SET subject = ?, body = ?, location = ? WHERE id = ?', text, text, text, id);
        const [entry] = await subject.database.records.read('appointment', [id]);
        assert.ok(entry?.record.kind === 'appointment', name);
        assert.deepEqual([entry.record.subject, entry.record.body, entry.record.location], [text, text, text], name);
      }
    });

    it('keeps links, rows, states and notes under any name and key', async () => {
      const { store } = subject.database;
      for (const [name, whole] of Object.entries(hostileTexts)) {
        // Names are shorter than texts may be.
        const text = whole.slice(0, 150);
        const entry = inboundEntry({ connection: text, exchangeId: `X ${text}` });
        const [leased] = await store.appendLeased([entry], text, 60_000);
        assert.equal(leased?.entry.connection, text, name);
        assert.equal(leased.entry.exchangeId, `X ${text}`, name);
        assert.equal(await store.leasedCount(text, 'inbound', text), 1, name);
        assert.deepEqual(await store.unfinishedExchangeIds(text, [`X ${text}`, 'Y']), [`X ${text}`], name);
        const [kept] = await store.savePending([
          link({ connection: text, syncId: `s ${text}`, exchangeId: `X ${text}`, changeKey: text, erpId: text }),
        ]);
        assert.equal(kept?.erpId, text, name);
        assert.equal((await store.linksByExchangeId(text, [`X ${text}`]))[0]?.changeKey, text, name);
        assert.equal((await store.linksBySyncId([`s ${text}`])).length, 1, name);
        const noted = { state: 'conflict', note: text, noteCode: 'x', details: { text } } as const;
        assert.deepEqual(
          await store.close([{ journalId: leased.entry.id, instance: text, outcome: noted, link: { type: 'keep' } }]),
          [true],
          name,
        );
        const read = await store.entry(leased.entry.id);
        assert.deepEqual([read?.entry.note, read?.details], [text, { text }], name);
        await store.appendInbound({
          connection: text,
          employeeId: text,
          kind: 'task',
          mailbox: text,
          syncState: text,
          changes: [],
          records: 'unlinked',
        });
        assert.equal(await store.folderState(text, text, 'task'), text, name);
        assert.equal(await store.noteProblem({ connection: text, employeeId: text, kind: 'task', code: 'x', text }), true, name);
        assert.equal(await store.clearProblems(text, text), 1, name);
      }
    });

    it('takes what asks for everything literally: employees, keys and owners that are conditions', async () => {
      const { store, records } = subject.database;
      const id = await addAppointment(subject.erp);
      await addTask(subject.erp);
      for (const text of ["' OR '1'='1", '1 OR 1=1', '1; DELETE FROM appointment', "1' --", '%', '*', '1)', '[1]', '', ' ']) {
        assert.deepEqual(await records.read('appointment', [text]), [], text);
        assert.deepEqual(await records.listWindow('task', text, '2026-01-01T00:00:00', '2027-01-01T00:00:00'), [], text);
        assert.deepEqual(await records.listWindow('appointment', text, '2026-01-01T00:00:00', '2027-01-01T00:00:00'), [], text);
        assert.deepEqual(await store.list({ employeeId: text }), [], text);
        assert.deepEqual(await store.linksOfEmployee(text, 'appointment'), [], text);
        assert.equal(await store.hurry(text), 0, text);
        assert.equal(await store.releaseOwn(text), 0, text);
        assert.equal(await store.clearProblems(text, text), 0, text);
        await store.resetFolderState(text, text, 'task');
        await store.release([1, 2, 3], text, { waitMs: 0, counts: false, note: text, noteCode: text });
      }
      assert.equal((await records.read('appointment', [id])).length, 1);
      assert.equal((await store.list({ states: ['open'] })).length, 2);
    });

    it('refuses a text with NUL, and holds or refuses half a surrogate pair, for that record alone', async () => {
      const secret = 'geheim';
      const writes = [
        await create(appointment({ subject: 'first' }), 'X1'),
        await create(appointment({ subject: `${secret}\u0000` }), 'X2'),
        await create(appointment({ subject: `${secret}\uD83D!` }), 'X3'),
        await create(appointment({ subject: `\uDE00${secret}`, body: `${secret}\uD800` }), 'X4'),
        await create(appointment({ subject: 'last' }), 'X5'),
      ];
      const results = await subject.database.store.commitInbound(writes);
      assert.deepEqual([results[0]?.status, results[1]?.status, results[4]?.status], ['written', 'failed', 'written']);
      const records = await recordsOf('appointment');
      for (const [index, result] of results.entries()) {
        if (result.status === 'failed') {
          assert.deepEqual([result.error.code, result.error.scope], ['erp-refused', 'item']);
          assert.ok(!result.error.message.includes(secret));
        } else {
          assert.ok(result.status === 'written');
          const [stored] = await subject.database.store.linksBySyncId([`s-X${index + 1}`]);
          assert.deepEqual(stored?.erpBase, records.get(result.erpId), 'the base is what the ERP holds');
        }
      }
    });

    it('holds or refuses dates at the edges of the calendar, for each record alone', async () => {
      const dates = [
        '0000-01-01',
        '0001-01-01',
        '1582-10-10',
        '1752-09-13',
        '1753-01-01',
        '1899-12-30',
        '1900-01-01',
        '2079-06-07',
        '9999-12-30',
        '9999-12-31',
      ];
      const writes = [await create(appointment(), 'X0')];
      for (const date of dates) {
        writes.push(await create(appointment({ start: `${date}T09:00:00`, end: `${date}T10:00:00` }), `A${date}`));
        writes.push(await create(task({ startDate: date, dueDate: date, reminderAt: `${date}T08:00:00` }), `T${date}`));
      }
      writes.push(await create(appointment(), 'X1'));
      const results = await subject.database.store.commitInbound(writes);
      assert.deepEqual([results[0]?.status, results.at(-1)?.status], ['written', 'written']);
      const all = new Map([
        ...(await recordsOf('appointment')),
        ...[...(await recordsOf('task'))].map(([id, record]) => [`t${id}`, record] as const),
      ]);
      for (const [index, write] of writes.entries()) {
        const result = results[index];
        if (result?.status === 'written') {
          const record = all.get(write.kind === 'task' ? `t${result.erpId}` : result.erpId);
          assert.deepEqual(record, write.action.type === 'create' ? write.action.record : null, 'what was taken is there unchanged');
        } else {
          assert.ok(['erp-refused', 'erp-cannot-hold'].includes(errorOf(result).code));
          assert.equal(errorOf(result).scope, 'item');
        }
      }
      const inRange = dates.filter((date) => date >= '1753' && date < '2079-06-06');
      for (const date of inRange) {
        assert.equal(results[1 + 2 * dates.indexOf(date)]?.status, 'written', date);
        assert.equal(results[2 + 2 * dates.indexOf(date)]?.status, 'written', date);
      }
    });

    it('refuses what is no date, a number that is none and a code that it does not know, for each record alone', async () => {
      const secret = 'geheim';
      const broken: readonly Partial<Record<keyof ErpAppointment, unknown>>[] = [
        { start: secret },
        { start: '2026-02-30T00:00:00Z' },
        { start: "2026-01-01T00:00:00'; DROP TABLE appointment" },
        { end: null },
        { reminderMinutes: Number.NaN },
        { reminderMinutes: -1 },
        { reminderMinutes: 1e300 },
        { reminderMinutes: '1; DELETE FROM task' },
        { priority: Number.POSITIVE_INFINITY },
        { freeBusy: secret },
        { sensitivity: 'toString' },
        { activityTypeId: secret },
        { activityTypeId: '1 OR 1=1' },
        { activityTypeId: '99999999999999999999' },
        { categories: [secret, { toString: secret }] },
        { allDay: 1 },
        { subject: { $ne: null } },
      ];
      const writes: InboundWrite[] = [await create(appointment(), 'X0')];
      for (const [index, fields] of broken.entries()) {
        const write = await create(appointment(), `B${index}`);
        if (write.action.type !== 'create') throw new Error('no creation');
        // What a flow makes of a message carries no types.
        writes.push({ ...write, action: { ...write.action, record: Object.assign(appointment({ subject: secret }), fields) } });
      }
      writes.push(await create(appointment(), 'X1'));
      const results = await subject.database.store.commitInbound(writes);
      for (const [index, result] of results.entries()) {
        if (index === 0 || index === results.length - 1) {
          assert.equal(result.status, 'written');
          continue;
        }
        const error = errorOf(result);
        assert.deepEqual([error.code, error.scope], ['erp-refused', 'item'], JSON.stringify(broken[index - 1]));
        assert.ok(!error.message.includes(secret), error.message);
        assert.ok(!JSON.stringify(error.params).includes(secret), JSON.stringify(error.params));
      }
      assert.equal((await subject.erp.all('SELECT id FROM appointment')).length, 2);
    });

    it('reads a record of which every column that may be empty is, and tells how it is', async () => {
      const columns = {
        appointment: [
          'body',
          'location',
          'all_day',
          'time_zone',
          'reminder_minutes',
          'free_busy',
          'sensitivity',
          'priority',
          'activity_type_id',
          'categories',
          'recurrence_rule',
          'created_at',
          'created_by',
          'updated_at',
          'updated_by',
        ],
        task: [
          'body',
          'start_date',
          'due_date',
          'status',
          'percent_complete',
          'completed_at',
          'reminder_at',
          'sensitivity',
          'priority',
          'activity_type_id',
          'categories',
          'created_at',
          'created_by',
          'updated_at',
          'updated_by',
        ],
      } as const;
      for (const kind of ['appointment', 'task'] as const) {
        const id = kind === 'appointment' ? await addAppointment(subject.erp) : await addTask(subject.erp);
        let emptied = 0;
        for (const column of columns[kind]) {
          // A column that must not be empty refuses it; that is the ERP's right.
          await subject.erp.run(`UPDATE ${kind} SET ${column} = NULL WHERE id = ?`, id).then(
            () => emptied++,
            () => undefined,
          );
        }
        assert.ok(emptied >= 8, `${emptied} columns of ${kind} may be empty`);
        const [entry] = await subject.database.records.read(kind, [id]);
        const { subject: text } = entry?.record ?? { subject: null };
        assert.deepEqual(entry?.record, kind === 'appointment' ? appointment({ subject: String(text) }) : task({ subject: String(text) }));
        assert.equal((await subject.database.records.listWindow(kind, '1', '2026-01-01T00:00:00', '2027-01-01T00:00:00')).length, 1);
      }
    });

    it('changes a field to any text and back, and only what is expected', async () => {
      const { store } = subject.database;
      const [written] = await store.commitInbound([await create(appointment(), 'X1')]);
      assert.ok(written?.status === 'written');
      for (const [name, text] of Object.entries(hostileTexts)) {
        const [stored] = await store.linksBySyncId(['s-X1']);
        const [entry] = await subject.database.records.read('appointment', [written.erpId]);
        assert.ok(stored && entry);
        const update = { ...stored, exchangeId: 'X1', changeKey: text };
        const journalId = await leaseInbound(subject.database, { operation: 'update' });
        const action = {
          type: 'update',
          erpId: written.erpId,
          changes: { subject: text, body: text },
          expected: entry.record,
          link: update,
        } as const;
        const [result] = await store.commitInbound([
          { journalId, instance: 'a', outcome: done, kind: 'appointment', employeeId: '1', action },
        ]);
        assert.equal(result?.status, 'written', name);
        assert.equal((await subject.database.records.read('appointment', [written.erpId]))[0]?.record.body, text, name);
      }
    });
  });
};
