import assert from 'node:assert/strict';
import { createItem, folder, startClient, type Client } from '../harness';
import { compare, field, find, sorted, subjectsOf } from './requests';

const mailbox = (element: string, name: string, address: string): string =>
  `<t:${element}><t:Mailbox><t:Name>${name}</t:Name><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:${element}>`;
const attached = (name: string): string =>
  `<t:Attachments><t:FileAttachment><t:Name>${name}</t:Name><t:Content>eA==</t:Content></t:FileAttachment></t:Attachments>`;

// Wednesday.
const start = Date.UTC(2026, 2, 4, 12);
const day = 86_400_000;

/** Subject, what else the item has, and how many days before now it came. */
const messages: readonly (readonly [string, string, number])[] = [
  ['Project plan', mailbox('ToRecipients', 'Sadie Daniels', 'sadie@x.test'), 0],
  [
    'Please send me the plan for our project',
    `<t:Importance>High</t:Importance>${mailbox('CcRecipients', 'Ronnie Sturgis', 'ronnie@y.test')}`,
    1,
  ],
  ['December sales projections', '<t:Categories><t:String>Sales figures</t:String></t:Categories>', 9],
  ['Grüße', `<t:Body BodyType="Text">progress of the production line</t:Body><t:IsRead>false</t:IsRead>`, 40],
];

describe('EWS FindItem, query strings', () => {
  let client: Client;
  before(async () => {
    let now = start;
    client = await startClient({ now: () => new Date(now) });
    const save = `<m:SavedItemFolderId>${folder('inbox')}</m:SavedItemFolderId>`;
    for (const [subject, rest, age] of [...messages].reverse()) {
      now = start - age * day;
      const [attachments, body, others] = [/<t:Attachments>.*<\/t:Attachments>/, /<t:Body.*<\/t:Body>/, /.*/].map(
        (part) => part.exec(rest)?.[0] ?? '',
      );
      const ordered = `<t:Subject>${subject}</t:Subject>${body ?? ''}${attachments ?? ''}${(others ?? '').replace(body ?? '', '').replace(attachments ?? '', '')}`;
      const answer = await client.call(createItem(`<t:Message>${ordered}</t:Message>`, '', save));
      assert.deepEqual(answer.codes, ['NoError'], answer.text);
    }
    now = start;
    const report = `<t:Subject>With a file</t:Subject>${attached('quarterly report.txt')}`;
    await client.call(createItem(`<t:Task>${report}</t:Task>`, '', save));
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  const [plan, send, sales, greetings] = messages.map(([subject]) => subject);
  const file = 'With a file';
  const cases: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ['plan', [plan, send]],
    ['PROJ', [sales, plan, send]],
    ['&quot;project&quot;', [plan, send]],
    ['&quot;project plan&quot;', [plan]],
    ['&quot;project pl&quot;*', [plan]],
    ['roject', []],
    ['subject:projections', [sales]],
    ['subject:(plan please)', [send]],
    ['subject:(sales OR please)', [sales, send]],
    ['grusse OR grüße', [greetings]],
    ['body:progress', [greetings]],
    ['content:&quot;production line&quot;', [greetings]],
    ['progress plan', []],
    ['to:sadie', [plan]],
    ['to:&quot;Sadie Daniels&quot;', [plan]],
    ['cc:ronnie', [send]],
    ['participants:sturgis', [send]],
    ['participants:&quot;@y.test&quot;', [send]],
    ['category:sales', [sales]],
    ['importance:high', [send]],
    ['isread:FALSE', [greetings]],
    ['hasattachment:true', [file]],
    ['attachment:report', [file]],
    ['attachment:invoice', []],
    ['kind:tasks', [file]],
    ['kind:email', [sales, greetings, send, plan]],
    ['kind:nonsense', []],
    ['project NOT please', [sales, plan]],
    ['project -please', [sales, plan]],
    ['NOT kind:tasks NOT project', [greetings]],
    ['subject:plan AND cc:ronnie', [send]],
    ['subject:sales OR (subject:plan NOT to:sadie)', [sales, send]],
    ['received:today', [plan, file]],
    ['received:yesterday', [send]],
    ['received:this week', [send, plan, file]],
    ['received:last week', [sales]],
    ['received:&quot;last month&quot;', [sales]],
    ['received:February', [sales]],
    ['received:Tuesday', [send]],
    ['received:2026-03-03', [send]],
    ['received:3/3/2026', [send]],
    ['received:March 3, 2026', [send]],
    ['received:2026-02-01..2026-02-28', [sales]],
    ['received:2/1/2026..yesterday', [sales, send]],
    ['received:&gt;=yesterday', [send, plan, file]],
    ['received:&gt;yesterday', [plan, file]],
    ['received:&lt;2/1/2026', [greetings]],
    ['sent:&lt;=2026-02-23', [sales, greetings]],
    ['received:someday', []],
    ['size:&gt;1..', []],
    ['size:&gt;0', [sales, greetings, send, plan, file]],
    ['http://nowhere', []],
    ['(project', [sales, plan, send]],
    [') project', [sales, plan, send]],
    ['NOT', [sales, greetings, send, plan, file]],
  ];
  for (const [query, expected] of cases)
    it(`finds ${query
      .replace(/&quot;/g, '"')
      .replace(/&gt;/g, '>')
      .replace(/&lt;/g, '<')}`, async () => {
      const answer = await client.call(find('inbox', { query, order: sorted(field('item:Subject')) }));
      assert.deepEqual(answer.codes, ['NoError'], answer.text);
      assert.deepEqual([...subjectsOf(answer)].sort(), [...expected].sort());
    });

  it('takes the attributes of later versions', async () => {
    const request = find('inbox', { query: 'plan' }).replace(
      '<m:QueryString>',
      '<m:QueryString ResetCache="true" ReturnDeletedItems="false" ReturnHighlightTerms="false">',
    );
    assert.deepEqual((await client.call(request)).codes, ['NoError']);
  });

  it('takes no restriction beside a query string', async () => {
    const restriction = compare('IsEqualTo', field('item:Subject'), 'x');
    assert.deepEqual((await client.call(find('inbox', { query: 'plan', restriction }))).codes, ['ErrorInvalidOperation']);
  });
});
