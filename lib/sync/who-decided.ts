/** Who decided a conflict: a person (`msg.sync.chosen`) or the rule, and what the journal says of it. */
import { partition } from 'lodash';
import type { Fields } from '../model/item';
import type { SyncContext } from '../model/message';
import { namesTogether } from './field-groups';

/** The end of a note on a decided conflict, and whether a person had a part in it. */
export interface WhoDecided {
  readonly note: string;
  readonly byPerson: boolean;
}

const choseFor =
  (chosen: SyncContext['chosen'], dispute: 'fields' | 'deletion') =>
  (field: string): boolean => {
    if (chosen === null) return false;
    if (chosen.take !== 'fields') return true;
    // Against a deletion there are no fields to choose.
    return dispute === 'fields' && chosen.by !== 'sync' && namesTogether(field).some((name) => name in chosen.fields);
  };

/** Who decided on what was lost: two versions of `fields`, or an edit against a `deletion`. */
export const whoDecided = ({ chosen }: Pick<SyncContext, 'chosen'>, lost: Fields, dispute: 'fields' | 'deletion'): WhoDecided => {
  const [byPerson, byRule] = partition(Object.keys(lost), choseFor(chosen, dispute));
  // Nothing was lost by it: the rule never decides where nothing is in conflict, a person may.
  if (byPerson.length + byRule.length === 0) return { note: 'decided by a person', byPerson: true };
  const parts = Object.entries({ 'by a person': byPerson, 'by the rule': byRule }).filter(([, fields]) => fields.length > 0);
  const note = parts.map(([who, fields]) => `${who}: ${fields.join(', ')}`).join('; ');
  return { note: `decided ${note}`, byPerson: byPerson.length > 0 };
};
