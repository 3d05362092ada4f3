import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Value } from '../../../../lib/erp/engine';
import { changeRecord } from '../../../../lib/erp/record-check';
import { bodyConverter } from '../../../../lib/erp/records/converters/body';
import { codeConverter } from '../../../../lib/erp/records/converters/code';
import type { Converter } from '../../../../lib/erp/records/converters/converter';
import { flagConverter } from '../../../../lib/erp/records/converters/flag';
import { listConverter } from '../../../../lib/erp/records/converters/list';
import { numberConverter } from '../../../../lib/erp/records/converters/number';
import { plainConverter } from '../../../../lib/erp/records/converters/plain';
import { ruleConverter } from '../../../../lib/erp/records/converters/rule';
import { textConverter } from '../../../../lib/erp/records/converters/text';
import { dateConverter, timeConverter } from '../../../../lib/erp/records/converters/time';
import type { TimeColumn } from '../../../../lib/erp/schema/mapping';
import { mssqlDialect, sqliteDialect } from '../../../../lib/erp/schema/quote';
import { task } from '../../../contract/erp/subject';

const zone = 'Europe/Vienna';

/** What each value is read as. */
const reads = <Held>(converter: Pick<Converter<Held>, 'read'>, cases: readonly (readonly [Value, Held])[]): void => {
  for (const [value, held] of cases) assert.deepEqual(converter.read([value]), held, JSON.stringify(value));
};

describe('flags, numbers, codes, lists and rules in columns', () => {
  it('reads a flag without regard to type, case and blanks at the end', () => {
    reads(flagConverter({ column: 'F', yes: 1, no: 0 }), [
      [1, true],
      ['1', true],
      [0, false],
      [2, false],
      [null, false],
    ]);
    reads(flagConverter({ column: 'F', yes: 'J', no: 'N' }), [
      ['J', true],
      ['j  ', true],
      ['N', false],
      ['', false],
      [null, false],
    ]);
    reads(flagConverter({ column: 'F', yes: true, no: false }), [
      [1, true],
      [0, false],
    ]);
    assert.deepEqual(flagConverter({ column: 'F', yes: true, no: false }).write(true), [1]);
    assert.deepEqual(flagConverter({ column: 'F', yes: 'J', no: 'N' }).write(false), ['N']);
  });

  it('takes NULL, nothing and the value for none for no number', () => {
    const converter = numberConverter({ column: 'N', none: -1 });
    reads(converter, [
      [null, null],
      [-1, null],
      ['-1', null],
      [' ', null],
      [0, 0],
      [' 15 ', 15],
      ['15.00', 15],
    ]);
    assert.deepEqual(converter.write(null), [-1]);
    assert.throws(() => converter.read(['zwölf']), { code: 'erp-value-unreadable', message: /Column N(?!.*zwölf)/ });
  });

  it('reads codes by type and case as they are, and what is unknown as the mapping says', () => {
    const codes = [
      { code: 1, value: 'busy' },
      { code: 'f', value: 'free' },
      { code: 'F', value: 'outOfOffice' },
      { code: 'B2', value: 'busy' },
    ] as const;
    const converter = codeConverter({ column: 'C', codes, otherwise: 'free' }, ['free', 'busy', 'outOfOffice', 'tentative']);
    reads(converter, [
      [1, 'busy'],
      ['1 ', 'busy'],
      ['B2', 'busy'],
      ['f', 'free'],
      ['F', 'outOfOffice'],
      ['?', 'free'],
      [null, 'free'],
    ]);
    assert.deepEqual(converter.write('busy'), [1]);
    assert.deepEqual(converter.write('tentative'), ['f']);
  });

  it('holds the value itself where there are no codes', () => {
    const converter = codeConverter({ column: 'C', codes: [], otherwise: 3 }, [1, 2, 3, 4, 5]);
    reads(converter, [
      [2, 2],
      ['2', 2],
      [9, 3],
      [null, 3],
    ]);
    assert.deepEqual(converter.write(5), [5]);
  });

  it('keeps the separator of a list out of its texts', () => {
    const converter = listConverter({ column: 'L', separator: ';' });
    reads(converter, [
      [' Rot;Blau ;; ', ['Rot', 'Blau']],
      [null, []],
    ]);
    assert.deepEqual(converter.write(['Rot', 'a;b', ' ']), ['Rot; a,b']);
    assert.deepEqual(listConverter({ column: 'L', separator: ',' }).write(['A, B']), ['A; B']);
    assert.deepEqual(listConverter({ column: 'L', separator: '\n' }).write(['a', 'b']), ['a\nb']);
  });

  it('reads rules and names with what other programs put around them', () => {
    reads(ruleConverter({ column: 'R', prefix: false }), [
      [' rrule:FREQ=DAILY ', 'FREQ=DAILY'],
      ['', null],
    ]);
    assert.deepEqual(ruleConverter({ column: 'R', prefix: true }).write('FREQ=DAILY'), ['RRULE:FREQ=DAILY']);
    assert.deepEqual(ruleConverter({ column: 'R', prefix: true }).write(null), [null]);
    reads(plainConverter({ column: 'P' }), [
      [7, '7'],
      ['A1  ', 'A1'],
      ['  ', null],
    ]);
  });
});

