import type { EwsError } from '../../errors';
import { m, type XmlElement } from '../../xml/element';

/** The ResponseMessage of the availability and out-of-office operations where all went well. */
export const succeeded: XmlElement = m('ResponseMessage', [m('ResponseCode', 'NoError')], { ResponseClass: 'Success' });

/** The ResponseMessage of a failure. */
export const failed = (error: EwsError): XmlElement =>
  m('ResponseMessage', [m('MessageText', error.message), m('ResponseCode', error.code), m('DescriptiveLinkKey', 0)], {
    ResponseClass: 'Error',
  });
