import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compose, composeDocument, element } from '../../../lib/exchange/ews/xml/compose';
import { createXmlReader, readXml } from '../../../lib/exchange/ews/xml/read';
import { SyncError } from '../../../lib/model/error';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SyncError) return thrown.code;
    throw thrown;
  }
  return 'nothing thrown';
};

describe('composing XML', () => {
  it('escapes text and attributes, so that no text becomes markup', () => {
    const text = composeDocument(element('a', { b: '"<&>\n' }, '</a><evil x="1"/> & more'));
    assert.equal(
      text,
      '<?xml version="1.0" encoding="utf-8"?><a b="&quot;&lt;&amp;&gt;&#xA;">&lt;/a&gt;&lt;evil x="1"/&gt; &amp; more</a>',
    );
  });

  const refused = { 'U+0001': 'a\u0001', 'U+000B': '\u000b', 'U+D83D': 'half \ud83d', 'U+DE00': '\ude00 half', 'U+FFFE': '\ufffe' };
  for (const [codePoint, text] of Object.entries(refused)) {
    it(`refuses ${codePoint} by name instead of dropping it`, () => {
      assert.throws(
        () => compose(element('t:Subject', {}, text)),
        (error: unknown) =>
          error instanceof SyncError &&
          error.code === 'text-not-representable' &&
          error.scope === 'item' &&
          error.params['field'] === 'Subject' &&
          error.params['codePoint'] === codePoint,
      );
    });
  }

  it('gives back every representable text, however it is cut on the way', () => {
    const xmlText = fc
      .string({ unit: 'binary' })
      .filter((text) => !/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text));
    fc.assert(
      fc.property(xmlText, xmlText, fc.integer({ min: 1, max: 9 }), (text, attribute, size) => {
        const document = composeDocument(element('s:a', { 'xmlns:s': 'urn:s', b: attribute }, element('s:c', {}, text)));
        const reader = createXmlReader(1_000_000);
        for (let at = 0; at < document.length; at += size) reader.write(document.slice(at, at + size));
        const root = reader.end();
        assert.equal(root.children[0]?.text ?? '', text);
        assert.equal(root.attributes['b'], attribute);
      }),
    );
  });
});

describe('reading XML', () => {
  it('knows names without their prefix, and namespaces', () => {
    const root = readXml('<x:a xmlns:x="urn:x" k="v"><b xmlns="urn:y">1</b></x:a>');
    assert.deepEqual(root, {
      name: 'a',
      namespace: 'urn:x',
      attributes: { k: 'v' },
      text: '',
      children: [{ name: 'b', namespace: 'urn:y', attributes: {}, children: [], text: '1' }],
    });
  });

  const texts = {
    'control characters by reference': ['x&#x1;y&#11;z', 'x\u0001y\u000bz'],
    'references to what is no character': ['a&#xD800;b&#0;c&#xFFFE;', 'a\ufffdb\ufffdc\ufffd'],
    'line separators and NEL as they are': ['a\u2028b\u0085c\u009dd\u007f', 'a\u2028b\u0085c\u009dd\u007f'],
    'white space around text': ['  a \n b\t', '  a \n b\t'],
    emoji: ['\u{1f600} &#x1F600;', '\u{1f600} \u{1f600}'],
    'carriage returns by reference': ['a&#xD;\nb', 'a\r\nb'],
    CDATA: ['<![CDATA[<&]]>', '<&'],
  } as const;
  for (const [name, [xml, text]] of Object.entries(texts)) {
    it(`keeps ${name}`, () => assert.equal(readXml(`<?xml version="1.0" encoding="utf-8"?><a>${xml}</a>`).text, text));
  }

  const bad = {
    'a document type': '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    'an unknown entity': '<a>&nbsp;</a>',
    HTML: '<html><body><br></body></html>',
    'a cut document': '<a><b>',
    'plain text': 'Service unavailable',
    nothing: '',
    'deep nesting': '<a>'.repeat(200) + '</a>'.repeat(200),
  };
  for (const [name, xml] of Object.entries(bad))
    it(`refuses ${name}`, () =>
      assert.equal(
        codeOf(() => readXml(xml)),
        'not-xml',
      ));

  it('refuses what is longer than its limit', () =>
    assert.equal(
      codeOf(() => readXml(`<a>${'x'.repeat(100)}</a>`, 50)),
      'not-xml',
    ));
});
