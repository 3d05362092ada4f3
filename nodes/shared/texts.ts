/** Texts for people, from the locale catalogues. Shared texts live in the catalogue of `ews-config`. */
import type { NodeAPI } from 'node-red';
import type { MappingFault } from '../../lib/erp/schema/mapping-faults';
import type { ErrorParams, SyncError } from '../../lib/model/error';

/** Catalogue that carries the texts every node of the pack uses. */
const catalogue = '@exchange-erp/node-red-sync/ews-config';

/** A text by its key; `fallback` where the catalogue has none. */
export const textOf = (RED: NodeAPI, key: string, params: ErrorParams = {}, fallback = key): string => {
  const text = RED._(`${catalogue}:${key}`, { ...params });
  return text === key || text === `${catalogue}:${key}` ? fallback : text;
};

/** What an error says in the language of the server; in English its own message, which is the most exact. */
export const errorText = (RED: NodeAPI, error: SyncError): string =>
  textOf(RED, `error.${error.code}`, { ...error.params, message: error.message }, error.message);

/** What a fault of a schema mapping says in the language of the server. */
export const faultText = (RED: NodeAPI, { code, params, message }: MappingFault): string =>
  textOf(RED, `mapping-fault.${code}`, { ...params, message }, message);

/** An error as Node-RED shows it and hands it to catch nodes: text in the server's language, `code` for flows. */
export const shownError = (RED: NodeAPI, error: SyncError): Error & { code: string } => {
  const shown = new Error(errorText(RED, error));
  // Without a name the text of the error is its message alone.
  return Object.assign(shown, { name: '', code: error.code });
};
