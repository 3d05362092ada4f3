import { lookUp, type Directory } from './target';

/** An answer of Autodiscover V2, which asks nobody for a login. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

const failed = (status: number, code: string, message: string): JsonAnswer => ({
  status,
  body: { ErrorCode: code, ErrorMessage: message },
});

const protocols: Readonly<Record<string, string>> = { ews: '/EWS/Exchange.asmx', autodiscoverv1: '/autodiscover/autodiscover.xml' };

/** Where a protocol of a mailbox is served. `address` comes from the query or the path. */
export function answerJson(directory: Directory, address: string | undefined, protocol: string | null): JsonAnswer {
  if (address === undefined || !address.includes('@'))
    return failed(400, 'InvalidEmailAddress', 'A valid smtp address must be provided in the Email parameter.');
  if (protocol === null || protocol === '')
    return failed(400, 'MandatoryParameterMissing', "A valid value must be provided for the query parameter 'Protocol'.");
  const path = Object.hasOwn(protocols, protocol.toLowerCase()) ? protocols[protocol.toLowerCase()] : undefined;
  if (path === undefined)
    return failed(
      400,
      'InvalidProtocol',
      `The given protocol value '${protocol.slice(0, 50)}' is invalid. Supported values are 'AutodiscoverV1,Ews'.`,
    );
  const target = lookUp(directory, address);
  if ('redirectUrl' in target) return { status: 200, body: { Protocol: protocol, Url: new URL(path, target.redirectUrl).href } };
  if (!('mailbox' in target)) return failed(404, 'UserNotFound', 'The given user is not found');
  return { status: 200, body: { Protocol: protocol, Url: directory.baseUrl() + path } };
}
