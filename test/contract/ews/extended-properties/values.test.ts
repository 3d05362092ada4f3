import assert from 'node:assert/strict';
import { child, created, descend, getItem, idOf, itemOf, setField, shape, startClient, task, updateItem, type Client } from '../harness';

const set = '11112222-3333-4444-5555-666677778888';
const named = (type: string, name = 'x'): string =>
  `<t:ExtendedFieldURI PropertySetId="${set}" PropertyName="${name}" PropertyType="${type}"/>`;
const one = (uri: string, value: string): string => `<t:ExtendedProperty>${uri}<t:Value>${value}</t:Value></t:ExtendedProperty>`;
const many = (uri: string, values: readonly string[]): string =>
  `<t:ExtendedProperty>${uri}<t:Values>${values.map((value) => `<t:Value>${value}</t:Value>`).join('')}</t:Values></t:ExtendedProperty>`;

describe('EWS extended properties', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const create = (content: string): Promise<{ id: string; changeKey: string }> => created(client, task(content));
  const read = async (id: string, uri: string) => child(itemOf(await client.call(getItem(id, shape('IdOnly', uri)))), 'ExtendedProperty');

  const kept: readonly (readonly [string, string, string])[] = [
    ['String', ' a &amp; b ', ' a & b '],
    ['Boolean', '1', 'true'],
    ['Integer', '-5', '-5'],
    ['Short', '0012', '12'],
    ['Long', '9007199254740993', '9007199254740993'],
    ['Currency', '70000', '70000'],
    ['Double', '1.50', '1.5'],
    ['Float', '2.25', '2.25'],
    ['ApplicationTime', '0.5', '0.5'],
    ['SystemTime', '2026-03-27T10:00:00+01:00', '2026-03-27T09:00:00Z'],
    ['Binary', 'AQID\n', 'AQID'],
    ['CLSID', '{AAAABBBB-CCCC-DDDD-EEEE-FFFF00001111}', 'aaaabbbb-cccc-dddd-eeee-ffff00001111'],
  ];
  for (const [type, value, shown] of kept)
    it(`keeps a value of type ${type}`, async () => {
      const { id } = await create(one(named(type), value));
      assert.equal(child(await read(id, named(type)), 'Value')?.text, shown);
    });

  it('keeps arrays in their order', async () => {
    const { id } = await create(many(named('IntegerArray'), ['3', '1', '2']) + many(named('BinaryArray', 'y'), ['AQ==', '']));
    const texts = async (uri: string) => child(await read(id, uri), 'Values')?.children.map(({ text }) => text);
    assert.deepEqual(await texts(named('IntegerArray')), ['3', '1', '2']);
    assert.deepEqual(await texts(named('BinaryArray', 'y')), ['AQ==', '']);
  });

  it('tells properties of the same name but another type apart', async () => {
    const { id } = await create(one(named('String'), 'text') + one(named('Integer'), '7'));
    assert.equal(child(await read(id, named('String')), 'Value')?.text, 'text');
    assert.equal(child(await read(id, named('Integer')), 'Value')?.text, '7');
    assert.equal(await read(id, named('Boolean')), undefined);
  });

  const samePlaces: readonly (readonly [string, string])[] = [
    ['PropertyTag="0x3A45" PropertyType="String"', 'PropertyTag="14917" PropertyType="String"'],
    [
      'DistinguishedPropertySetId="PublicStrings" PropertyName="Own" PropertyType="String"',
      'PropertySetId="00020329-0000-0000-C000-000000000046" PropertyName="own" PropertyType="String"',
    ],
    [
      'DistinguishedPropertySetId="Common" PropertyId="34144" PropertyType="Integer"',
      'PropertySetId="00062008-0000-0000-c000-000000000046" PropertyId="34144" PropertyType="Integer"',
    ],
  ];
  for (const [written, asked] of samePlaces)
    it(`finds ${written.slice(0, 45)}… under its other names, and answers with the one it was asked by`, async () => {
      const { id } = await create(one(`<t:ExtendedFieldURI ${written}/>`, '1'));
      const found = await read(id, `<t:ExtendedFieldURI ${asked}/>`);
      assert.equal(child(found, 'Value')?.text, '1');
      for (const [, name = '', value] of asked.matchAll(/(\w+)="([^"]*)"/g))
        assert.equal(child(found, 'ExtendedFieldURI')?.attributes[name], value);
    });

  it('sets and deletes one with UpdateItem', async () => {
    const created = await create(one(named('String'), 'a'));
    const setIt = `<t:SetItemField>${named('String')}<t:Task>${one(named('String'), 'b')}</t:Task></t:SetItemField>`;
    const answer = await client.call(updateItem(created, setIt));
    assert.deepEqual(answer.codes, ['NoError']);
    assert.equal(child(await read(created.id, named('String')), 'Value')?.text, 'b');
    const removeIt = `<t:DeleteItemField>${named('String')}</t:DeleteItemField>`;
    assert.deepEqual((await client.call(updateItem(idOf(answer), removeIt))).codes, ['NoError']);
    assert.equal(await read(created.id, named('String')), undefined);
  });

  const uri = (attributes: string): string => `<t:ExtendedFieldURI ${attributes} PropertyType="String"/>`;
  const both = `PropertySetId="${set}" PropertyName="x"`;
  const refused: readonly (readonly [string, string, string])[] = [
    ['a set without name or id', one(uri(`PropertySetId="${set}"`), 'x'), 'ErrorInvalidExtendedProperty'],
    ['a name without set', one(uri('PropertyName="x"'), 'x'), 'ErrorInvalidExtendedProperty'],
    ['name and id', one(uri(`${both} PropertyId="1"`), 'x'), 'ErrorInvalidExtendedProperty'],
    ['tag and set', one(uri(`${both} PropertyTag="0x3A45"`), 'x'), 'ErrorInvalidExtendedProperty'],
    ['two sets', one(uri(`${both} DistinguishedPropertySetId="Common"`), 'x'), 'ErrorInvalidExtendedProperty'],
    ['the tag of a named property', one(uri('PropertyTag="0x8001"'), 'x'), 'ErrorNoPropertyTagForCustomProperties'],
    ['a type that has no values', one(named('Object'), 'x'), 'ErrorUnsupportedMapiPropertyType'],
    ['several values of a single type', many(named('String'), ['a', 'b']), 'ErrorInvalidExtendedPropertyValue'],
    ['a single value of an array type', one(named('StringArray'), 'a'), 'ErrorInvalidExtendedPropertyValue'],
    ['a text for a number', one(named('Integer'), 'x'), 'ErrorInvalidExtendedPropertyValue'],
    ['a number that is too large', one(named('Short'), '40000'), 'ErrorInvalidExtendedPropertyValue'],
    ['what is not base64', one(named('Binary'), 'A'), 'ErrorInvalidExtendedPropertyValue'],
    ['what is no GUID', one(named('CLSID'), 'x'), 'ErrorInvalidExtendedPropertyValue'],
    ['what is no time', one(named('SystemTime'), 'today'), 'ErrorInvalidExtendedPropertyValue'],
    ['one wrong value among several', many(named('IntegerArray'), ['1', 'x']), 'ErrorInvalidExtendedPropertyValue'],
  ];
  for (const [name, content, code] of refused)
    it(`answers ${code} to ${name}, and names the property`, async () => {
      const answer = await client.call(task(content));
      assert.deepEqual(answer.codes, [code]);
      assert.equal(descend(answer.messages[0], 'MessageXml')?.children[0]?.name, 'ExtendedFieldURI');
    });

  it('refuses to set another property than the path names', async () => {
    const created = await create('');
    const change = setField('item:Subject', 'Task', one(named('String'), 'x'));
    assert.deepEqual((await client.call(updateItem(created, change))).codes, ['ErrorUpdatePropertyMismatch']);
    const other = `<t:SetItemField>${named('String', 'y')}<t:Task>${one(named('String'), 'x')}</t:Task></t:SetItemField>`;
    assert.deepEqual((await client.call(updateItem(created, other))).codes, ['ErrorUpdatePropertyMismatch']);
  });
});
