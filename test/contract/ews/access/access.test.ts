import assert from 'node:assert/strict';
import { authorization, colleague, folder, impersonate, owner, service, soap, startClient, type Client } from '../harness';

const getCalendar = `<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>${folder('calendar')}</m:FolderIds></m:GetFolder>`;
const calendarOf = (address: string): string =>
  getCalendar.replace(
    '<t:DistinguishedFolderId Id="calendar"/>',
    `<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`,
  );

describe('EWS access and requests', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  it('refuses a wrong password with 401 and a Basic challenge', async () => {
    const response = await fetch(client.simulator.url, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', authorization: authorization({ ...owner, password: 'wrong' }) },
      body: soap(getCalendar),
    });
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate') ?? '', /Basic realm/);
  });

  it('accepts a password with a colon', async () => assert.deepEqual((await client.call(getCalendar)).codes, ['NoError']));

  for (const kind of ['PrimarySmtpAddress', 'SmtpAddress', 'PrincipalName'])
    it(`lets a service account impersonate by ${kind}, whatever the case`, async () => {
      const answer = await client.call(getCalendar, { as: service, header: impersonate('ANNA@x.test', kind) });
      assert.deepEqual(answer.codes, ['NoError']);
    });

  const refused: readonly (readonly [string, { address: string; password: string }, string, string])[] = [
    ['an ordinary user impersonates another', owner, impersonate('bob@x.test'), 'ErrorImpersonateUserDenied'],
    ['a service account impersonates an unknown mailbox', service, impersonate('nobody@x.test'), 'ErrorNonExistentMailbox'],
  ];
  for (const [name, as, header, code] of refused)
    it(`answers ${code} as a fault where ${name}`, async () => {
      const answer = await client.call(getCalendar, { as, header });
      assert.deepEqual([answer.status, answer.body.name, answer.codes], [500, 'Fault', [code]]);
    });

  it('opens another mailbox by address for a service account and for nobody else', async () => {
    assert.deepEqual((await client.call(calendarOf('anna@x.test'), { as: service })).codes, ['NoError']);
    assert.deepEqual((await client.call(calendarOf('anna@x.test'), { as: colleague })).codes, ['ErrorFolderNotFound']);
    assert.deepEqual((await client.call(calendarOf('nobody@x.test'))).codes, ['ErrorNonExistentMailbox']);
  });

  const malformed: readonly (readonly [string, string])[] = [
    ['text that is not XML', 'hello'],
    ['a truncated document', soap(getCalendar).slice(0, -40)],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${soap(getCalendar).slice(38)}`],
    ['an unknown entity', soap(getCalendar.replace('Default', '&nope;'))],
    ['a control character', soap(getCalendar.replace('Default', 'Default&#x1;'))],
    ['a missing required attribute', soap('<m:FindItem/>')],
    [
      'an element out of order',
      soap(
        `<m:GetFolder><m:FolderIds>${folder('inbox')}</m:FolderIds><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape></m:GetFolder>`,
      ),
    ],
    ['a value outside its enumeration', soap(getCalendar.replace('Default', 'Everything'))],
    ['an unknown distinguished folder', soap(getCalendar.replace('calendar', 'kalender'))],
    ['nesting without end', soap('<m:GetFolder>'.repeat(1000))],
  ];
  for (const [name, text] of malformed)
    it(`answers ErrorSchemaValidation to ${name}`, async () => {
      const answer = await client.post(text);
      assert.equal(answer.status, 500);
      assert.match(answer.text, /<ResponseCode[^>]*>ErrorSchemaValidation</);
    });

  it('answers operations that do not exist with ErrorInvalidRequest', async () => {
    assert.deepEqual((await client.call('<m:DoMagic/>')).codes, ['ErrorInvalidRequest']);
  });

  it('refuses a request above the size limit with 413', async () => {
    const response = await fetch(client.simulator.url, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', authorization: authorization(owner) },
      body: Buffer.alloc(36 * 1024 * 1024, 32),
    }).catch(() => undefined);
    assert.ok(response === undefined || response.status === 413);
    assert.deepEqual((await client.call(getCalendar)).codes, ['NoError']);
  });

  it('answers GET to the service with something sensible and unknown paths with 404', async () => {
    assert.equal((await fetch(client.simulator.url, { headers: { authorization: authorization(owner) } })).status, 200);
    assert.equal((await fetch(client.simulator.url)).status, 401);
    assert.equal((await fetch(`${client.simulator.pageUrl}nothing/here`)).status, 404);
  });
});

describe('EWS GetFolder', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  for (const [name, element] of [
    ['calendar', 'CalendarFolder'],
    ['tasks', 'TasksFolder'],
    ['contacts', 'ContactsFolder'],
    ['inbox', 'Folder'],
    ['sentitems', 'Folder'],
    ['drafts', 'Folder'],
    ['deleteditems', 'Folder'],
    ['msgfolderroot', 'Folder'],
    ['root', 'Folder'],
  ] as const)
    it(`knows ${name} as a ${element} with all its properties`, async () => {
      const answer = await client.call(getCalendar.replace('calendar', name).replace('Default', 'AllProperties'));
      assert.deepEqual(answer.codes, ['NoError']);
      assert.equal(answer.messages[0]?.children.at(-1)?.children[0]?.name, element);
    });

  it('answers each folder for itself: one error does not spoil the others', async () => {
    const answer = await client.call(getCalendar.replace(folder('calendar'), `<t:FolderId Id="bm9uc2Vuc2U="/>${folder('tasks')}`));
    assert.deepEqual(answer.codes, ['ErrorInvalidIdMalformed', 'NoError']);
  });
});
