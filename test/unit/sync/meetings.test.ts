import assert from 'node:assert/strict';
import type { Meeting } from '../../../lib/model/item';
import type { Verdict } from '../../../lib/sync/decide';
import { forAttendee, isShared } from '../../../lib/sync/meetings';
import { erpAppointment, exchangeAppointment } from '../mapping/items';

const base = { erp: erpAppointment(), exchange: exchangeAppointment() };
const meeting = (role: Meeting['role']): Meeting => ({ role, organizer: 'a@x.test', attendees: 2, cancelled: false });
const update = (changes: object): Verdict => ({
  type: 'write',
  decision: {
    action: 'update',
    changes: { ...changes },
    rebase: {},
    expected: base.exchange,
    expectedChangeKey: 'k',
    targetChanged: false,
    lost: null,
  },
});

describe('meetings and conferences (D12)', () => {
  it('are shared when several employees or somebody else have a part in them, once they are linked', () => {
    assert.equal(isShared({ meeting: null, base }, false), false);
    assert.equal(isShared({ meeting: meeting('organizer'), base }, false), false);
    assert.equal(isShared({ meeting: meeting('attendee'), base }, false), true);
    assert.equal(isShared({ meeting: null, base, participants: 2 }, false), true);
    assert.equal(isShared({ meeting: null, base }, true), true);
    assert.equal(isShared({ meeting: meeting('attendee'), base: null }, false), false, 'its creation travels');
  });

  it('take from the ERP only what an attendee has of his own', () => {
    assert.deepEqual(forAttendee(update({ subject: 'x', start: 'y', reminderMinutes: 5 })), update({ reminderMinutes: 5 }));
    assert.equal(forAttendee(update({ subject: 'x', body: 'y', location: 'z' })), null);
  });

  it('are deleted from an attendee’s mailbox like any item', () => {
    const deletion: Verdict = {
      type: 'write',
      decision: { action: 'delete', expected: base.exchange, expectedChangeKey: 'k', lost: null },
    };
    assert.deepEqual(forAttendee(deletion), deletion);
  });
});
