/**
 * Validates every answer of the simulator and every request of our client that a test run recorded against Microsoft's EWS schema.
 * The schema is no part of the repository; where it is absent, that is said.
 */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { validateXML } from 'xmllint-wasm';

/** Beside the project, where it is there at all. */
const schemaFolder = process.env.EWS_SCHEMA ?? path.join(import.meta.dirname, '..', '..', 'shared', 'ews-schema');
const batchBytes = 4 * 1024 * 1024;
const read = (name) => readFileSync(path.join(schemaFolder, name), 'utf8');

const amendments = JSON.parse(readFileSync(new URL('../test/support/schema-amendments.json', import.meta.url), 'utf8'));

const amended = (schema) =>
  Object.entries(amendments.types)
    .reduce((text, [name, type]) => text.replace(new RegExp(`(<xs:element name="${name}" type=")[^"]*`), `$1${type}`), schema)
    .replace('</xs:schema>', `${amendments.undeclared.map((name) => `<xs:element name="${name}"/>`).join('')}</xs:schema>`);

/** The envelopes of one answer: a stream holds many, and a test may have cut one off on purpose. */
const envelopesIn = (text) => text.split(/(?=<\?xml )/).filter((part) => /<\/(?:\w+:)?Envelope>\s*$/.test(part));

/** Exchange writes control characters as references that XML 1.0 does not know; our client reads them, libxml does not. */
const withoutControls = (text) => text.replace(/&#x(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef]);/gi, '?');

/** In streams, Exchange (and the simulator) writes two elements in the namespace of messages that the schema has in that of types. */
const asSchemaHasIt = (envelope) =>
  envelope
    .replace(/<m:Notifications>.*?<\/m:Notifications>/gs, (found) => found.replace(/(<\/?)m:Notification>/g, '$1t:Notification>'))
    .replace(/<m:ErrorSubscriptionIds>.*?<\/m:ErrorSubscriptionIds>/gs, (found) =>
      found.replace(/(<\/?)m:SubscriptionId\b/g, '$1t:SubscriptionId'),
    );

async function* recorded(folder) {
  for (const name of await readdir(folder))
    for await (const line of createInterface({ input: createReadStream(path.join(folder, name)) })) {
      // A killed process may leave half a line.
      if (!line.endsWith('"}')) continue;
      const { kind, text } = JSON.parse(line);
      for (const envelope of envelopesIn(text)) yield { kind, envelope: asSchemaHasIt(withoutControls(envelope)) };
    }
}

const validate = async (batch) => {
  // The schema fixes the version it was made from; a request may name an older one.
  const preload = ['types.xsd', 'messages.xsd', 'xml.xsd'].map((fileName) => ({
    fileName,
    contents: fileName === 'messages.xsd' ? amended(read(fileName)) : read(fileName).replace(' fixed="Exchange2016"', ''),
  }));
  const { errors } = await validateXML({
    xml: batch.map(({ kind, envelope }, index) => ({ fileName: `${kind}-${index}.xml`, contents: envelope })),
    schema: [{ fileName: 'soap.xsd', contents: read('soap.xsd') }],
    preload,
    initialMemoryPages: 2048,
    maxMemoryPages: 16_384,
  });
  return errors.flatMap(({ rawMessage }) => {
    // Further lines of a fault quote the place.
    const [, index] = /^(?:request|response)-(\d+)\.xml/.exec(rawMessage) ?? [];
    return index === undefined ? [] : [`${rawMessage}\n    ${batch[Number(index)]?.envelope.slice(0, 2_000)}`];
  });
};

/** Answers how many envelopes were valid, and the faults of the others; null where the schema is absent. */
export const validateEnvelopes = async (folder) => {
  if (!existsSync(path.join(schemaFolder, 'soap.xsd'))) return null;
  const counts = { request: 0, response: 0 };
  const faults = [];
  let batch = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length > 0) faults.push(...(await validate(batch)));
    batch = [];
    bytes = 0;
  };
  for await (const one of recorded(folder)) {
    counts[one.kind] += 1;
    batch.push(one);
    bytes += one.envelope.length;
    if (bytes > batchBytes || batch.length >= 500) await flush();
  }
  await flush();
  return { counts, faults };
};
