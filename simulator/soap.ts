import type { EwsError } from './errors';
import type { ServerVersion } from './version';
import { other, t, namespaces, type XmlElement } from './xml/element';
import { writeXml } from './xml/write';

const declarations = Object.entries(namespaces)
  .filter(([prefix]) => prefix !== 'e')
  .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  .join('');

const versionInfo = ({ major, minor, build, revision, schema }: ServerVersion): XmlElement =>
  t('ServerVersionInfo', '', {
    MajorVersion: major,
    MinorVersion: minor,
    MajorBuildNumber: build,
    MinorBuildNumber: revision,
    Version: schema,
  });

const whole = (...parts: readonly XmlElement[]): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope${declarations}>${parts.map(writeXml).join('')}</s:Envelope>`;

/** A whole SOAP answer around a response element. */
export const envelope = (body: XmlElement, version: ServerVersion): string =>
  whole(other('s', 'Header', [versionInfo(version)]), other('s', 'Body', [body]));

const inErrors = (name: string, text: string): XmlElement => other(namespaces.e, name, text);

/** A SOAP fault as Exchange writes it: the code stands in the fault code and in the detail; there is no header. */
export function faultEnvelope(error: EwsError): string {
  const detail = other('', 'detail', [
    inErrors('ResponseCode', error.code),
    inErrors('Message', error.code === 'ErrorSchemaValidation' ? 'The request failed schema validation.' : error.message),
    error.messageXml.length > 0 ? t('MessageXml', error.messageXml) : undefined,
  ]);
  const fault = other('s', 'Fault', [
    other('', 'faultcode', `t:${error.code}`),
    other('', 'faultstring', error.message, { 'xml:lang': 'en-US' }),
    detail,
  ]);
  return whole(other('s', 'Body', [fault]));
}

/**
 * One envelope of a stream. Exchange writes these through another writer than its other answers: the envelope without a prefix, header and
 * body with `soap11`; clients that look for the text `<Envelope` depend on it.
 */
export const streamEnvelope = (body: XmlElement, version: ServerVersion): string => {
  const soap = namespaces.s;
  return (
    `<?xml version="1.0" encoding="utf-8"?><Envelope xmlns="${soap}" xmlns:t="${namespaces.t}" xmlns:m="${namespaces.m}">` +
    `<soap11:Header xmlns:soap11="${soap}">${writeXml(versionInfo(version))}</soap11:Header><soap11:Body xmlns:soap11="${soap}">${writeXml(body)}</soap11:Body></Envelope>`
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