describe('texts in columns', () => {
  const piece = fc.oneof(
    fc.constantFrom(...Array.from(' \n\t{}\\<>&;äß€😀漢"\''), '\u200B', '&amp;', 'nbsp;', '<br>', '</div>', '\\par', '\\u8364?', '\u2028'),
    fc.string({ unit: 'binary', maxLength: 2 }).filter((text) => !/[\0\r\f\v]/.test(text)),
  );
  const anyText = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));
  const rtf = textConverter({ column: 'T', format: 'rtf' }, sqliteDialect);
  const html = textConverter({ column: 'T', format: 'html' }, sqliteDialect);

  it('stay HTML where the column holds rich text, with their plain text beside it', () => {
    const rich = bodyConverter({ column: 'T', format: 'rich' }, sqliteDialect);
    reads(rich, [
      [
        '<p>Agenda</p><p><b>Offer</b> &amp; delivery</p>',
        { body: 'Agenda\n\nOffer & delivery', bodyHtml: '<p>Agenda</p><p><b>Offer</b> &amp; delivery</p>' },
      ],
      ['typed as text', { body: 'typed as text', bodyHtml: null }],
      [null, { body: '', bodyHtml: null }],
    ]);
    assert.deepEqual(rich.write({ body: 'Offer', bodyHtml: '<b>Offer</b>' }), ['<b>Offer</b>']);
    assert.deepEqual(rich.write({ body: 'a < b', bodyHtml: null }), ['<div>a &lt; b</div>']);
    const plain = bodyConverter({ column: 'T', format: 'plain' }, sqliteDialect);
    assert.deepEqual(plain.write({ body: 'Offer', bodyHtml: '<b>Offer</b>' }), ['Offer']);
  });

  it('that were changed alone do not come back with the HTML of before', () => {
    const before = { ...task(), body: 'Old', bodyHtml: '<b>Old</b>' };
    const { body, bodyHtml } = changeRecord(before, { body: 'New' });
    assert.deepEqual([body, bodyHtml], ['New', null]);
  });

  it('come back from RTF as they were', () => {
    fc.assert(
      fc.property(anyText, (text) => assert.equal(rtf.read(rtf.write(text)), text)),
      { numRuns: 1000 },
    );
  });

  it('come back from HTML as they were but for kinds of blanks', () => {
    const blanks = (text: string) => text.replaceAll('\t', '    ').replaceAll('\u00A0', ' ').replaceAll(/^ +$/gm, '');
    fc.assert(
      fc.property(anyText, (text) => {
        const once = html.read(html.write(text));
        assert.equal(once, blanks(text));
        assert.equal(html.read(html.write(once)), once);
      }),
      { numRuns: 1000 },
    );
  });

  const delphi =
    '{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fnil\\fcharset0 Arial;}{\\f1\\fnil\\fcharset238{\\*\\fname Arial;}Arial CE;}}\r\n' +
    "{\\colortbl ;\\red255\\green0\\blue0;}{\\*\\generator Msftedit 5.41;}\\viewkind4\\uc1\\pard\\lang1031\\f0\\fs20 Gr\\'fc\\'dfe, \\b Fe\\b0 tt\\par\r\n" +
    "\\tab\\'80 5 \\{x\\}\\u8211?\\f1\\'e8\\f0\\'e8\\~\\line z{\\pict\\pngblip 0102}{\\field{\\*\\fldinst{HYPERLINK \"http://x\"}}{\\fldrslt{Link}}}\\par\r\n}";

  for (const [name, source, expected] of [
    ['of a word processor', delphi, 'Grüße, Fett\n\t€ 5 {x}–čè\u00A0\nzLink'],
    ['with Japanese bytes', "{\\rtf1\\ansi\\ansicpg932 \\'93\\'fa\\'96\\'7b}", '日本'],
    ['with an emoji and two substitutes', "{\\rtf1\\uc2 \\u-10179\\'3f\\'3f\\u-8704??!}", '😀!'],
    ['that is no RTF', 'Hallo {Welt}\r\nzwei', 'Hallo {Welt}\nzwei'],
    ['without an end', '{\\rtf1 ab\\par cd', 'ab\ncd'],
  ] as const) {
    it(`reads RTF ${name}`, () => assert.equal(rtf.read([source]).trimEnd(), expected.trimEnd()));
  }

  it('does not reserve what RTF says it brings', () => {
    assert.throws(() => rtf.read(['{\\rtf1\\bin2000000000 x}']), { code: 'erp-value-unreadable' });
  });

  for (const [name, source, expected] of [
    ['paragraphs', '<html><body><p>Guten Tag,</p><p>Gr&uuml;&szlig;e<br>Anna</p></body></html>', 'Guten Tag,\n\nGrüße\nAnna'],
    ['lines of Outlook', '<div>a</div><div><br></div><div>b&nbsp;&nbsp;c</div>', 'a\n\nb  c'],
    ['style and script', '<style>p{}</style><script>alert(1)</script><b>x</b>', 'x'],
    ['lists and tables', '<h1>Titel</h1><ul><li>a</li></ul><table><tr><th>x</th><td>y</td></tr></table>', 'Titel\n\n * a\n\nx   y'],
    ['text without tags', 'eins &amp; 2 < 3\r\nzwei', 'eins & 2 < 3\nzwei'],
  ] as const) {
    it(`reads HTML with ${name}`, () => assert.equal(html.read([source]), expected));
  }

  it('refuses what is no text, without repeating it', () => {
    assert.throws(() => html.read([Uint8Array.from([1])]), { code: 'erp-value-unreadable', message: /Column T/ });
  });

  it('ignores the blanks that SQL Server puts behind a text of fixed length', () => {
    const padded = textConverter({ column: 'T', format: 'plain' }, mssqlDialect);
    assert.equal(padded.read(['Besuch    ']), 'Besuch');
    assert.equal(textConverter({ column: 'T', format: 'plain' }, sqliteDialect).read(['a\r\nb\rc ']), 'a\nb\nc ');
  });
});

