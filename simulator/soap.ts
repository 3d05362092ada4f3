import type { EwsError } from './errors';
import { other, t, namespaces, type XmlElement } from './xml/element';
import { writeXml } from './xml/write';

const declarations = Object.entries(namespaces)
  .filter(([prefix]) => prefix !== 'e')
  .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  .join('');

const versionInfo = t('ServerVersionInfo', '', {
  MajorVersion: 15,
  MinorVersion: 1,
  MajorBuildNumber: 2507,
  MinorBuildNumber: 6,
  Version: 'V2017_07_11',
});

/** A whole SOAP answer around a response element. */
export const envelope = (body: XmlElement): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope${declarations}>${writeXml(other('s', 'Header', [versionInfo]))}${writeXml(other('s', 'Body', [body]))}</s:Envelope>`;

const inErrors = (name: string, text: string): XmlElement => other(namespaces.e, name, text);

/** A SOAP fault as Exchange writes it: the code stands in the fault code and in the detail. */
export function faultEnvelope(error: EwsError): string {
  const detail = other('', 'detail', [
    inErrors('ResponseCode', error.code),
    inErrors('Message', error.message),
    error.messageXml.length > 0 ? t('MessageXml', error.messageXml) : undefined,
  ]);
  const fault = other('s', 'Fault', [
    other('', 'faultcode', `t:${error.code}`),
    other('', 'faultstring', error.message, { 'xml:lang': 'en-US' }),
    detail,
  ]);
  return envelope(fault);
}

/**
 * One envelope of a stream. Exchange writes these through another writer than its other answers: the envelope without a prefix, header and
 * body with `soap11`; clients that look for the text `<Envelope` depend on it.
 */
export const streamEnvelope = (body: XmlElement): string => {
  const soap = namespaces.s;
  return (
    `<?xml version="1.0" encoding="utf-8"?><Envelope xmlns="${soap}" xmlns:t="${namespaces.t}" xmlns:m="${namespaces.m}">` +
    `<soap11:Header xmlns:soap11="${soap}">${writeXml(versionInfo)}</soap11:Header><soap11:Body xmlns:soap11="${soap}">${writeXml(body)}</soap11:Body></Envelope>`
  );
};

/** A request that the server itself sends, as Exchange writes those. */
export const requestEnvelope = (body: XmlElement): string => {
  const header = t('RequestServerVersion', '', { Version: 'Exchange2016' });
  return (
    `<?xml version="1.0" encoding="utf-8"?><soap11:Envelope xmlns:soap11="${namespaces.s}" xmlns:t="${namespaces.t}" xmlns:m="${namespaces.m}">` +
    `<soap11:Header>${writeXml(header)}</soap11:Header><soap11:Body>${writeXml(body)}</soap11:Body></soap11:Envelope>`
  );
};
