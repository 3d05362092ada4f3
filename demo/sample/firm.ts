/** The sample firm: a Viennese dealer in office technology. Days count from the Monday of the current week. */

/** An employee with a mailbox of the same address. */
export interface SampleEmployee {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}

/** An appointment; `day` 0 is Monday of this week, times are local. */
export interface SampleAppointment {
  readonly employee: number;
  readonly subject: string;
  readonly day: number;
  /** Day of the current month instead of `day`, for a monthly series that has to start on one of its own days. */
  readonly monthDay?: number;
  /** `HH:MM`; left out for an all-day appointment. */
  readonly from?: string;
  readonly to?: string;
  /** All-day: how many days, default 1. */
  readonly days?: number;
  readonly body?: string;
  readonly location?: string;
  readonly type?: number;
  readonly rule?: string;
  readonly reminder?: number;
  readonly freeBusy?: string;
  readonly sensitivity?: string;
  readonly priority?: number;
  readonly categories?: string;
  readonly participants?: readonly number[];
  readonly equipment?: readonly number[];
}

/** A task; `start` and `due` are days from Monday of this week. */
export interface SampleTask {
  readonly employee: number;
  readonly subject: string;
  readonly start?: number;
  readonly due?: number;
  readonly body?: string;
  readonly status?: string;
  readonly percent?: number;
  readonly type?: number;
  readonly priority?: number;
  readonly sensitivity?: string;
  readonly categories?: string;
}

/** Employees; the first is the office. */
export const sampleEmployees: readonly SampleEmployee[] = [
  { id: 1, name: 'Büro Musterhandel', email: 'office@demo.example' },
  { id: 2, name: 'Anna Gruber', email: 'anna.gruber@demo.example' },
  { id: 3, name: 'John Miller', email: 'john.miller@demo.example' },
  { id: 4, name: 'Jürgen Weiß', email: 'juergen.weiss@demo.example' },
  { id: 5, name: 'Sarah O’Connor', email: 'sarah.oconnor@demo.example' },
  { id: 6, name: 'Günther Österreicher', email: 'guenther.oesterreicher@demo.example' },
];

/** Activity types with their Outlook colour. */
export const sampleActivityTypes = [
  { id: 1, no: '1', description: 'Telefonat', colour: 'blue' },
  { id: 2, no: '2', description: 'Kundenbesuch', colour: 'green' },
  { id: 3, no: '3', description: 'Besprechung', colour: 'orange' },
  { id: 4, no: '4', description: 'Urlaub', colour: 'purple' },
  { id: 5, no: '5', description: 'Task', colour: 'red' },
  { id: 6, no: '6', description: 'Service & Wartung', colour: 'yellow' },
] as const;

/** Equipment that an appointment can reserve. */
export const sampleEquipment = [
  { id: 1, name: 'Beamer' },
  { id: 2, name: 'Firmenwagen W-4711 X' },
  { id: 3, name: 'Besprechungszimmer Donau' },
  { id: 4, name: 'Messgerät' },
] as const;