describe('times in columns', () => {
  const column = (fields: Partial<TimeColumn> = {}): TimeColumn => ({ column: 'D', as: 'local', ...fields });

  for (const [value, expected] of [
    ['2026-03-28 09:00:00', '2026-03-28T09:00:00'],
    ['2026-03-28T09:00', '2026-03-28T09:00:00'],
    ['2026-03-28', '2026-03-28T00:00:00'],
    [' 2026-03-28 09:00:00.123 ', '2026-03-28T09:00:00'],
    ['2026-03-28 24:00', '2026-03-29T00:00:00'],
    ['2026-02-30', '2026-03-02T00:00:00'],
    ['2026-07-01T08:00:00Z', '2026-07-01T10:00:00'],
    ['2026-01-01T08:00:00+00:00', '2026-01-01T09:00:00'],
    ['', null],
    [null, null],
    [0, null],
  ] as const) {
    it(`reads the local time ${String(value)}`, () => assert.equal(timeConverter(column(), sqliteDialect).read([value], zone), expected));
  }

  /** What is written, and what it is read as. */
  for (const [name, fields, local, sqlite, mssql] of [
    ['local', {}, '2026-03-28T09:00:00', ['2026-03-28 09:00:00'], ['2026-03-28T09:00:00']],
    ['UTC', { as: 'utc' }, '2026-07-01T09:00:00', ['2026-07-01 07:00:00'], ['2026-07-01T07:00:00']],
    ['with offset', { as: 'offset' }, '2026-07-01T09:00:00', ['2026-07-01 09:00:00+02:00'], ['2026-07-01T09:00:00+02:00']],
    ['in a format', { format: 'dd.MM.yyyy HH:mm' }, '2026-03-28T09:00:00', ['28.03.2026 09:00'], ['28.03.2026 09:00']],
    ['UTC in a format', { as: 'utc', format: 'yyyyMMddHHmmss' }, '2026-07-01T01:00:00', ['20260630230000'], ['20260630230000']],
    [
      'with offset in a format',
      { as: 'offset', format: "yyyy-MM-dd'T'HH:mm:ssZZ" },
      '2026-01-01T09:00:00',
      ['2026-01-01T09:00:00+01:00'],
      ['2026-01-01T09:00:00+01:00'],
    ],
    ['in two columns', { timeColumn: 'T' }, '2026-03-28T09:05:00', ['2026-03-28', '09:05:00'], ['2026-03-28T00:00:00', '09:05:00']],
    [
      'in two columns of UTC',
      { timeColumn: 'T', as: 'utc', format: 'yyyyMMdd', timeFormat: 'HHmm' },
      '2026-07-01T01:05:00',
      ['20260630', '2305'],
      ['20260630', '2305'],
    ],
  ] satisfies readonly (readonly [string, Partial<TimeColumn>, string, readonly Value[], readonly Value[]])[]) {
    it(`writes and reads a time ${name}`, () => {
      for (const [dialect, values] of [
        [sqliteDialect, sqlite],
        [mssqlDialect, mssql],
      ] as const) {
        const converter = timeConverter(column(fields), dialect);
        assert.deepEqual(converter.write(local, zone), values);
        assert.equal(converter.read(values, zone), local);
      }
    });
  }

  it('reads numbers that have lost the zeros in front', () => {
    const converter = timeConverter(column({ timeColumn: 'T', format: 'yyyyMMdd', timeFormat: 'HHmm' }), sqliteDialect);
    assert.equal(converter.read([20260328, 900], zone), '2026-03-28T09:00:00');
    assert.equal(converter.read([20260328, 0], zone), '2026-03-28T00:00:00');
    assert.equal(converter.read([0, 0], zone), null);
  });

  it('reads the time of day from columns that hold a date, too', () => {
    const converter = timeConverter(column({ timeColumn: 'T' }), mssqlDialect);
    assert.equal(converter.read(['2026-03-28T00:00:00', '1899-12-30T09:30:00'], zone), '2026-03-28T09:30:00');
    assert.equal(converter.read(['2026-03-28T00:00:00', null], zone), '2026-03-28T00:00:00');
  });

  it('keeps a date alone in SQLite, and gives SQL Server its midnight', () => {
    assert.deepEqual(dateConverter(column(), sqliteDialect).write('2026-03-28', zone), ['2026-03-28']);
    assert.deepEqual(dateConverter(column(), mssqlDialect).write('2026-03-28', zone), ['2026-03-28T00:00:00']);
    assert.equal(dateConverter(column(), mssqlDialect).read(['2026-03-28T00:00:00'], zone), '2026-03-28');
    assert.deepEqual(dateConverter(column({ format: 'yyyyMMdd' }), sqliteDialect).write('2026-03-28', zone), ['20260328']);
    assert.deepEqual(timeConverter(column(), sqliteDialect).write('2026-03-28', zone), ['2026-03-28 00:00:00']);
  });

  it('refuses a value that is no time, without repeating it', () => {
    for (const fields of [{}, { format: 'yyyyMMdd' }, { timeColumn: 'T', timeFormat: 'HHmm' }]) {
      assert.throws(() => timeConverter(column(fields), sqliteDialect).read(['geheim', 'geheim'], zone), {
        code: 'erp-value-unreadable',
        message: /^Column D(?!.*geheim)/,
      });
    }
    assert.throws(() => timeConverter(column({ timeColumn: 'T' }), sqliteDialect).read(['2026-03-28', 'geheim'], zone), {
      params: { column: 'T' },
    });
  });
});
