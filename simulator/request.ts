import { EwsError } from './errors';
import { isIntroduced } from './schema/introduced';
import { isDeclared, SchemaError, validateElement } from './schema/validate';
import { requestVersion, type Release } from './version';
import { child, t, type XmlElement } from './xml/element';
import { parseXml, XmlError } from './xml/parse';

/** A request that is XML and follows the schema: its operation's name, header and request element. */
export interface SoapRequest {
  readonly operation: string;
  readonly header: XmlElement | undefined;
  readonly body: XmlElement;
}

const schemaFault = (message: string): EwsError =>
  new EwsError('ErrorSchemaValidation', {
    text: `The request failed schema validation: ${message}`,
    // The place is not known here.
    messageXml: [t('LineNumber', 0), t('LinePosition', 0), t('Violation', message)],
  });

const checkVersion = (header: XmlElement | undefined, request: XmlElement, release: Release): void => {
  const given = child(header, 'RequestServerVersion');
  const text = given?.attributes['Version'];
  if (given && text === undefined) throw new SchemaError("The required attribute 'Version' is missing.");
  // Without a version a request counts as one of Exchange 2007.
  const version = requestVersion(text ?? 'Exchange2007', release);
  if (version === undefined) throw new EwsError('ErrorInvalidServerVersion');
  if (!isIntroduced(request, version)) throw new EwsError('ErrorIncorrectSchemaVersion');
};

const checkHeader = (header: XmlElement | undefined): void => {
  const known = new Set<string>();
  for (const part of header?.children ?? []) {
    if (part.ns !== 't' || !isDeclared(part)) continue;
    if (known.has(part.name)) throw new EwsError('ErrorDuplicateSOAPHeader');
    known.add(part.name);
    if (part.name !== 'RequestServerVersion') validateElement(part);
  }
};

/** Reads and checks a request to a release; what is wrong with it is thrown as the fault that Exchange answers with. */
export function readRequest(text: string, release: Release): SoapRequest {
  try {
    const root = parseXml(text);
    const header = child(root, 'Header');
    const body = child(root, 'Body')?.children;
    const request = body?.[0];
    if (root.name !== 'Envelope' || root.ns !== 's' || !request || body.length > 1)
      throw new SchemaError('The SOAP envelope is not valid.');
    if (!isDeclared(request) || request.ns !== 'm')
      throw new EwsError('ErrorInvalidRequest', { text: `The operation '${request.name.slice(0, 100)}' is not known.` });
    checkHeader(header);
    checkVersion(header, request, release);
    validateElement(request);
    return { operation: request.name, header, body: request };
  } catch (error) {
    if (error instanceof SchemaError || error instanceof XmlError) throw schemaFault(error.message.slice(0, 500));
    throw error;
  }
}
