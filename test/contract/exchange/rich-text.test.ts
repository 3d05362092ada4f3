/** Bodies as HTML beside their text, where the connection is set to it. */
import assert from 'node:assert/strict';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import type { ExchangeAppointment, ExchangeItem, Fields } from '../../../lib/model/item';
import { appointment, task } from '../../unit/exchange/builders';
import { owner, service, startClient } from '../ews/harness';
import type { Client } from '../ews/harness';

const html = '<html><body><p>Bring <b>the offer</b></p></body></html>';

describe('bodies over EWS, against the simulator', () => {
  let client: Client;
  let rich: ExchangeConnection;
  let plain: ExchangeConnection;

  before(async () => {
    client = await startClient();
    const settings = {
      timeZone: 'Europe/Vienna',
      url: client.simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
    };
    rich = createEwsConnection({ ...settings, bodies: 'rich' });
    plain = createEwsConnection(settings);
  });
  after(async () => {
    await rich.close();
    await plain.close();
    await client.simulator.close();
  });

  const create = async (item: ExchangeItem) => {
    const [result] = await rich.createMany(owner.address, [{ item, syncId: 's' }]);
    assert.ok(result?.ok);
    return result.value;
  };
  const read = async (id: string, by = rich) => {
    const [result] = await by.getMany(owner.address, [id]);
    assert.ok(result?.ok);
    return result.value;
  };
  const bodies = async (id: string, by = rich) => {
    const { item } = await read(id, by);
    return [item.body, item.bodyHtml];
  };
  const update = async (id: string, item: ExchangeItem, changes: Fields) => {
    const { changeKey } = await read(id);
    const [result] = await rich.updateMany(owner.address, [{ id, changeKey, item, changes, syncId: 's' }]);
    assert.ok(result?.ok);
  };

  for (const item of [appointment({ bodyHtml: html }), task({ bodyHtml: html })]) {
    it(`reads a rich ${item.kind} as HTML and as text, and as text only where the connection is plain`, async () => {
      const { id } = await create(item);
      assert.deepEqual(await bodies(id), ['Bring the offer', html]);
      assert.deepEqual(await bodies(id, plain), ['Bring the offer', null]);
    });
  }

  it('a body that is text has no HTML', async () => {
    const { id } = await create(appointment());
    assert.deepEqual(await bodies(id), ['Bring the offer', null]);
  });

  it('writes HTML where it changed, and text where only that changed; another field touches neither', async () => {
    const { id } = await create(appointment({ bodyHtml: html }));
    const item = appointment({ bodyHtml: html });
    await update(id, { ...item, subject: 'x' }, { subject: 'x' });
    assert.deepEqual(await bodies(id), ['Bring the offer', html]);
    const other = html.replace('offer', 'plan');
    await update(id, { ...item, bodyHtml: other }, { bodyHtml: other });
    assert.deepEqual(await bodies(id), ['Bring the plan', other]);
    await update(id, { ...item, body: 'new' }, { body: 'new' });
    assert.deepEqual(await bodies(id), ['new', null]);
  });

  it('an occurrence has a rich body of its own', async () => {
    const series: ExchangeAppointment = appointment({
      bodyHtml: html,
      body: 'Bring the offer',
      recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'numbered', count: 3 } },
      exceptions: [
        {
          originalStart: '2026-03-03T08:00:00Z',
          deleted: false,
          changes: { body: 'Bring the plan', bodyHtml: html.replace('offer', 'plan') },
        },
      ],
    });
    const { id } = await create(series);
    await update(id, series, { exceptions: series.exceptions });
    assert.deepEqual((await read(id)).item, series);
  });
});
