import type { EwsError } from '../errors';
import { m, type XmlElement } from '../xml/element';

type Parts = readonly (XmlElement | undefined)[];

/** The response of an operation that has no list of messages, but is one itself. */
export const singleSuccess = (name: string, content: Parts = []): XmlElement =>
  m(`${name}Response`, [m('ResponseCode', 'NoError'), ...content], { ResponseClass: 'Success' });

/** The same where it failed; what the schema wants even then comes in `content`. */
export const singleFailure = (name: string, error: EwsError, content: Parts = []): XmlElement =>
  m(`${name}Response`, [m('MessageText', error.message), m('ResponseCode', error.code), m('DescriptiveLinkKey', 0), ...content], {
    ResponseClass: 'Error',
  });
