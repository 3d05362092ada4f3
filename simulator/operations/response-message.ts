import type { EwsError } from '../errors';
import { m, type XmlElement } from '../xml/element';

/** What a response message holds; absent parts are left out. */
export type Parts = readonly (XmlElement | undefined)[];

/** A response message (or a response that is one itself) that says NoError. */
export const succeeded = (element: string, content: Parts = []): XmlElement =>
  m(element, [m('ResponseCode', 'NoError'), ...content], { ResponseClass: 'Success' });

/** One that carries an error; what the schema still wants behind it comes in `content`. */
export const failed = (element: string, error: EwsError, content: Parts = []): XmlElement =>
  m(
    element,
    [
      m('MessageText', error.message),
      m('ResponseCode', error.code),
      m('DescriptiveLinkKey', 0),
      error.messageXml.length > 0 ? m('MessageXml', error.messageXml) : undefined,
      ...content,
    ],
    { ResponseClass: 'Error' },
  );
