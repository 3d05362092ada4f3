/** Validates EWS envelopes against Microsoft's schema. Where the schema is not on this machine, it says so instead of passing silently. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import amendments from './schema-amendments.json';

/** Where the schema lies; beside the project, not part of the repository. */
const schemaFolder = process.env['EWS_SCHEMA'] ?? join(__dirname, '..', '..', '..', 'shared', 'ews-schema');

const read = (name: string): string => readFileSync(join(schemaFolder, name), 'utf8');

/** Whether envelopes can be validated here. */
export const schemaAvailable = existsSync(join(schemaFolder, 'soap.xsd'));

/** The schema fixes the version it was made from; a request may name an older one. */
const anyVersion = (schema: string): string => schema.replace(' fixed="Exchange2016"', '');

/** True for answers that Microsoft's schema leaves out; what they should be, the simulator's own supplement says. */
export const isUndeclared = (response: string): boolean => amendments.undeclared.includes(response);

const amended = (schema: string): string =>
  Object.entries(amendments.types)
    .reduce((text, [name, type]) => text.replace(new RegExp(`(<xs:element name="${name}" type=")[^"]*`), `$1${type}`), schema)
    .replace('</xs:schema>', `${amendments.undeclared.map((name) => `<xs:element name="${name}"/>`).join('')}</xs:schema>`);

const files = (): readonly { readonly fileName: string; readonly contents: string }[] => [
  { fileName: 'types.xsd', contents: anyVersion(read('types.xsd')) },
  { fileName: 'messages.xsd', contents: amended(read('messages.xsd')) },
  { fileName: 'xml.xsd', contents: read('xml.xsd') },
];

/** In streams, Exchange (and the simulator) writes two elements in the namespace of messages that the schema has in that of types. */
const asSchemaHasIt = (envelope: string): string =>
  envelope
    .replace(/<m:Notifications>.*?<\/m:Notifications>/gs, (found) => found.replace(/(<\/?)m:Notification>/g, '$1t:Notification>'))
    .replace(/<m:ErrorSubscriptionIds>.*?<\/m:ErrorSubscriptionIds>/gs, (found) =>
      found.replace(/(<\/?)m:SubscriptionId\b/g, '$1t:SubscriptionId'),
    );

/**
 * What is wrong with the envelopes, one text per fault; empty when all are valid.
 * Call it with many envelopes at once: reading the schema takes longer than validating.
 */
export const schemaFaults = async (envelopes: readonly string[]): Promise<readonly string[]> => {
  const result = await validateXML({
    xml: envelopes.map((contents, index) => ({ fileName: `envelope-${index}.xml`, contents: asSchemaHasIt(contents) })),
    schema: [{ fileName: 'soap.xsd', contents: read('soap.xsd') }],
    preload: files(),
    initialMemoryPages: 1024,
    maxMemoryPages: 8192,
  });
  return result.errors.map((error) => error.rawMessage);
};
