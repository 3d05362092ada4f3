/** What one side cannot express stays as it is on the other, and the journal says so: never flattened or deleted in silence. */
import assert from 'node:assert/strict';
import { differingFields } from '../../../lib/mapping/compare';
import { createMapping, storedIn } from '../../../lib/mapping/mapping';
import type { ErpAppointment, ErpRecord, ExchangeAppointment, ExchangeException, Fields } from '../../../lib/model/item';
import type { SyncContext, SyncMessage } from '../../../lib/model/message';
import { decide } from '../../../lib/sync/decide';
import { mapMessage } from '../../../lib/sync/map-message';
import { outcomeOf } from '../../../lib/sync/writing';
import { inboundMessage } from '../../nodes/support/items';
import { erpAppointment, exchangeAppointment, exchangeTask } from '../mapping/items';

const mapping = createMapping();
const recurrence = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } } as const;
const exceptions: readonly ExchangeException[] = [
  { originalStart: '2026-03-30T07:00:00Z', deleted: true },
  { originalStart: '2026-04-01T07:00:00Z', deleted: false, changes: { subject: 'Other' } },
];
const series = exchangeAppointment({ recurrence, exceptions });
const record = erpAppointment({ recurrenceRule: 'FREQ=DAILY' });

const context = { timeZone: 'Europe/Vienna', activityTypes: [] };
const withoutExceptions = (stored: ErpRecord): ErpRecord => (stored.kind === 'task' ? stored : { ...stored, exceptions: [] });
const cannotHold = { ...context, asStored: withoutExceptions };

const link = { id: 1, version: 1 };
const inbound = (source: ExchangeAppointment, base: SyncContext['base']): SyncMessage => ({
  ...inboundMessage({ source, base, operation: base === null ? 'create' : 'update', link: base === null ? null : link }),
  payload: source,
});
const outbound = (source: ErpAppointment, base: SyncContext['base']): SyncMessage => ({
  ...inboundMessage({ source, base, direction: 'outbound', operation: 'update', link }),
  payload: source,
});

/** What a mapped message does to its target. */
const decided = ({ payload, sync }: SyncMessage, targetBase: ErpRecord | ExchangeAppointment | null, targetNow = targetBase) =>
  decide(
    {
      direction: sync.direction,
      deleted: false,
      desired: payload,
      mapped: sync.mapped ?? null,
      changedFields: sync.changedFields ?? [],
      targetBase,
      targetNow,
      targetChangeKey: 'CK',
      sourceModifiedAt: null,
      targetModifiedAt: null,
      rule: 'erp',
      chosen: null,
    },
    (a, b) => {
      const stored = (item: typeof a) => ('priority' in item ? storedIn(cannotHold, item) : item);
      return differingFields(stored(a), stored(b), context.timeZone);
    },
  );

const changesOf = (verdict: ReturnType<typeof decided>): Fields | null =>
  verdict.type === 'write' && verdict.decision.action === 'update' ? verdict.decision.changes : null;

describe('an ERP that cannot hold exceptions of series', () => {
  const base = { erp: record, exchange: series };

  it('gets the series, and the note says what stayed in Exchange', async () => {
    const mapped = await mapMessage(inbound(series, null), mapping, cannotHold);
    const verdict = decided(mapped, null);
    assert.ok(verdict.type === 'write');
    assert.equal(outcomeOf(mapped, verdict.decision).note, 'Created; only in Exchange: exceptions of the series');
  });

  it('hears nothing of an exception that is made later', async () => {
    const more = { ...series, exceptions: [...exceptions, { originalStart: '2026-04-02T07:00:00Z', deleted: true } as const] };
    const mapped = await mapMessage(inbound(more, base), mapping, cannotHold);
    assert.equal(decided(mapped, record).type, 'nothing');
    assert.deepEqual(mapped.sync.kept, ['exceptions']);
  });

  for (const [what, fields] of [
    ['a new subject', { subject: 'New' }],
    ['another time', { start: '2026-03-28T11:00:00', end: '2026-03-28T12:00:00' }],
    ['another pattern', { recurrenceRule: 'FREQ=DAILY;INTERVAL=2' }],
  ] as const) {
    it(`never takes the exceptions out of Exchange by ${what}`, async () => {
      const mapped = await mapMessage(outbound({ ...record, ...fields }, base), mapping, cannotHold);
      const changes = changesOf(decided(mapped, series));
      assert.deepEqual(
        { ...series, ...changes }.exceptions.map(({ deleted }) => deleted),
        [true, false],
      );
    });
  }

  it('never takes them out of Exchange when it wins a conflict about the times', async () => {
    const edited = { ...series, start: '2026-03-28T10:00:00Z', end: '2026-03-28T11:00:00Z' };
    const mapped = await mapMessage(outbound({ ...record, start: '2026-03-28T07:00:00' }, base), mapping, cannotHold);
    assert.deepEqual({ ...edited, ...changesOf(decided(mapped, series, edited)) }.exceptions, exceptions);
  });
});

describe('what stays on one side', () => {
  it('is no news where everything arrives', async () => {
    const mapped = await mapMessage(inbound(series, null), mapping, context);
    assert.deepEqual(mapped.sync.kept, []);
    const verdict = decided(mapped, null);
    assert.ok(verdict.type === 'write');
    assert.equal(outcomeOf(mapped, verdict.decision).note, 'Created');
  });

  it('an exception of the ERP on a day that the series does not have stays in the ERP and is named', async () => {
    const source = { ...record, exceptions: [{ originalStart: '2026-03-01T09:00:00', deleted: true } as const] };
    const mapped = await mapMessage(outbound(source, { erp: record, exchange: series }), mapping, context);
    assert.deepEqual(mapped.sync.kept, ['exceptions']);
  });

  it('the recurrence of a task stays in Exchange and is named without its content', async () => {
    const task = exchangeTask();
    const message = { ...inboundMessage({ kind: 'task', source: task, kept: ['recurrence'] }), payload: task };
    const mapped = await mapMessage(message, mapping, context);
    assert.ok(mapped.payload !== null);
    assert.equal(outcomeOf(mapped, { action: 'create', item: mapped.payload }).note, 'Created; only in Exchange: recurrence of the task');
  });
});
