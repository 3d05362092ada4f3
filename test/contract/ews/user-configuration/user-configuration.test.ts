import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseXml } from '../../../../simulator/xml/parse';
import { child, colleague, descend, owner, service, startClient, type Answer, type Client, type XmlElement } from '../harness';

const named = (name: string, folder = '<t:DistinguishedFolderId Id="calendar"/>', prefix = 't'): string =>
  `<${prefix}:UserConfigurationName Name="${name}">${folder}</${prefix}:UserConfigurationName>`;

const get = (name: string, wanted = 'All', folder?: string): string =>
  `<m:GetUserConfiguration>${named(name, folder, 'm')}<m:UserConfigurationProperties>${wanted}</m:UserConfigurationProperties></m:GetUserConfiguration>`;

const write = (operation: 'Create' | 'Update', name: string, parts: string): string =>
  `<m:${operation}UserConfiguration><m:UserConfiguration>${named(name)}${parts}</m:UserConfiguration></m:${operation}UserConfiguration>`;

const remove = (name: string): string => `<m:DeleteUserConfiguration>${named(name, undefined, 'm')}</m:DeleteUserConfiguration>`;

const entry = (key: string, type: string, ...values: readonly string[]): string =>
  `<t:DictionaryEntry><t:DictionaryKey><t:Type>String</t:Type><t:Value>${key}</t:Value></t:DictionaryKey><t:DictionaryValue><t:Type>${type}</t:Type>${values.map((value) => `<t:Value>${value}</t:Value>`).join('')}</t:DictionaryValue></t:DictionaryEntry>`;

const xml = (text: string): string => `<t:XmlData>${Buffer.from(text).toString('base64')}</t:XmlData>`;

const configuration = (answer: Answer): XmlElement => {
  const found = child(answer.messages[0], 'UserConfiguration');
  assert.ok(found, answer.text);
  return found;
};

const xmlOf = (answer: Answer): string => Buffer.from(child(configuration(answer), 'XmlData')?.text ?? '', 'base64').toString('utf8');

const asBob = { as: colleague };

const parts = (answer: Answer): readonly string[] => configuration(answer).children.map(({ name }) => name);

