import assert from 'node:assert/strict';
import { appointment, child, descend, folder, idOf, owner, startClient, type Answer, type Client } from '../harness';

const formats = ['EwsLegacyId', 'EwsId', 'EntryId', 'HexEntryId', 'StoreId', 'OwaId'];

const alternate = (id: string, format: string, mailbox = owner.address): string =>
  `<t:AlternateId Format="${format}" Id="${id.replaceAll('&', '&amp;')}" Mailbox="${mailbox}"/>`;

const convert = (destination: string, ...ids: readonly string[]): string =>
  `<m:ConvertId DestinationFormat="${destination}"><m:SourceIds>${ids.join('')}</m:SourceIds></m:ConvertId>`;

const idIn = (answer: Answer): string => child(answer.messages[0], 'AlternateId')?.attributes['Id'] ?? '';

describe('ConvertId', () => {
  let client: Client;
  let item = '';
  let inbox = '';
  before(async () => {
    client = await startClient();
    item = idOf(await client.call(appointment('<t:Subject>x</t:Subject>'))).id;
    const found = await client.call(
      `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('inbox')}</m:FolderIds></m:GetFolder>`,
    );
    inbox = descend(found.messages[0], 'Folders', 'Folder', 'FolderId')?.attributes['Id'] ?? '';
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  for (const format of formats)
    it(`converts items and folders to ${format} and back`, async () => {
      for (const id of [item, inbox]) {
        const there = await client.call(convert(format, alternate(id, 'EwsId')));
        assert.deepEqual(there.codes, ['NoError']);
        assert.equal(child(there.messages[0], 'AlternateId')?.attributes['Format'], format);
        for (const other of formats) {
          const further = await client.call(convert(other, alternate(idIn(there), format)));
          assert.equal(idIn(await client.call(convert('EwsId', alternate(idIn(further), other)))), id, other);
        }
      }
    });

  it('writes entry ids in hex as MAPI has them', async () => {
    const hex = idIn(await client.call(convert('HexEntryId', alternate(item, 'EwsId'))));
    assert.match(hex, /^[0-9A-F]{140}$/);
    const base64 = idIn(await client.call(convert('EntryId', alternate(item, 'EwsId'))));
    assert.equal(Buffer.from(base64, 'base64').toString('hex').toUpperCase(), hex);
  });

  it('takes no store id that is cut short or longer than it says', async () => {
    const bytes = Buffer.from(idIn(await client.call(convert('StoreId', alternate(item, 'EwsId')))), 'base64');
    const broken = [bytes.subarray(0, -1), Buffer.concat([Buffer.of((bytes[0] ?? 0) + 1), bytes.subarray(1)])];
    const answer = await client.call(convert('EwsId', ...broken.map((one) => alternate(one.toString('base64'), 'StoreId'))));
    assert.deepEqual(answer.codes, ['ErrorInvalidIdMalformed', 'ErrorInvalidIdMalformed']);
  });

  it('answers for each id on its own', async () => {
    const answer = await client.call(
      convert(
        'EwsId',
        alternate(item, 'EwsId'),
        alternate('nonsense!', 'EwsId'),
        alternate('zz', 'HexEntryId'),
        alternate('AAAA', 'StoreId'),
        alternate('%', 'OwaId'),
        alternate('AAAA', 'EwsLegacyId'),
        alternate('', 'EwsId'),
        alternate('AAAA', 'HexEntryId', 'nobody@x.test'),
        '<t:AlternatePublicFolderId Format="EwsId" FolderId="AAAA"/>',
      ),
    );
    assert.deepEqual(answer.codes, [
      'NoError',
      ...Array.from({ length: 4 }, () => 'ErrorInvalidIdMalformed'),
      'ErrorInvalidIdMalformedEwsLegacyIdFormat',
      'ErrorInvalidIdEmpty',
      'ErrorNonExistentMailbox',
      'ErrorPublicFolderServerNotFound',
    ]);
  });

  it('tells of which mailbox an id of EWS is, whatever mailbox was named', async () => {
    for (const format of ['EwsId', 'EwsLegacyId']) {
      const source = idIn(await client.call(convert(format, alternate(inbox, 'EwsId'))));
      const answer = await client.call(convert('EwsId', alternate(source, format, 'blah@blah.com')));
      assert.deepEqual(child(answer.messages[0], 'AlternateId')?.attributes, { Format: 'EwsId', Id: inbox, Mailbox: owner.address });
    }
  });

  it('knows no entry id of an item that is gone', async () => {
    const { id } = idOf(await client.call(appointment('<t:Subject>y</t:Subject>')));
    await client.call(
      `<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone"><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:DeleteItem>`,
    );
    assert.deepEqual((await client.call(convert('EntryId', alternate(id, 'EwsId')))).codes, ['ErrorItemNotFound']);
  });
});
