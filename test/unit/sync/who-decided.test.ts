import assert from 'node:assert/strict';
import type { LinkDecision } from '../../../lib/model/link';
import type { Fields } from '../../../lib/model/item';
import { outcomeOf } from '../../../lib/sync/writing';
import { inboundMessage } from '../../nodes/support/items';
import { exchangeAppointment } from '../mapping/items';

const item = exchangeAppointment();
const base = inboundMessage({ operation: 'update', source: item });

const update = (chosen: LinkDecision | null, lost: Fields) => {
  const decision = {
    action: 'update',
    changes: {},
    rebase: {},
    expected: item,
    expectedChangeKey: 'CK',
    targetChanged: true,
    lost,
  } as const;
  const { note, noteCode } = outcomeOf({ ...base, sync: { ...base.sync, chosen } }, decision);
  return { note, noteCode };
};

const remove = (chosen: LinkDecision | null) => {
  const decision = { action: 'delete', expected: item, expectedChangeKey: 'CK', lost: { body: 'lost' } } as const;
  const { note, noteCode } = outcomeOf({ ...base, sync: { ...base.sync, chosen } }, decision);
  return { note, noteCode };
};

describe('the note on a decided conflict', () => {
  const lost = { subject: 'lost', body: 'lost' };

  it('names the rule where nobody was asked', () => {
    assert.deepEqual(update(null, lost), {
      note: 'Changed; conflict decided by the rule: subject, body',
      noteCode: 'conflict-decided',
    });
    assert.deepEqual(remove(null), { note: 'Deleted; conflict decided by the rule: body', noteCode: 'conflict-decided' });
  });

  for (const take of ['erp', 'exchange'] as const) {
    it(`names a person who took the version of one side: ${take}`, () => {
      assert.deepEqual(update({ take }, lost), {
        note: 'Changed; conflict decided by a person: subject, body',
        noteCode: 'conflict-chosen',
      });
      assert.deepEqual(remove({ take }), { note: 'Deleted; conflict decided by a person: body', noteCode: 'conflict-chosen' });
    });
  }

  it('tells the fields that a person chose from those that the rule decided', () => {
    assert.deepEqual(update({ take: 'fields', fields: { subject: 'erp' } }, lost), {
      note: 'Changed; conflict decided by a person: subject; by the rule: body',
      noteCode: 'conflict-chosen',
    });
  });

  it('counts what is decided together with a chosen field, whatever each side calls it', () => {
    const chosen: LinkDecision = { take: 'fields', fields: { start: 'erp', priority: 'exchange' } };
    assert.equal(
      update(chosen, { end: '2026-03-28T10:00:00Z', importance: 'low', recurrence: null }).note,
      'Changed; conflict decided by a person: end, importance, recurrence',
    );
  });

  it('takes a choice of fields for none about a deletion', () => {
    assert.equal(remove({ take: 'fields', fields: { body: 'erp' } }).noteCode, 'conflict-decided');
  });

  it('does not take what the sync itself noted for a person’s', () => {
    const chosen: LinkDecision = { take: 'fields', fields: { exceptions: 'erp' }, by: 'sync' };
    assert.equal(update(chosen, { exceptions: [] }).noteCode, 'conflict-decided');
  });
});