/** Appointments around today. */
export const sampleAppointments: readonly SampleAppointment[] = [
  {
    employee: 1,
    subject: 'Wochenbesprechung',
    day: 0,
    from: '09:00',
    to: '10:00',
    type: 3,
    rule: 'FREQ=WEEKLY;BYDAY=MO',
    location: 'Besprechungszimmer Donau',
    reminder: 15,
    participants: [2, 4],
    equipment: [1, 3],
    body: 'Offene Angebote\nService-Einsätze der Woche\nAllfälliges',
  },
  {
    employee: 1,
    subject: 'Post & Lieferscheine',
    day: 0,
    from: '08:00',
    to: '08:30',
    type: 5,
    rule: 'FREQ=DAILY;INTERVAL=1',
    freeBusy: 'free',
  },
  {
    employee: 1,
    subject: 'Monatsabschluss',
    day: 4,
    from: '14:00',
    to: '16:00',
    type: 5,
    monthDay: 25,
    rule: 'FREQ=MONTHLY;BYMONTHDAY=25',
    priority: 1,
    reminder: 60,
  },
  { employee: 1, subject: 'Lieferung Papier (2 Paletten)', day: 1, from: '07:30', to: '08:00', location: 'Lager' },
  {
    employee: 1,
    subject: 'Betriebsausflug',
    day: 12,
    days: 2,
    type: 4,
    freeBusy: 'outOfOffice',
    location: 'Wachau',
    participants: [2, 3, 4, 5, 6],
  },
  {
    employee: 1,
    subject: 'Steuerberater Dr. Huber',
    day: 3,
    from: '10:00',
    to: '11:30',
    type: 3,
    reminder: 30,
    sensitivity: 'confidential',
  },
  { employee: 1, subject: 'Zahnarzt', day: 2, from: '16:30', to: '17:30', sensitivity: 'private', freeBusy: 'outOfOffice', reminder: 60 },
  {
    employee: 2,
    subject: 'Kundenbesuch Bäckerei Süßmayr',
    day: 1,
    from: '09:30',
    to: '11:00',
    type: 2,
    location: 'Mariahilfer Straße 12, 1060 Wien',
    reminder: 30,
    equipment: [2],
    body: 'Angebot 2026-118 besprechen: „Kassa & Drucker“ für <3 Filialen>.',
  },
  {
    employee: 2,
    subject: 'Vorführung Multifunktionsgerät',
    day: 2,
    from: '13:00',
    to: '14:30',
    type: 2,
    equipment: [1, 2],
    participants: [4],
  },
  { employee: 2, subject: 'Urlaub', day: 14, days: 5, type: 4, freeBusy: 'outOfOffice' },
  { employee: 2, subject: 'Rückruf Fa. Käfer', day: 3, from: '08:45', to: '09:00', type: 1, priority: 2, reminder: 5 },
  {
    employee: 2,
    subject: 'Jour fixe Vertrieb',
    day: 3,
    from: '15:00',
    to: '16:00',
    type: 3,
    rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;COUNT=10',
    participants: [3, 5],
  },
  { employee: 3, subject: 'Call with Manchester', day: 0, from: '15:00', to: '15:45', type: 1, location: 'Teams', reminder: 10 },
  {
    employee: 3,
    subject: 'London stand-up',
    day: 0,
    from: '09:15',
    to: '09:30',
    type: 1,
    rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    location: 'Teams',
    freeBusy: 'tentative',
  },
  {
    employee: 3,
    subject: 'Quarterly review 🚀',
    day: 4,
    from: '11:00',
    to: '12:30',
    type: 3,
    equipment: [1],
    body: 'Slides are on the share.',
  },
  {
    employee: 3,
    subject: 'Flight to London',
    day: 8,
    from: '06:50',
    to: '09:10',
    freeBusy: 'outOfOffice',
    reminder: 120,
    categories: 'Travel',
  },
  {
    employee: 4,
    subject: 'Wartung Drucker Gemeindeamt',
    day: 0,
    from: '10:30',
    to: '12:00',
    type: 6,
    equipment: [2, 4],
    location: '2340 Mödling',
  },
  { employee: 4, subject: 'Netzwerk einrichten, Ordination Dr. Größ', day: 2, from: '08:00', to: '12:00', type: 6, equipment: [4] },
  { employee: 4, subject: 'Bereitschaft', day: 5, days: 2, type: 6, freeBusy: 'workingElsewhere' },
  { employee: 4, subject: 'Geburtstag Mama', day: 9, days: 1, rule: 'FREQ=YEARLY', sensitivity: 'personal', freeBusy: 'free' },
  {
    employee: 5,
    subject: 'Product training',
    day: 1,
    from: '13:00',
    to: '17:00',
    type: 3,
    participants: [3],
    location: 'Besprechungszimmer Donau',
    equipment: [1, 3],
  },
  { employee: 5, subject: 'Customer visit: Smith & Sons', day: 3, from: '10:00', to: '11:30', type: 2, equipment: [2], reminder: 45 },
  { employee: 5, subject: 'Home office', day: 4, days: 1, freeBusy: 'workingElsewhere', rule: 'FREQ=WEEKLY;BYDAY=FR;COUNT=8' },
  {
    employee: 6,
    subject: 'Inventur Lager',
    day: 5,
    from: '07:00',
    to: '15:00',
    type: 5,
    priority: 2,
    participants: [1],
    location: 'Lager',
  },
  { employee: 6, subject: 'Lieferantengespräch „Müller & Söhne“', day: 1, from: '14:00', to: '15:00', type: 3 },
  { employee: 6, subject: 'Tankkarte abgeben', day: -4, from: '16:00', to: '16:15', type: 5 },
];

/** Tasks. */
export const sampleTasks: readonly SampleTask[] = [
  { employee: 1, subject: 'Angebote nachfassen', start: 0, due: 2, type: 1, priority: 2 },
  { employee: 1, subject: 'Reisekosten prüfen', due: 4, type: 5, status: 'inProgress', percent: 40 },
  { employee: 1, subject: 'Toner bestellen', due: 1, type: 5, status: 'completed', percent: 100 },
  {
    employee: 2,
    subject: 'Angebot für Bäckerei Süßmayr schreiben',
    start: 0,
    due: 1,
    priority: 1,
    body: 'Mit 3 % Skonto.\nLieferzeit 14 Tage.',
  },
  { employee: 2, subject: 'Kundendaten ergänzen', status: 'deferred' },
  { employee: 3, subject: 'Translate price list', start: 0, due: 8, status: 'inProgress', percent: 25, categories: 'Marketing; English' },
  { employee: 3, subject: 'Book hotel in London', due: 3, sensitivity: 'private' },
  { employee: 4, subject: 'Ersatzteil für Drucker bestellen', due: 0, type: 6, priority: 1, status: 'waitingOnOthers', percent: 50 },
  { employee: 5, subject: 'Prepare training documents', start: -3, due: 0, status: 'inProgress', percent: 80 },
  { employee: 6, subject: 'Inventurliste ausdrucken', due: 4, type: 5, priority: 4 },
];
