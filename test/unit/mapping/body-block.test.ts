import { deepStrictEqual, strictEqual, throws } from 'node:assert';
import fc from 'fast-check';
import { withBlock, withoutBlock } from '../../../lib/mapping/body-block';
import { createMapping } from '../../../lib/mapping/mapping';
import { erpAppointment, erpTask, exchangeAppointment } from './items';

const labels = { priority: 'Priorität', equipment: 'Ausstattung' };
const context = { timeZone: 'Europe/Vienna', activityTypes: [] };
const mapping = createMapping({ bodyBlock: labels });
const record = erpAppointment({ body: 'Bring the plans', priority: 2, equipment: ['Beamer', 'Auto'] });
const shown = 'Bring the plans\n\n—— ERP ——\nPriorität: 2\nAusstattung: Beamer, Auto';

const line = fc.constantFrom(
  '—— ERP ——',
  '-- ERP --',
  'Priorität: 2',
  'Ausstattung: Beamer',
  'Priorität',
  '',
  '  ',
  ' x',
  'ERP',
  'Dear all,',
);
const anyBody = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replaceAll('\r', '')),
  fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n')),
);

describe('priority and equipment as text in the body (D9, D10)', () => {
  it('stand in a marked block at its end', () => {
    strictEqual(mapping.toExchange(record, context).body, shown);
    strictEqual(mapping.toExchange(erpTask({ priority: 5 }), context).body, '—— ERP ——\nPriorität: 5');
    strictEqual(createMapping({ bodyBlock: { equipment: 'Ausstattung' } }).toExchange(erpAppointment(), context).body, 'Line 1\nLine 2');
  });

  it('follow a change of priority or equipment', () => {
    deepStrictEqual(mapping.affectedFields('outbound', record, { ...record, priority: 1 }, context), ['body']);
    deepStrictEqual(mapping.affectedFields('outbound', record, { ...record, equipment: [] }, context), ['body']);
  });

  const edits: readonly (readonly [what: string, body: string, own: string])[] = [
    ['untouched', shown, 'Bring the plans'],
    ['with other line ends', shown.replaceAll('\n', '\r\n'), 'Bring the plans'],
    ['with doubled line ends', shown.replaceAll('\n', '\n\n'), 'Bring the plans'],
    ['with blanks at the ends of lines', shown.replaceAll('\n', ' \u00a0\n'), 'Bring the plans'],
    ['with hard blanks', shown.replaceAll(' ', '\u00a0'), 'Bring\u00a0the\u00a0plans'],
    ['with other dashes', shown.replaceAll('—', '-'), 'Bring the plans'],
    ['on a single line', shown.replaceAll('\n', ' '), 'Bring the plans'],
    ['with text below', `${shown}\n\nAnd coffee`, 'Bring the plans\nAnd coffee'],
    ['with text above', shown.replace('plans', 'plans\nand coffee'), 'Bring the plans\nand coffee'],
    ['with edited values', shown.replace(': 2', ': very high').replace('Beamer, ', ''), 'Bring the plans'],
    ['with a line taken out', shown.replace('Priorität: 2\n', ''), 'Bring the plans'],
    ['with a second line of the same label', `${shown}\nPriorität: what for?`, 'Bring the plans\nPriorität: what for?'],
    ['without the mark: nothing is ours any more', 'Plans\nPriorität: 2', 'Plans\nPriorität: 2'],
  ];
  for (const [what, body, own] of edits) {
    it(`are taken out again: ${what}`, () => {
      strictEqual(mapping.toErp(exchangeAppointment({ body }), context).body, own);
    });
  }

  it('edited by a person change nothing in the ERP', () => {
    const edited = exchangeAppointment({ body: shown.replace(': 2', ': 1') });
    deepStrictEqual(mapping.affectedFields('inbound', exchangeAppointment({ body: shown }), edited, context), []);
  });

  it('keep a person’s text there and back, whatever it is', () => {
    fc.assert(
      fc.property(anyBody, fc.integer({ min: 1, max: 5 }), fc.subarray(['Beamer', 'Auto', 'Priorität']), (body, priority, equipment) => {
        for (const block of [labels, { equipment: 'Ausstattung' }]) {
          const out = withBlock(body, block, erpAppointment({ priority, equipment }));
          strictEqual(withoutBlock(out, block).trimEnd(), body.trimEnd());
          strictEqual(withoutBlock(out.replaceAll('\n', '\r\n'), block).replaceAll('\r\n', '\n').trimEnd(), body.trimEnd());
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keep what a person writes below, whatever it is', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.replaceAll(/[\r—–-]/gu, ''));
    fc.assert(
      fc.property(anyBody, words, (body, below) => {
        const back = withoutBlock(`${withBlock(body, labels, record)}\n${below}`, labels);
        strictEqual(back.trimEnd(), [body.trimEnd(), below.replace(/^\s*\n/, '').trimEnd()].filter((part) => part !== '').join('\n'));
      }),
      { numRuns: 1000 },
    );
  });

  for (const bodyBlock of [{ priority: ' ' }, { priority: 'a:' }, { priority: 'x', equipment: 'x ' }, { equipment: 'a\nb' }]) {
    it(`refuse labels that the way back could not tell: ${JSON.stringify(bodyBlock)}`, () => {
      throws(() => createMapping({ bodyBlock }), /different labels/);
    });
  }

  it('do not go together with rich text, which would hide them', () => {
    const rules = [{ kind: 'task', exchange: 'bodyHtml', erp: 'bodyHtml', direction: 'both' } as const];
    throws(() => createMapping({ bodyBlock: labels, rules }), /plain text only/);
    createMapping({ rules });
  });
});
