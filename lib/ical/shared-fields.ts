/** Fields that events and tasks have in common. */
import type { Importance, Sensitivity } from '../model/item';
import { propertiesOf, splitList, textOf, wordOf, type Component } from './content-lines';

/** See ExchangeItem. */
export interface SharedFields {
  readonly subject: string;
  readonly body: string;
  readonly bodyHtml: null;
  readonly sensitivity: Sensitivity;
  readonly importance: Importance;
  readonly categories: readonly string[];
}

/** CLASS; an unknown one is private (RFC 5545, section 3.8.1.3). */
const sensitivityOf = (component: Component): Sensitivity => {
  const name = wordOf(component, 'CLASS');
  if (name === '' || name === 'PUBLIC') return 'normal';
  return name === 'CONFIDENTIAL' ? 'confidential' : 'private';
};

/** PRIORITY 1–4 is high, 6–9 low (RFC 5545, section 3.8.1.9); Outlook says it by itself. */
const importanceOf = (component: Component): Importance => {
  const outlook = wordOf(component, 'X-MICROSOFT-CDO-IMPORTANCE');
  if (outlook !== '') return outlook === '2' ? 'high' : outlook === '0' ? 'low' : 'normal';
  const priority = Number(wordOf(component, 'PRIORITY'));
  if (priority >= 1 && priority <= 4) return 'high';
  return priority >= 6 && priority <= 9 ? 'low' : 'normal';
};

/** The shared fields of a component. HTML in descriptions stays as it is. */
export const readSharedFields = (component: Component): SharedFields => ({
  subject: textOf(component, 'SUMMARY')
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .trim(),
  body: textOf(component, 'DESCRIPTION').replaceAll(/\r\n?/g, '\n').trimEnd(),
  bodyHtml: null,
  sensitivity: sensitivityOf(component),
  importance: importanceOf(component),
  categories: [...new Set(propertiesOf(component, 'CATEGORIES').flatMap(({ value }) => splitList(value)))],
});
