/** Categories and their colours in the list of a mailbox, through the port. */
import assert from 'node:assert/strict';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createEwsConnection } from '../../../lib/exchange/ews';
import type { MailboxCategory } from '../../../lib/model/category-colour';
import { SyncError } from '../../../lib/model/error';
import { parseXml } from '../../../simulator/xml/parse';
import { schemaAvailable, schemaFaults } from '../../support/ews-schema';
import { child, owner, service, startClient } from '../ews/harness';
import type { Client } from '../ews/harness';

const visit: MailboxCategory = { name: 'ES_5_Visit & <co>', colour: 'darkBlue' };
const named = (prefix: string): string =>
  `<${prefix}:UserConfigurationName Name="CategoryList"><t:DistinguishedFolderId Id="calendar"/></${prefix}:UserConfigurationName>`;

describe('categories of a mailbox over EWS, against the simulator', () => {
  let client: Client;
  let exchange: ExchangeConnection;
  const requests: string[] = [];

  beforeEach(async () => {
    client = await startClient();
    client.simulator.onRequest(({ body }) => void requests.push(body));
    exchange = createEwsConnection({ url: client.simulator.url, user: service.address, password: service.password, allowPlainHttp: true });
  });
  afterEach(async () => {
    await exchange.close();
    await client.simulator.close();
  });
  after(async () => {
    if (schemaAvailable) assert.deepEqual(await schemaFaults([...new Set(requests)]), []);
  });

  const done = async (body: string): Promise<Awaited<ReturnType<Client['call']>>> => {
    const answer = await client.call(body);
    assert.deepEqual(answer.codes, ['NoError'], answer.text);
    return answer;
  };
  const text = async (): Promise<string> => {
    const answer = await done(
      `<m:GetUserConfiguration>${named('m')}<m:UserConfigurationProperties>XmlData</m:UserConfigurationProperties></m:GetUserConfiguration>`,
    );
    return Buffer.from(child(child(answer.messages[0], 'UserConfiguration'), 'XmlData')?.text ?? '', 'base64').toString('utf8');
  };
  const put = (content: string) =>
    done(
      `<m:UpdateUserConfiguration><m:UserConfiguration>${named('t')}<t:XmlData>${Buffer.from(content).toString('base64')}</t:XmlData></m:UserConfiguration></m:UpdateUserConfiguration>`,
    );
  const colours = async (): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(parseXml(await text()).children.map(({ attributes }) => [attributes['name'] ?? '', attributes['color'] ?? '']));
  const countRequests = async (work: () => Promise<unknown>): Promise<number> => {
    const before = client.simulator.requests.total();
    await work();
    return client.simulator.requests.total() - before;
  };
  const codeOf = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'ok',
      (thrown: unknown) => (thrown instanceof SyncError ? thrown.code : String(thrown)),
    );

  it('adds what is missing with its colour, and everything else stays to the letter', async () => {
    const before = await text();
    await exchange.ensureCategories(owner.address, [visit, { name: 'Plain', colour: null }, { name: 'red category', colour: 'black' }]);
    assert.deepEqual(await colours(), {
      'Red Category': '0',
      'Orange Category': '1',
      'Yellow Category': '3',
      'Green Category': '4',
      'Blue Category': '7',
      'Purple Category': '8',
      'ES_5_Visit & <co>': '22',
      Plain: '-1',
    });
    const after = await text();
    assert.ok(after.startsWith(before.slice(0, before.lastIndexOf('</'))) && after.endsWith(before.slice(before.lastIndexOf('</'))));
  });

  it('keeps a colour that a person chose', async () => {
    await exchange.ensureCategories(owner.address, [visit]);
    await put((await text()).replace('color="22"', 'color="5"'));
    const anew = createEwsConnection({
      url: client.simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
    });
    await anew.ensureCategories(owner.address, [visit, { name: 'Other', colour: 'red' }]);
    await anew.close();
    const found = await colours();
    assert.deepEqual([found[visit.name], found['Other']], ['5', '0']);
  });

  it('asks once a mailbox, and nothing more for what is known', async () => {
    assert.equal(await countRequests(() => exchange.ensureCategories(owner.address, [{ name: 'Red Category', colour: 'red' }])), 1);
    assert.equal(await countRequests(() => exchange.ensureCategories(owner.address, [visit])), 3);
    assert.equal(await countRequests(() => exchange.ensureCategories(owner.address.toUpperCase(), [visit])), 0);
    assert.equal(await countRequests(() => exchange.ensureCategories(owner.address, [])), 0);
  });

  it('adds a category once, however many ask for it at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => exchange.ensureCategories(owner.address, [visit, visit])));
    assert.equal((await text()).split(' name="ES_5_Visit').length, 2);
  });

  it('makes the list where the mailbox has none, and fills one that is empty', async () => {
    await done(`<m:DeleteUserConfiguration>${named('m')}</m:DeleteUserConfiguration>`);
    await exchange.ensureCategories(owner.address, [visit]);
    assert.deepEqual(await colours(), { [visit.name]: '22' });
    for (const empty of [
      '<categories xmlns="CategoryList.xsd"/>',
      '\ufeff<c:categories xmlns:c="CategoryList.xsd" default="x" />',
      '<categories xmlns="CategoryList.xsd"><!-- </categories> --></categories >\r\n',
    ]) {
      await put(empty);
      const anew = createEwsConnection({
        url: client.simulator.url,
        user: service.address,
        password: service.password,
        allowPlainHttp: true,
      });
      await anew.ensureCategories(owner.address, [visit]);
      await anew.close();
      assert.deepEqual(await colours(), { [visit.name]: '22' }, empty);
    }
  });

  it('writes nothing over a list that it cannot read', async () => {
    for (const broken of ['not xml', '<categories', '<other/>', '\u0000']) {
      await put(broken);
      assert.equal(await codeOf(exchange.ensureCategories(owner.address, [visit])), 'category-list-unreadable');
      assert.equal(await text(), broken);
    }
  });

  it('writes again when another writer came between, and keeps what that one wrote', async () => {
    const before = await text();
    let races = 0;
    const stop = client.simulator.onResponse(async ({ operation }) => {
      if (operation !== 'UpdateUserConfiguration' || races > 0) return;
      races += 1;
      await put(before.replace('name="Red Category"', 'name="Mine"'));
    });
    await exchange.ensureCategories(owner.address, [visit]);
    stop();
    const found = await colours();
    assert.deepEqual([found[visit.name], found['Mine'], found['Red Category']], ['22', '0', undefined]);
  });

  it('gives up a lost race after a few times, and says so', async () => {
    const before = await text();
    let races = 0;
    const stop = client.simulator.onResponse(async ({ operation }) => {
      if (operation !== 'UpdateUserConfiguration') return;
      races += 1;
      if (races % 2 === 1) await put(before);
    });
    assert.equal(await codeOf(exchange.ensureCategories(owner.address, [visit])), 'item-changed');
    stop();
  });

  it('works with full access, without impersonation', async () => {
    const own = createEwsConnection({
      url: client.simulator.url,
      user: service.address,
      password: service.password,
      allowPlainHttp: true,
      impersonation: false,
    });
    await own.ensureCategories(owner.address, [visit]);
    await own.close();
    assert.equal((await colours())[visit.name], '22');
  });
});
