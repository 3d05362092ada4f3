/** Texts of mails and reports in German and English, with the same keys. `{name}` is replaced. */

/** Languages of the pack. */
export const languages = ['de', 'en'] as const;
/** See `languages`. */
export type Language = (typeof languages)[number];

const en = {
  'check.title': 'Synchronisation check {tenant} – {connection}',
  'check.period': 'Period: {from} to {to}',
  'check.summary': '{compared} items of {employees} employees compared, {count} differences.',
  'check.clean': 'Both sides agree.',
  'check.failures': 'Not checked',
  'check.fields': 'differs in: {fields}',
  'check.private': '(private)',
  'check.no-subject': '(no subject)',
  'action.erp-to-exchange': 'ERP → Exchange',
  'action.exchange-to-erp': 'Exchange → ERP',
  'action.delete-erp': 'Delete in the ERP',
  'action.delete-exchange': 'Delete in Exchange',
  'action.none': 'No action',
  'kind.appointment': 'Appointment',
  'kind.task': 'Task',
  'reason.never-synchronised': 'never synchronised',
  'reason.unfinished': 'its creation in Exchange was not finished',
  'reason.changed-in-erp': 'changed in the ERP only',
  'reason.changed-in-exchange': 'changed in Exchange only',
  'reason.conflict-rule': 'changed on both sides, the conflict rule decides',
  'reason.conflict-manual': 'changed on both sides, a person decides',
  'reason.unchanged': 'different, but neither side changed since the last synchronisation',
  'reason.deleted-in-erp': 'deleted in the ERP',
  'reason.deleted-in-exchange': 'deleted in Exchange',
  'reason.edited-after-deletion': 'deleted on the other side, but edited here',
  'reason.many-deletions': 'held back: most items of the mailbox are missing on one side',
  'reason.not-readable': 'could not be read or compared',
  'first-run.title': 'First synchronisation {tenant} – {connection}',
  'first-run.duration': '{folders} folders in {seconds} s.',
  'first-run.counts':
    '{linked} linked, {createdInErp} created in the ERP, {createdInExchange} created in Exchange, {changed} changed, {failed} failed, {conflicts} conflicts',
  'first-run.skipped': 'left alone: {reasons}',
  'first-run.failures': 'Not yet through, tried again',
  'mail.subject': 'Synchronisation: {count} messages',
  'mail.subject.one': 'Synchronisation: {text}',
  'mail.intro': 'The synchronisation with Exchange reports:',
  'mail.times': '({count} times)',
  'mail.left-out': '{count} more messages were left out. See the list of synchronisation data.',
} as const;

/** Key of a text. */
export type TextKey = keyof typeof en;

const de: Readonly<Record<TextKey, string>> = {
  'check.title': 'Synchronisationsprüfung {tenant} – {connection}',
  'check.period': 'Zeitraum: {from} bis {to}',
  'check.summary': '{compared} Elemente von {employees} Mitarbeitern verglichen, {count} Unterschiede.',
  'check.clean': 'Beide Seiten stimmen überein.',
  'check.failures': 'Nicht geprüft',
  'check.fields': 'unterschiedlich: {fields}',
  'check.private': '(privat)',
  'check.no-subject': '(ohne Betreff)',
  'action.erp-to-exchange': 'ERP → Exchange',
  'action.exchange-to-erp': 'Exchange → ERP',
  'action.delete-erp': 'Im ERP löschen',
  'action.delete-exchange': 'In Exchange löschen',
  'action.none': 'Keine Aktion',
  'kind.appointment': 'Termin',
  'kind.task': 'Aufgabe',
  'reason.never-synchronised': 'noch nie synchronisiert',
  'reason.unfinished': 'in Exchange nicht fertig angelegt',
  'reason.changed-in-erp': 'nur im ERP geändert',
  'reason.changed-in-exchange': 'nur in Exchange geändert',
  'reason.conflict-rule': 'auf beiden Seiten geändert, die Konfliktregel entscheidet',
  'reason.conflict-manual': 'auf beiden Seiten geändert, eine Person entscheidet',
  'reason.unchanged': 'unterschiedlich, aber seit der letzten Synchronisation auf keiner Seite geändert',
  'reason.deleted-in-erp': 'im ERP gelöscht',
  'reason.deleted-in-exchange': 'in Exchange gelöscht',
  'reason.edited-after-deletion': 'auf der anderen Seite gelöscht, hier aber geändert',
  'reason.many-deletions': 'zurückgehalten: Die meisten Elemente des Postfachs fehlen auf einer Seite',
  'reason.not-readable': 'konnte nicht gelesen oder verglichen werden',
  'first-run.title': 'Erstlauf {tenant} – {connection}',
  'first-run.duration': '{folders} Ordner in {seconds} s.',
  'first-run.counts':
    '{linked} verbunden, {createdInErp} im ERP angelegt, {createdInExchange} in Exchange angelegt, {changed} geändert, {failed} fehlgeschlagen, {conflicts} Konflikte',
  'first-run.skipped': 'unberührt: {reasons}',
  'first-run.failures': 'Noch nicht fertig, wird wiederholt',
  'mail.subject': 'Synchronisation: {count} Meldungen',
  'mail.subject.one': 'Synchronisation: {text}',
  'mail.intro': 'Die Synchronisation mit Exchange meldet:',
  'mail.times': '({count}-mal)',
  'mail.left-out': '{count} weitere Meldungen wurden ausgelassen. Siehe Liste der Synchronisationsdaten.',
};

/** Both tables; a test keeps their parameters equal. */
export const textTables: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { de, en };

/** A text with its parameters filled in. */
export const textOf = (language: Language, key: TextKey, params: Readonly<Record<string, string | number>> = {}): string =>
  textTables[language][key].replaceAll(/\{([a-z-]+)\}/gi, (whole, name: string) => String(params[name] ?? whole));
