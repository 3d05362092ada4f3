/**
 * Loaded into every process of a test run (NODE_OPTIONS): writes what a server of this process answers at EWS, and what our own client
 * asks there, into the folder EWS_ENVELOPES, one JSON line each. scripts/validate-envelopes.mjs reads it at the end.
 */
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const { gunzipSync } = require('node:zlib');

const folder = process.env.EWS_ENVELOPES;
const file = folder && join(folder, `${process.pid}-${Date.now()}.jsonl`);
const ownClient = 'exchange-erp-node-red-sync';

/** U+2028 and U+2029 end a line for who reads lines, not for JSON. */
const asOneLine = (json) => json.replace(/[\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16)}`);
const record = (kind, text) => appendFileSync(file, `${asOneLine(JSON.stringify({ kind, text }))}\n`);

/** Calls back with everything a method is given as its first argument, until the end. */
const collect = (object, method, wanted) => {
  const chunks = [];
  const original = object[method];
  object[method] = function (...given) {
    if (wanted(given)) chunks.push(Buffer.from(given[wanted.at]));
    return original.apply(this, given);
  };
  return () => Buffer.concat(chunks);
};
const isContent = Object.assign(([chunk]) => typeof chunk === 'string' || chunk instanceof Uint8Array, { at: 0 });
const isData = Object.assign(([event]) => event === 'data', { at: 1 });

const isGzip = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;

if (file) {
  subscribe('http.server.request.start', ({ request, response }) => {
    if (!/^\/ews\/exchange\.asmx/i.test(request.url) || request.method !== 'POST') return;
    const written = [collect(response, 'write', isContent), collect(response, 'end', isContent)];
    const asked = request.headers['user-agent'] === ownClient ? collect(request, 'emit', isData) : undefined;
    response.once('close', () => {
      if (asked && request.complete) record('request', asked().toString('utf8'));
      const bytes = Buffer.concat(written.map((take) => take()));
      const text = (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString('utf8');
      // Tests of our client also ask servers that answer nonsense on purpose; they do not call themselves a front end of Exchange.
      if (text.startsWith('<?xml') && response.getHeader('x-feserver') !== undefined) record('response', text);
    });
  });
}