describe('UserConfiguration', () => {
  let client: Client;
  let mine = '';
  let tests = 0;
  before(async () => {
    client = await startClient();
  });
  beforeEach(() => {
    tests += 1;
    mine = `Mine${tests}`;
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  describe('in a new mailbox', () => {
    it("holds Outlook's categories and their colours on the calendar", async () => {
      const list = parseXml(xmlOf(await client.call(get('CategoryList', 'XmlData'))));
      assert.equal(list.ns, 'CategoryList.xsd');
      assert.equal(list.attributes['default'], 'Red Category');
      assert.deepEqual(
        list.children.map(({ attributes }) => [attributes['name'], attributes['color']]),
        [
          ['Red Category', '0'],
          ['Orange Category', '1'],
          ['Yellow Category', '3'],
          ['Green Category', '4'],
          ['Blue Category', '7'],
          ['Purple Category', '8'],
        ],
      );
      for (const { attributes } of list.children) assert.match(attributes['guid'] ?? '', /^\{[0-9A-F-]{36}\}$/);
    });

    it('holds working hours, calendar options and the zone of its person', async () => {
      assert.match(xmlOf(await client.call(get('WorkHours', 'XmlData'))), /<WorkDays>Monday Tuesday Wednesday Thursday Friday</);
      assert.deepEqual(parts(await client.call(get('Calendar'))), ['UserConfigurationName', 'ItemId', 'Dictionary']);
      const options = await client.call(get('OWA.UserOptions', 'Dictionary', '<t:DistinguishedFolderId Id="root"/>'));
      const value = descend(configuration(options), 'Dictionary', 'DictionaryEntry', 'DictionaryValue', 'Value');
      assert.equal(value?.text, 'W. Europe Standard Time');
    });
  });

  it('gives what was created, and of it only what is asked for', async () => {
    const binary = Buffer.from([0, 1, 255]).toString('base64');
    const dictionary = `<t:Dictionary>${entry('Number', 'Integer32', '-5')}${entry('List', 'StringArray', 'a', 'b &amp; c')}</t:Dictionary>`;
    const created = await client.call(write('Create', mine, `${dictionary}${xml('<a/>')}<t:BinaryData>${binary}</t:BinaryData>`));
    assert.deepEqual(created.codes, ['NoError']);
    const all = await client.call(get(mine));
    assert.deepEqual(parts(all), ['UserConfigurationName', 'ItemId', 'Dictionary', 'XmlData', 'BinaryData']);
    assert.equal(child(configuration(all), 'UserConfigurationName')?.attributes['Name'], mine);
    assert.equal(child(configuration(all), 'BinaryData')?.text, binary);
    assert.equal(xmlOf(all), '<a/>');
    const list = child(configuration(all), 'Dictionary')?.children[1];
    assert.deepEqual(
      child(list, 'DictionaryValue')?.children.map(({ text }) => text),
      ['StringArray', 'a', 'b & c'],
    );
    assert.deepEqual(parts(await client.call(get(mine, 'Id'))), ['UserConfigurationName', 'ItemId']);
    assert.deepEqual(parts(await client.call(get(mine, 'Dictionary BinaryData'))), ['UserConfigurationName', 'Dictionary', 'BinaryData']);
  });

  it('keeps with an update what is not given, replaces what is, and gets a new change key', async () => {
    await client.call(write('Create', mine, `<t:Dictionary>${entry('a', 'String', '1')}</t:Dictionary>${xml('<old/>')}`));
    const before = await client.call(get(mine, 'Id'));
    assert.deepEqual((await client.call(write('Update', mine.toUpperCase(), xml('<new/>')))).codes, ['NoError']);
    const after = await client.call(get(mine));
    assert.equal(xmlOf(after), '<new/>');
    assert.ok(child(configuration(after), 'Dictionary'));
    const [old, now] = [before, after].map((answer) => child(configuration(answer), 'ItemId')?.attributes);
    assert.equal(old?.['Id'], now?.['Id']);
    assert.notEqual(old?.['ChangeKey'], now?.['ChangeKey']);
  });

  it('lets the last of two writers win, as the request cannot tell of another', async () => {
    const [one, two] = [await client.call(get('CategoryList'), asBob), await client.call(get('CategoryList'), asBob)];
    for (const [answer, name] of [
      [one, 'One'],
      [two, 'Two'],
    ] as const) {
      const added = xmlOf(answer).replace('</categories>', `<category name="${name}" color="2"/></categories>`);
      assert.deepEqual((await client.call(write('Update', 'CategoryList', xml(added)), asBob)).codes, ['NoError']);
    }
    const names = parseXml(xmlOf(await client.call(get('CategoryList'), asBob))).children.map(({ attributes }) => attributes['name']);
    assert.ok(names.includes('Two') && !names.includes('One'));
  });

  it('is gone once deleted', async () => {
    await client.call(write('Create', mine, xml('<a/>')));
    assert.deepEqual((await client.call(remove(mine))).codes, ['NoError']);
    assert.deepEqual((await client.call(get(mine))).codes, ['ErrorItemNotFound']);
    assert.deepEqual((await client.call(remove(mine))).codes, ['ErrorItemNotFound']);
    assert.deepEqual((await client.call(write('Update', mine, xml('<b/>')))).codes, ['ErrorItemNotFound']);
  });

  it('is refused a second time under the same name in the same folder', async () => {
    await client.call(write('Create', mine, xml('<a/>')));
    assert.deepEqual((await client.call(write('Create', mine, xml('<b/>')))).codes, ['ErrorItemSave']);
    assert.deepEqual((await client.call(get(mine, 'All', '<t:DistinguishedFolderId Id="inbox"/>'))).codes, ['ErrorItemNotFound']);
  });

  for (const [why, dictionary] of [
    ['a number that is none', entry('a', 'Integer32', 'x')],
    ['a truth that is none', entry('a', 'Boolean', 'yes')],
    ['several values of one text', entry('a', 'String', 'x', 'y')],
    ['the same key twice', entry('a', 'String', 'x') + entry('a', 'String', 'y')],
  ] as const)
    it(`refuses a dictionary with ${why}, and keeps nothing of it`, async () => {
      const answer = await client.call(write('Create', mine, `<t:Dictionary>${dictionary}</t:Dictionary>`));
      assert.deepEqual(answer.codes, ['ErrorInvalidValueForProperty']);
      assert.deepEqual((await client.call(get(mine))).codes, ['ErrorItemNotFound']);
    });

  it("gives back truths as words, also those that were written as numbers or as .NET's True", async () => {
    const given = ['True', 'false', '1', '0'];
    const dictionary = given.map((value) => entry(value, 'Boolean', value)).join('');
    assert.deepEqual((await client.call(write('Create', mine, `<t:Dictionary>${dictionary}</t:Dictionary>`))).codes, ['NoError']);
    const entries = child(configuration(await client.call(get(mine))), 'Dictionary')?.children ?? [];
    assert.deepEqual(
      entries.map((one) => [descend(one, 'DictionaryKey', 'Value')?.text, descend(one, 'DictionaryValue', 'Value')?.text]),
      [
        ['True', 'true'],
        ['false', 'false'],
        ['1', 'true'],
        ['0', 'false'],
      ],
    );
  });

  it("is closed to others, open to the owner's service account", async () => {
    const annas = `<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>${owner.address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`;
    assert.notDeepEqual((await client.call(get('CategoryList', 'All', annas), { as: colleague })).codes, ['NoError']);
    assert.deepEqual((await client.call(get('CategoryList', 'All', annas), { as: service })).codes, ['NoError']);
  });

  it('is read but not written by those who may only read the folder', async () => {
    const shared = `<t:PermissionSet><t:CalendarPermissions><t:CalendarPermission><t:UserId><t:PrimarySmtpAddress>${colleague.address}</t:PrimarySmtpAddress></t:UserId><t:CalendarPermissionLevel>Editor</t:CalendarPermissionLevel></t:CalendarPermission></t:CalendarPermissions></t:PermissionSet>`;
    const share = `<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:DistinguishedFolderId Id="calendar"/><t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:PermissionSet"/><t:CalendarFolder>${shared}</t:CalendarFolder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`;
    assert.deepEqual((await client.call(share)).codes, ['NoError']);
    await client.call(write('Create', mine, ''));
    const annas = `<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>${owner.address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`;
    const own = '<t:DistinguishedFolderId Id="calendar"/>';
    const codes = async (request: string) => (await client.call(request.replace(own, annas), asBob)).codes;
    assert.deepEqual(await codes(get(mine)), ['NoError']);
    for (const request of [write('Create', 'Other', ''), write('Update', mine, ''), remove(mine)])
      assert.deepEqual(await codes(request), ['ErrorAccessDenied']);
  });

  it('names the folder that is not there', async () => {
    const lost = await client.call(get(mine, 'All', '<t:FolderId Id="AAAA"/>'));
    assert.deepEqual(lost.codes, ['ErrorInvalidIdMalformed']);
  });
});

describe('UserConfiguration in a state file', () => {
  it('survives the end of the server', async function () {
    const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
    const stateFile = join(folder, 'state.db');
    const first = await startClient({ stateFile });
    await first.call(write('Create', 'Mine', xml('<kept/>')));
    await first.call(remove('WorkHours'));
    await first.finish(() => undefined);
    const second = await startClient({ stateFile });
    assert.equal(xmlOf(await second.call(get('Mine'))), '<kept/>');
    assert.deepEqual((await second.call(get('WorkHours'))).codes, ['ErrorItemNotFound']);
    await second.finish(() => this.skip());
    rmSync(folder, { recursive: true });
  });
});
