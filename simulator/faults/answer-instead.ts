import type { ServerResponse } from 'node:http';
import { EwsError } from '../errors';
import { envelope, faultEnvelope } from '../soap';
import type { ServerVersion } from '../version';
import { t, type XmlElement } from '../xml/element';
import type { FaultAction } from './fault';
import { failedResponse } from './failed-response';

/** How Exchange writes an error that says when to come back. */
const busyError = (backOffMs: number | undefined): EwsError =>
  new EwsError('ErrorServerBusy', {
    messageXml: backOffMs === undefined ? [] : [t('Value', backOffMs, { Name: 'BackOffMilliseconds' })],
  });

/** What a fault answers to: the request element, where the request could be read, and for which release. */
export interface Concerned {
  readonly request: XmlElement | undefined;
  readonly version: ServerVersion;
}

const page = '<!DOCTYPE html><html><body><h1>Not Exchange</h1><br>unclosed</html>';

const xml = { 'content-type': 'text/xml; charset=utf-8' };

const sendFault = (response: ServerResponse, status: number, error: EwsError): true => {
  response.writeHead(status, xml).end(faultEnvelope(error));
  return true;
};

/** A 200 whose messages all failed; a SOAP fault where the operation knows no messages. */
const sendFailed = (response: ServerResponse, { request, version }: Concerned, error: EwsError): true => {
  const failed = request && failedResponse(request, error);
  if (!failed) return sendFault(response, 500, error);
  response.writeHead(200, xml).end(envelope(failed, version));
  return true;
};

/** Answers in place of the operation; false where the action leaves the request to be carried out. */
export function answerInstead(action: FaultAction, concerned: Concerned, response: ServerResponse): boolean {
  switch (action.kind) {
    case 'dropBefore':
      response.destroy();
      return true;
    case 'noAnswer':
      return true;
    case 'html500':
      response.writeHead(500, { 'content-type': 'text/html' }).end(page);
      return true;
    case 'html200':
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      return true;
    case 'redirect':
      response.writeHead(302, { location: action.location ?? '/owa/auth/logon.aspx', 'content-type': 'text/html' }).end(page);
      return true;
    case 'unauthorized':
      response.writeHead(401, { 'www-authenticate': 'Basic realm="simulator"' }).end();
      return true;
    case 'busy':
      return action.as === 'messages'
        ? sendFailed(response, concerned, busyError(action.backOffMs))
        : sendFault(response, action.as === 'fault' ? 500 : 503, busyError(action.backOffMs));
    case 'soapFault':
      return sendFault(response, 500, new EwsError(action.code));
    case 'responseCode':
      return sendFailed(response, concerned, new EwsError(action.code));
    case 'quotaExceeded':
      return sendFailed(response, concerned, new EwsError('ErrorQuotaExceeded'));
    case 'largeBatch':
      return sendFault(response, 500, new EwsError('ErrorTimeoutExpired'));
    case 'silentStream':
      response.writeHead(200, { ...xml, 'transfer-encoding': 'chunked' });
      response.flushHeaders();
      return true;
    default:
      return false;
  }
}
