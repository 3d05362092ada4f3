/** Which items links find again: by sync id, then by what they are, one to one. */
import assert from 'node:assert/strict';
import type { ExchangeAppointment, ExchangeEntry } from '../../../lib/model/item';
import type { Link } from '../../../lib/model/link';
import { matchLinks } from '../../../lib/sync/found-again';
import { appointment, exchangeAppointment } from '../../contract/erp/subject';

const context = { timeZone: 'Europe/Vienna', activityTypes: [], asStored: <T>(record: T) => record };

const appointmentOf = (fields: Partial<ExchangeAppointment>): ExchangeAppointment => ({ ...exchangeAppointment, ...fields });
const item = (id: string, fields: Partial<ExchangeAppointment> = {}, syncId: string | null = null): ExchangeEntry => ({
  id,
  changeKey: 'k',
  syncId,
  modifiedAt: '2026-03-01T08:00:00Z',
  item: appointmentOf(fields),
  meeting: null,
  regenerates: false,
});
const linkTo = (id: number, fields: Partial<ExchangeAppointment> = {}): Link => ({
  ...{
    id,
    version: 1,
    state: 'active',
    kind: 'appointment',
    employeeId: '1',
    connection: 'main',
    decision: null,
    meetingRole: null,
    changeKey: 'k',
  },
  ...{ syncId: `s${id}`, erpId: String(id), exchangeId: `X${id}`, erpBase: appointment(), exchangeBase: appointmentOf(fields) },
});
const pairs = (links: readonly Link[], items: readonly ExchangeEntry[]) =>
  matchLinks(links, items, context)
    .map(({ link, item: { id }, edited }) => [link.id, id, edited])
    .toSorted();

describe('items that links find again', () => {
  it('are those with their sync id, whatever was changed in them', () => {
    const items = [item('equal'), item('own', { subject: 'edited' }, 's1')];
    assert.deepEqual(pairs([linkTo(1)], items), [[1, 'own', true]]);
  });

  it('are those of the same times and subject, each once, the closest first', () => {
    const links = [linkTo(1, { body: 'a' }), linkTo(2, { body: 'b' }), linkTo(3, { body: 'c' })];
    const items = [item('x', { body: 'new' }), item('b', { body: 'b' }), item('a', { body: 'a' }), item('y', { subject: 'other' })];
    assert.deepEqual(pairs(links, items), [
      [1, 'a', false],
      [2, 'b', false],
      [3, 'x', true],
    ]);
    assert.deepEqual(pairs(links.slice(0, 1), [item('x'), item('z')]).length, 1);
  });

  it('are none that carry another sync id, whatever their content', () => {
    assert.deepEqual(pairs([linkTo(1)], [item('copy', {}, 'its own')]), []);
  });

  it('are none where times or subject differ', () => {
    assert.deepEqual(pairs([linkTo(1)], [item('x', { subject: 'other' }), item('y', { start: '2026-03-01T09:00:00Z' })]), []);
  });
});
