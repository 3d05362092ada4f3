/** Contract: what two processes that claim at once get, and what claiming from a long journal gives. */
import assert from 'node:assert/strict';
import { startProcess, type ProcessEnd } from './other-process';
import { claimOf, fillJournal, newAppointment, page, type ErpSubject, type OpenSubject } from './subject';

/** Items per direction. */
const items = 300;

export const leasesContract = (open: OpenSubject): void => {
  describe('leases', () => {
    let subject: ErpSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const idsOf = ({ output }: ProcessEnd, closed: boolean): readonly number[] =>
      output
        .split('\n')
        .filter((line) => line.endsWith(` ${closed}`))
        .map(Number.parseFloat);

    it(`give two processes that claim at once no row twice and forget none, ${items} items each way`, async function () {
      this.timeout(120_000);
      await subject.erp.transaction(async (statements) => {
        for (let count = 0; count < items; count++) await statements.run(newAppointment);
        await statements.run("UPDATE appointment SET subject = 'newer'");
      });
      const exchangeIds = Array.from({ length: items }, (_, index) => `X${index}`);
      await subject.database.store.appendInbound(page(exchangeIds));
      await subject.database.store.appendInbound(page(exchangeIds));
      const task = { run: 'drain', dieAt: null, now: subject.now() } as const;
      const processes = await Promise.all(['a', 'b'].map((instance) => startProcess(subject.connection, { ...task, instance })));
      await Promise.all(processes.map(({ beginToHold }) => beginToHold()));
      const ends = await Promise.all(processes.map(({ begin }) => begin()));
      assert.deepEqual(
        ends.map(({ code }) => code),
        [0, 0],
      );
      const [first = [], second = []] = ends.map((end) => idsOf(end, true));
      assert.ok(first.length > 0 && second.length > 0, `both worked: ${first.length} and ${second.length}`);
      assert.deepEqual(
        ends.flatMap((end) => idsOf(end, false)),
        [],
        'nobody lost a lease',
      );
      const taken = [...first, ...second];
      assert.equal(new Set(taken).size, taken.length, 'no row twice');
      const rows = await subject.erp.all('SELECT state, note_code, COUNT(*) AS n FROM sync_journal GROUP BY state, note_code');
      assert.deepEqual(
        rows.map((row) => [row['state'], row['note_code'], Number(row['n'])].join(' ')).sort(),
        [`done written ${2 * items}`, `skipped superseded ${2 * items}`],
        'every item once, by its newest row',
      );
      assert.equal(taken.length, 2 * items);
    });

    it('come in order from the oldest of 100,000 open rows, whoever claims', async function () {
      this.timeout(120_000);
      await fillJournal(subject.erp, 100_000);
      const oldest = (await subject.erp.all('SELECT id FROM sync_journal')).map((row) => Number(row['id'])).sort((a, b) => a - b);
      assert.equal(oldest.length, 100_000);
      const second = await subject.openSecond();
      for (let batch = 0; batch < 4; batch++) {
        const { store } = batch % 2 === 0 ? subject.database : second;
        const claimed = await store.claim(claimOf('outbound', batch % 2 === 0 ? 'a' : 'b', 50));
        assert.deepEqual(
          claimed.map(({ entry }) => entry.id),
          oldest.slice(batch * 50, (batch + 1) * 50),
        );
      }
      assert.equal(await subject.database.store.leasedCount('a', 'outbound', null), 100);
    });
  });
};
