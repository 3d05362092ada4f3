/** Dialog of `erp-config`: check of the database. */
import { type DialogNode, onButton } from './dialog';

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Prepares the dialog. */
export const erpConfig = (node: DialogNode): void => {
  onButton(node, 'erp-config', 'check', ({ employees, withMailbox, open }) => {
    const counts = { employees: count(employees), withMailbox: count(withMailbox), open: count(open) };
    return [{ ok: true, text: node._('erp-config.label.found', counts) }];
  });
};
