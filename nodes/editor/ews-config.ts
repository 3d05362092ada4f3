/** Dialog of `ews-config`: check step by step, and find the URL by Autodiscover. */
import { type Answer, type DialogNode, field, type Line, onButton } from './dialog';

interface Step {
  readonly step: string;
  readonly ok: boolean;
  readonly text: string;
}

const isStep = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && 'step' in value && 'ok' in value && 'text' in value;

const stepLines = (node: DialogNode, { steps }: Answer): readonly Line[] => {
  const known = Array.isArray(steps) ? steps.filter(isStep) : [];
  const lines = known.map(({ step, ok, text }) => ({ ok, text: `${node._(`ews-config.label.step.${step}`)}: ${text}` }));
  return known.every(({ ok }) => ok) ? [...lines, { ok: true, text: node._('ews-config.label.done') }] : lines;
};

const fillIn = (node: DialogNode, { url }: Answer): readonly Line[] => {
  const input = field('url');
  if (input === null || typeof url !== 'string') return [];
  input.value = url;
  input.dispatchEvent(new Event('change'));
  return [{ ok: true, text: `${node._('ews-config.label.found')} ${url}` }];
};

/** Prepares the dialog. */
export const ewsConfig = (node: DialogNode): void => {
  onButton(node, 'ews-config', { button: 'check', show: (answer) => stepLines(node, answer) });
  onButton(node, 'ews-config', { button: 'autodiscover', show: (answer) => fillIn(node, answer) });
};
