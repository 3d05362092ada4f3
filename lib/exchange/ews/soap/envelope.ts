/**
 * The SOAP envelope around a request.
 * https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/impersonation-and-ews-in-exchange
 */
import { messagesNamespace, soapNamespace, typesNamespace } from '../namespaces';
import { composeDocument, element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';

/** What stands in the header. */
export interface EnvelopeHeader {
  /** SMTP address of the mailbox to act in by impersonation; null for none. */
  readonly impersonated: string | null;
  /** Windows zone in which times without one are meant. */
  readonly windowsZone: string;
}

const impersonation = (address: string): XmlNode =>
  element('t:ExchangeImpersonation', {}, element('t:ConnectingSID', {}, element('t:PrimarySmtpAddress', {}, address)));

/**
 * A whole request as text. Exchange 2013 SP1 is the oldest version with everything that is asked for.
 * @throws SyncError `text-not-representable`
 */
export const composeEnvelope = (request: XmlNode, { impersonated, windowsZone }: EnvelopeHeader): string =>
  composeDocument(
    element(
      's:Envelope',
      { 'xmlns:s': soapNamespace, 'xmlns:t': typesNamespace, 'xmlns:m': messagesNamespace },
      element(
        's:Header',
        {},
        element('t:RequestServerVersion', { Version: 'Exchange2013_SP1' }),
        impersonated === null ? null : impersonation(impersonated),
        element('t:TimeZoneContext', {}, element('t:TimeZoneDefinition', { Id: windowsZone })),
      ),
      element('s:Body', {}, request),
    ),
  );
