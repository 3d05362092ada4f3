/** Bodies as HTML, from an ERP column that holds HTML to the mailbox and back (requirement D11), through the shipped flow. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../testing/wait';
import { shippedFlow, withChanges } from '../support/shipped-flow';
import { employees, packageFolder, service, startSite } from '../support/site';
import type { Site } from '../support/site';

const [anna] = employees;
const rich = { rules: [{ kind: 'appointment', exchange: 'bodyHtml', erp: 'bodyHtml', direction: 'both' }] };
const flow = withChanges(shippedFlow('bidirectional-sync.json'), {
  'sync-exchange': { bodies: 'rich' },
  'sync-map-in': rich,
  'sync-map-out': rich,
});

/** The reference mapping, whose bodies of appointments and tasks hold HTML; exceptions hold text. */
const mapping = (): string =>
  readFileSync(path.join(packageFolder, 'docs', 'mappings', 'reference.json'), 'utf8').replaceAll(
    /^( {6}"body": \{\s*"column": "body",\s*"format": )"plain"/gm,
    (_, before: string) => `${before}"rich"`,
  );

describe('rich text', () => {
  let site: Site;
  const bodyInErp = (subject: string) => String(site.erp.prepare('SELECT body FROM appointment WHERE subject = ?').get(subject)?.['body']);
  const item = (subject: string) => site.simulator.items(anna, 'calendar').find((one) => one.subject === subject);
  /** An appointment as Outlook makes it. */
  const makeInOutlook = async (subject: string, html: string) => {
    const escaped = html.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const response = await fetch(site.simulator.url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${service.address}:${service.password}`)}`, 'content-type': 'text/xml; charset=utf-8' },
      body: `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
        xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><soap:Header><t:RequestServerVersion Version="Exchange2013_SP1"/>
        <t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>${anna}</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>
        <soap:Body><m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>${subject}</t:Subject>
        <t:Body BodyType="HTML">${escaped}</t:Body><t:Start>2026-12-02T09:00:00Z</t:Start><t:End>2026-12-02T10:00:00Z</t:End>
        </t:CalendarItem></m:Items></m:CreateItem></soap:Body></soap:Envelope>`,
    });
    assert.match(await response.text(), /NoError/);
  };
  before(async function () {
    this.timeout(60_000);
    site = await startSite(flow, { environment: { ERP_MAPPING: mapping() } });
    await until('the streams are open', () => site.simulator.requests.count('GetStreamingEvents') > 0, 30_000);
  });
  after(() => site.stop());

  it('of an appointment made in Outlook stays formatted in the ERP, and a change there comes back formatted', async () => {
    await makeInOutlook('offer', '<html><body><p>Please <b>sign</b></p></body></html>');
    await until('it is in the ERP', () => bodyInErp('offer').includes('<b>sign</b>'));
    await site.quiet();
    site.erp.prepare("UPDATE appointment SET body = '<p>Please <i>read</i></p>' WHERE subject = 'offer'").run();
    await until('it is in the mailbox', () => item('offer')?.body.includes('read'));
    await site.quiet();
    const writes = site.simulator.requests.writes();
    site.erp.prepare("UPDATE appointment SET location = 'Room 1' WHERE subject = 'offer'").run();
    await until('the place is in the mailbox', () => item('offer')?.location === 'Room 1');
    await site.quiet();
    assert.equal(bodyInErp('offer'), '<p>Please <i>read</i></p>', 'another field leaves the text alone');
    assert.equal(site.simulator.requests.writes() - writes, 1, 'nothing comes back as an echo');
  });

  it('a plain text of either side is text on the other', async () => {
    site.erp
      .prepare(
        "INSERT INTO appointment (employee_id, subject, body, start_at, end_at) VALUES (1, 'plain', 'a & b', '2026-12-01 09:00:00', '2026-12-01 10:00:00')",
      )
      .run();
    await until('it is in the mailbox', () => item('plain')?.body.trim() === 'a & b');
    await site.quiet();
    assert.equal(bodyInErp('plain'), 'a & b');
    site.simulator.update(anna, item('plain')?.id ?? '', { kind: 'appointment', body: 'a < b' });
    await until('it is in the ERP', () => bodyInErp('plain').includes('a &lt; b'));
    await site.quiet();
    assert.deepEqual(site.errors, []);
  });
});
