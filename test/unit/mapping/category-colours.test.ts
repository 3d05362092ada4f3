import { deepStrictEqual, strictEqual } from 'node:assert';
import { colourOf } from '../../../lib/mapping/category-colours';
import { createMapping } from '../../../lib/mapping/mapping';
import { mapMessage } from '../../../lib/sync/map-message';
import { inboundMessage } from '../../nodes/support/items';
import { erpAppointment } from './items';

const context = {
  timeZone: 'Europe/Vienna',
  activityTypes: [
    { id: '50', no: '5', description: 'Task', colour: 'Dark Red' },
    { id: '70', no: '7', description: 'Visit', colour: '7' },
    { id: '80', no: '8', description: 'Call', colour: null },
    { id: '90', no: '9', description: 'Trip', colour: 'pink' },
  ],
};
const outbound = async (activityTypeId: string | null, mapping = createMapping()) => {
  const record = erpAppointment({ activityTypeId });
  const { sync } = await mapMessage(
    { ...inboundMessage({ source: record, direction: 'outbound', operation: 'create' }), payload: record },
    mapping,
    context,
  );
  return sync.colours;
};

describe('colours of activity types (D7)', () => {
  it('are read by name or number, however they are spelled', () => {
    deepStrictEqual(['red', 'dark-grey', 'DarkBlue', ' 0 ', '24', '25', 'pink', ''].map(colourOf), [
      'red',
      'darkGray',
      'darkBlue',
      'red',
      'darkMaroon',
      null,
      null,
      null,
    ]);
  });

  it('go with the item that bears the category', async () => {
    deepStrictEqual(await outbound('50'), [{ name: 'ES_5_Task', colour: 'darkRed' }]);
    deepStrictEqual(await outbound('70', createMapping({ categoryPattern: '{description}' })), [{ name: 'Visit', colour: 'blue' }]);
  });

  it('do not go where there is none, or Outlook does not have it, or types are no categories', async () => {
    for (const id of [null, '80', '90']) strictEqual(await outbound(id), undefined);
    const off = createMapping({ rules: [{ kind: 'appointment', exchange: 'categories', erp: 'activityTypeId', direction: 'off' }] });
    strictEqual(await outbound('50', off), undefined);
  });
});
