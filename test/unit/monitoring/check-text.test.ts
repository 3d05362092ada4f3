import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { checkActions, checkReasons, correctionsOf, type CheckEntry, type CheckReport } from '../../../lib/monitoring/check-report';
import { checkText } from '../../../lib/monitoring/check-text';
import { languages, textTables } from '../../../lib/monitoring/texts';

const entry = (fields: Partial<CheckEntry>): CheckEntry => ({
  employee: { id: '1', name: 'Anna' },
  kind: 'appointment',
  difference: 'erp-only',
  fields: [],
  erpId: '10',
  exchangeId: null,
  label: 'Visit',
  suggestion: { action: 'erp-to-exchange', reason: 'never-synchronised' },
  ...fields,
});

const report: CheckReport = {
  tenant: 'Firm',
  connection: 'Main',
  from: '2026-03-20T23:00:00Z',
  to: '2026-04-28T22:00:00Z',
  startedAt: '2026-03-28T01:00:00Z',
  kinds: ['appointment', 'task'],
  employees: 2,
  compared: 9,
  entries: [
    entry({}),
    entry({
      label: '(private)',
      difference: 'different',
      exchangeId: 'x',
      fields: ['start'],
      suggestion: { action: 'none', reason: 'conflict-manual' },
    }),
    entry({ label: '', kind: 'task', exchangeId: 'y', suggestion: { action: 'delete-erp', reason: 'deleted-in-exchange' } }),
  ],
  failures: [{ employee: { id: '2', name: 'Bert' }, kind: 'task', code: 'mailbox-not-found', text: 'No mailbox.' }],
};

describe('text of a check', () => {
  it('groups by action in English', () => {
    const { subject, text } = checkText(report, 'en', 'Europe/Vienna');
    strictEqual(subject, 'Synchronisation check Firm – Main');
    deepStrictEqual(text.split('\n').slice(1), [
      'Period: 2026-03-21 00:00 to 2026-04-29 00:00',
      '9 items of 2 employees compared, 3 differences.',
      '',
      'ERP → Exchange (1)',
      '- Anna: Appointment "Visit" – never synchronised',
      '',
      'Delete in the ERP (1)',
      '- Anna: Task (no subject) – deleted in Exchange',
      '',
      'No action (1)',
      '- Anna: Appointment (private) – changed on both sides, a person decides; differs in: start',
      '',
      'Not checked (1)',
      '- Bert, Task: No mailbox.',
      '',
    ]);
  });

  it('is German where German is asked for', () => {
    const { text } = checkText(report, 'de', 'Europe/Vienna');
    match(text, /Im ERP löschen \(1\)/);
    match(text, /Termin \(privat\)/);
  });

  it('says that both sides agree', () => {
    match(checkText({ ...report, entries: [], failures: [] }, 'en', 'Europe/Vienna').text, /Both sides agree/);
  });

  it('has the same keys and parameters in both languages, and a text for every action and reason', () => {
    const parameters = (text: string) => [...text.matchAll(/\{[a-z-]+\}/g)].map(String).toSorted();
    deepStrictEqual(Object.keys(textTables.de), Object.keys(textTables.en));
    const german = new Map(Object.entries(textTables.de));
    for (const [key, text] of Object.entries(textTables.en)) deepStrictEqual(parameters(german.get(key) ?? ''), parameters(text), key);
    for (const language of languages) {
      for (const action of checkActions) ok(textTables[language][`action.${action}`]);
      for (const reason of checkReasons) ok(textTables[language][`reason.${reason}`]);
    }
  });
});

describe('corrections of a check', () => {
  const shared = { kind: 'appointment', employeeId: '1' } as const;
  const both = { difference: 'different', exchangeId: 'x' } as const;
  const cases: readonly (readonly [what: string, entry: CheckEntry, expected: readonly unknown[]])[] = [
    [
      'create in Exchange',
      entry({}),
      [{ ...shared, direction: 'outbound', operation: 'create', connection: null, erpId: '10', exchangeId: null }],
    ],
    [
      'create in the ERP',
      entry({
        difference: 'exchange-only',
        erpId: null,
        exchangeId: 'x',
        suggestion: { action: 'exchange-to-erp', reason: 'never-synchronised' },
      }),
      [{ ...shared, direction: 'inbound', operation: 'create', connection: 'Main', erpId: null, exchangeId: 'x' }],
    ],
    [
      'update Exchange',
      entry({ ...both, suggestion: { action: 'erp-to-exchange', reason: 'changed-in-erp' } }),
      [{ ...shared, direction: 'outbound', operation: 'update', connection: null, erpId: '10', exchangeId: null }],
    ],
    [
      'delete in the ERP',
      entry({ exchangeId: 'x', suggestion: { action: 'delete-erp', reason: 'deleted-in-exchange' } }),
      [{ ...shared, direction: 'inbound', operation: 'delete', connection: 'Main', erpId: null, exchangeId: 'x' }],
    ],
    [
      'delete in Exchange',
      entry({ exchangeId: 'x', suggestion: { action: 'delete-exchange', reason: 'deleted-in-erp' } }),
      [{ ...shared, direction: 'outbound', operation: 'delete', connection: null, erpId: '10', exchangeId: null }],
    ],
    ['none', entry({ suggestion: { action: 'none', reason: 'unchanged' } }), []],
    ['an action changed by hand that has no source', entry({ suggestion: { action: 'exchange-to-erp', reason: 'unchanged' } }), []],
  ];
  for (const [what, given, expected] of cases) {
    it(what, () => deepStrictEqual(correctionsOf({ connection: 'Main', entries: [given] }), expected));
  }
});
