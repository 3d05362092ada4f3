/** Every text exists in both languages, and every text that is asked for exists. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const nodesFolder = path.join(root, 'nodes');
const languages = ['en-US', 'de'] as const;
const shared = '@exchange-erp/node-red-sync/ews-config:';

const read = (...parts: string[]): string => readFileSync(path.join(root, ...parts), 'utf8');
const types = readdirSync(nodesFolder)
  .filter((name) => name.endsWith('.html'))
  .map((name) => path.basename(name, '.html'));

/** Keys with their texts, `a.b.c`. */
const flatten = (value: unknown, prefix = ''): readonly (readonly [string, string])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => flatten(inner, prefix === '' ? key : `${prefix}.${key}`))
    : [[prefix, String(value)]];

const catalogue = (language: string, type: string): ReadonlyMap<string, string> =>
  new Map(flatten(JSON.parse(read('nodes', 'locales', language, `${type}.json`))));

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));

const matches = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** Codes of every SyncError in lib, nodes and the command line. */
const errorCodes = new Set(
  [...filesBelow('lib'), ...filesBelow('nodes'), ...filesBelow('cli')].flatMap((file) => [
    ...matches(read(file), /new SyncError\(\s*'([a-z-]+)'/g),
    ...(/schema.finding\.ts$/.test(file) ? matches(read(file), /^ {2}'([a-z-]+)':/gm) : []),
    ...(/response-code\.ts$|mssql.errors\.ts$/.test(file) ? matches(read(file), /\bcode: '([a-z-]+)'/g) : []),
  ]),
);

/** Keys that code asks for, with the catalogue they are in. */
const keysIn = (type: string): readonly string[] => {
  const html = read('nodes', `${type}.html`);
  return [...matches(html, /data-i18n="(?:\[[a-z]+\])?([^"]+)"/g), ...matches(html, /this\._\('([^']+[^.])'\)/g)].filter(
    (key) => !key.startsWith('node-red:'),
  );
};

describe('texts', () => {
  for (const type of types) {
    it(`${type}: both languages have the same keys, none of them empty`, () => {
      const [english, german] = languages.map((language) => catalogue(language, type));
      assert.deepEqual([...(german?.keys() ?? [])].sort(), [...(english?.keys() ?? [])].sort());
      for (const texts of [english, german]) for (const [key, text] of texts ?? []) assert.notEqual(text, '', key);
    });

    it(`${type}: every key of the dialog exists`, () => {
      for (const key of keysIn(type)) {
        const own = !key.startsWith(shared);
        const texts = own ? catalogue('en-US', type) : catalogue('en-US', 'ews-config');
        assert.ok(texts.has(own ? key : key.slice(shared.length)), key);
      }
    });

    it(`${type}: labels of outputs exist`, () => {
      const outputs = Number(/outputs: (\d)/.exec(read('nodes', `${type}.html`))?.[1] ?? 0);
      for (let index = 0; index < outputs; index += 1) assert.ok(catalogue('de', type).has(`${type}.output.${index}`));
    });

    for (const language of languages) {
      it(`${type}: has help in ${language} with its sections`, () => {
        const help = read('nodes', 'locales', language, `${type}.html`);
        assert.match(help, new RegExp(`^<script type="text/markdown" data-help-name="${type}">`));
        const heads = language === 'de' ? ['Details', 'Verweise'] : ['Details', 'References'];
        for (const head of heads) assert.ok(help.includes(`### ${head}`), head);
      });
    }
  }

  it('every error code has a text in both languages', () => {
    assert.ok(errorCodes.size > 30);
    for (const language of languages) {
      const texts = catalogue(language, 'ews-config');
      assert.deepEqual(
        [...errorCodes].filter((code) => !texts.has(`error.${code}`)),
        [],
      );
    }
  });

  it('no text is kept for an error that does not exist', () => {
    const texts = [...catalogue('en-US', 'ews-config').keys()].filter((key) => key.startsWith('error.'));
    assert.deepEqual(
      texts.filter((key) => !errorCodes.has(key.slice('error.'.length))),
      [],
    );
  });

  it('both languages use the same placeholders, or leave the English message to the error itself', () => {
    for (const type of types) {
      const german = catalogue('de', type);
      for (const [key, text] of catalogue('en-US', type)) {
        if (text === '__message__') continue;
        assert.deepEqual(matches(german.get(key) ?? '', /(__\w+?__)/g), matches(text, /(__\w+?__)/g), key);
      }
    }
  });

  it('status texts are shorter than 20 characters', () => {
    for (const language of languages) {
      for (const [key, text] of catalogue(language, 'ews-config')) {
        if (key.startsWith('status.')) assert.ok(text.replace('__count__', '99').length < 20, `${language} ${key}: ${text}`);
      }
    }
  });

  it('every status that a node shows has a text', () => {
    const texts = catalogue('de', 'ews-config');
    const keys = filesBelow('nodes').flatMap((file) => matches(read(file), /status\.show\(\s*'[a-z]+',\s*'([a-z-]+)'/g));
    assert.ok(keys.length > 10);
    for (const key of keys) assert.ok(texts.has(`status.${key}`), key);
  });

  it('every text that the editor code asks for exists', () => {
    for (const file of filesBelow('nodes/editor')) {
      for (const key of matches(read(file), /node\._\(['`]((?:ews-config|erp-config|item-map)\.[a-zA-Z.-]+)['`]/g)) {
        const [type = ''] = key.split('.');
        assert.ok(catalogue('de', type).has(key), key);
      }
    }
  });
});
