/**
 * What Exchange has no field for, as text at the end of the body (requirements D9, D10): a marked block that goes out with the ERP's body and
 * is taken out again on the way back, whatever an editor did to its white space. Everything else in the body is a person's.
 */
import escapeRegExp from 'lodash/escapeRegExp';
import { SyncError } from '../model/error';
import type { ErpRecord } from '../model/item';

/** What the block shows, each with its label; what is left out is not shown. */
export interface BodyBlock {
  readonly priority?: string;
  readonly equipment?: string;
}

const mark = '—— ERP ——';
/** Editors exchange dashes and blanks on their own. */
const markPattern = /[-–—]{2}[\s\u200b]*ERP[\s\u200b]*[-–—]{2}/gu;

const labelsOf = ({ priority, equipment }: BodyBlock): readonly string[] => [priority, equipment].filter((label) => label !== undefined);

/** Fails with `mapping-invalid` when the way back could not tell the lines apart. `rich`: rich text flows, which would hide plain text. */
export const requireBodyBlock = (block: BodyBlock, rich: boolean): BodyBlock => {
  const labels = labelsOf(block);
  if (rich && labels.length > 0)
    throw new SyncError(
      'mapping-invalid',
      'configuration',
      'Mapping, text in the body: it stands in plain text only. Turn formatted text off, or empty the labels of priority and equipment.',
      { place: 'text in the body, formatted text' },
    );
  const wrong = labels.find((label) => label.trim() === '' || /[:\n]/.test(label) || label.search(markPattern) >= 0);
  if (wrong === undefined && new Set(labels.map((label) => label.trim())).size === labels.length) return block;
  throw new SyncError(
    'mapping-invalid',
    'configuration',
    'Mapping, text in the body: give priority and equipment different labels, one line without colon, such as "Priority" and "Equipment".',
    { place: 'text in the body' },
  );
};

const linesOf = (block: BodyBlock, record: ErpRecord): readonly string[] => {
  const equipment = record.kind === 'appointment' ? record.equipment : [];
  return [
    ...(block.priority === undefined ? [] : [`${block.priority.trim()}: ${record.priority}`]),
    ...(block.equipment === undefined || equipment.length === 0
      ? []
      : [`${block.equipment.trim()}: ${equipment.map((name) => name.replaceAll(/\s+/g, ' ').trim()).join(', ')}`]),
  ];
};

/** A body with the block of its record. A body that holds a mark of its own gets one even if it is empty: only the last one is ours. */
export const withBlock = (body: string, block: BodyBlock, record: ErpRecord): string => {
  const lines = linesOf(block, record);
  if (labelsOf(block).length === 0 || (lines.length === 0 && body.search(markPattern) < 0)) return body;
  const own = body.trimEnd();
  return [...(own === '' ? [] : [own, '']), mark, ...lines].join('\n');
};

/** Blanks within a label may have become others. */
const labelPattern = (label: string): string => label.trim().split(/\s+/).map(escapeRegExp).join('\\s+');

/** What is left of the text behind the mark: without one line per label, wherever its value was edited. */
const withoutLines = (text: string, labels: readonly string[]): string => {
  const next = labels.find((label) => new RegExp(`^[\\s\\u200b]*${labelPattern(label)}\\s*:`, 'u').test(text));
  if (next === undefined) return text;
  const others = labels.filter((label) => label !== next);
  const end = others.length === 0 ? '' : `\\s(?:${others.map(labelPattern).join('|')})\\s*:|`;
  const line = new RegExp(`^[\\s\\u200b]*${labelPattern(next)}\\s*:[^\\n]*?(?=${end}\\n|$)`, 'u');
  return withoutLines(text.replace(line, ''), others);
};

/** A body without the block; what a person wrote above, below or around it stays. */
export const withoutBlock = (body: string, block: BodyBlock): string => {
  const labels = labelsOf(block);
  const last = labels.length === 0 ? undefined : [...body.matchAll(markPattern)].at(-1);
  if (last === undefined) return body;
  const above = body.slice(0, last.index).trimEnd();
  const below = withoutLines(body.slice(last.index + last[0].length).replaceAll(/\r\n?/g, '\n'), labels).replace(
    /^[^\S\n]*(?:\n[^\S\n]*)*\n/,
    '',
  );
  return [above, below.trimEnd()].filter((part) => part !== '').join('\n');
};
