/** Nodes that speak a language: the test helper itself loads no catalogues. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI, NodeInitializer } from 'node-red';

const folders = { de: 'de', en: 'en-US' } as const;
const namespace = '@exchange-erp/node-red-sync/';

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The text of a key such as `@exchange-erp/node-red-sync/ews-config:status.ready`; the key itself where there is none. */
const translate = (language: keyof typeof folders, key: string, params: Readonly<Record<string, unknown>>): string => {
  const [type = '', place = ''] = key.slice(namespace.length).split(':');
  const file = path.join(__dirname, '..', '..', '..', 'nodes', 'locales', folders[language], `${type}.json`);
  const catalogue: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const text = place.split('.').reduce(propertyOf, catalogue);
  return typeof text === 'string' ? text.replaceAll(/__(\w+?)__/g, (_, name: string) => String(params[name])) : key;
};

/** A node as Node-RED runs it in a language. */
export const speaking =
  (language: keyof typeof folders, node: NodeInitializer): NodeInitializer =>
  (RED) => {
    const _ = (key: string, params: Readonly<Record<string, unknown>> = {}) => translate(language, key, params);
    const speaker: NodeAPI = { ...RED, _ };
    return node(speaker);
  };
