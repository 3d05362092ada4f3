/** The page on which a person works in a mailbox of the simulator. */
import { $, call, element } from './elements.js';
import { texts } from './texts.js';

const form = $('form');
const fields = form.elements;

/** Days are counted in UTC so that no clock change of the browser's own zone disturbs them. */
const addDays = (day, count) => new Date(Date.parse(`${day}T00:00:00Z`) + count * 86400000).toISOString().slice(0, 10);
const mondayOf = (day) => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

const state = {
  language: localStorage.getItem('language') ?? (navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en'),
  mailbox: location.hash ? decodeURIComponent(location.hash.slice(1)) : '',
  zone: 'UTC',
  version: -1,
  monday: '',
  editing: undefined,
};

/** How dates are written where the language is spoken. */
const region = () => (state.language === 'de' ? 'de-AT' : 'en-GB');
const text = (key) => texts[state.language][key] ?? key;
const todayIn = (zone) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date());

const api = (path, method, body) => call(`/api/${path}`, method, body);

const mailboxPath = (rest) => `mailboxes/${encodeURIComponent(state.mailbox)}/${rest}`;

const translate = () => {
  document.documentElement.lang = state.language;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = text(node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', text(node.dataset.label));
  for (const select of document.querySelectorAll('[data-options]')) {
    const chosen = select.value;
    select.replaceChildren(
      ...select.dataset.options.split(' ').map((value) => {
        const option = element('option', '', text(value));
        option.value = value;
        return option;
      }),
    );
    if (chosen) select.value = chosen;
  }
  document.title = text('title');
  $('language').value = state.language;
  $('zone').textContent = `${text('zone')} ${state.zone}`;
};

const marksOf = (item) =>
  [
    item.isSeries ? text('series') : '',
    ...item.categories,
    item.sensitivity === 'Normal' ? '' : text(item.sensitivity),
    item.importance === 'High' ? '!' : '',
  ]
    .filter(Boolean)
    .join(' · ');

const entryFor = (item, day) => {
  const shade = { Free: 'free', Tentative: 'tentative', OOF: 'oof' }[item.freeBusy] ?? '';
  const button = element('button', `entry ${shade} ${item.allDay ? 'whole' : ''}`);
  button.type = 'button';
  const from = item.start.slice(0, 10) === day ? item.start.slice(11, 16) : '…';
  const to = item.end.slice(0, 10) === day ? item.end.slice(11, 16) : '…';
  button.append(
    element('span', 'time', item.allDay ? text('allDay') : `${from} – ${to}`),
    element('span', 'subject', item.subject || text('noSubject')),
  );
  if (item.location) button.append(element('span', 'where', item.location));
  if (marksOf(item)) button.append(element('span', 'marks', marksOf(item)));
  button.addEventListener('click', () => openAppointment(item));
  return button;
};

const touches = (item, day) => {
  const next = addDays(day, 1);
  const start = item.start.slice(0, 19);
  const end = item.end.slice(0, 19);
  return start < `${next}T00:00:00` && (end > `${day}T00:00:00` || (start === end && start >= `${day}T00:00:00`));
};

const showCalendar = (items) => {
  const format = new Intl.DateTimeFormat(region(), { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
  const today = todayIn(state.zone);
  const days = Array.from({ length: 7 }, (_, index) => addDays(state.monday, index));
  $('days').replaceChildren(
    ...days.map((day, index) => {
      const column = element('div', `day ${index > 4 ? 'weekend' : ''} ${day === today ? 'now' : ''}`);
      column.append(element('h3', '', format.format(new Date(`${day}T00:00:00Z`))));
      const found = items.filter((item) => touches(item, day)).sort((a, b) => b.allDay - a.allDay || a.start.localeCompare(b.start));
      column.append(...found.map((item) => entryFor(item, day)));
      column.addEventListener('dblclick', (event) => event.target === column && openAppointment(undefined, day));
      return column;
    }),
  );
  const range = new Intl.DateTimeFormat(region(), { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  $('week').textContent = range.formatRange(new Date(`${days[0]}T00:00:00Z`), new Date(`${days[6]}T00:00:00Z`));
};

const taskRow = (item) => {
  const done = item.status === 'Completed';
  const row = element('li', done ? 'done' : '');
  const box = element('input');
  box.type = 'checkbox';
  box.checked = done;
  box.setAttribute('aria-label', `${text('markDone')}: ${item.subject}`);
  box.addEventListener('change', () =>
    act(
      () =>
        api(mailboxPath(`items/${encodeURIComponent(item.id)}`), 'PUT', { kind: 'task', status: box.checked ? 'Completed' : 'NotStarted' }),
      'saved',
    ),
  );
  const open = element('button', 'open');
  open.type = 'button';
  const due = item.dueDate
    ? `${text('due')} ${new Intl.DateTimeFormat(region(), { timeZone: 'UTC' }).format(new Date(`${item.dueDate}T00:00:00Z`))}`
    : '';
  const progress = done ? text('done') : `${text(item.status)}${item.percentComplete ? ` ${item.percentComplete} %` : ''}`;
  open.append(
    element('span', 'subject', item.subject || text('noSubject')),
    element('span', 'facts', [progress, due, marksOf(item)].filter(Boolean).join(' · ')),
  );
  open.addEventListener('click', () => openTask(item));
  row.append(box, open);
  return row;
};

const showTasks = (items) => {
  const order = (item) => `${item.status === 'Completed' ? 1 : 0}${item.dueDate ?? '9999'}${item.subject}`;
  const rows = [...items].sort((a, b) => order(a).localeCompare(order(b))).map(taskRow);
  $('task-list').replaceChildren(...(rows.length ? rows : [element('li', 'empty', text('noTasks'))]));
};

const refresh = async () => {
  if (!state.mailbox) return;
  const [appointments, tasks] = await Promise.all([
    api(mailboxPath(`appointments?from=${state.monday}&to=${addDays(state.monday, 7)}`)),
    api(mailboxPath('tasks')),
  ]);
  showCalendar(appointments.items);
  showTasks(tasks.items);
};

const say = (message) => {
  $('status').textContent = message;
};

/** Runs a change, shows what came of it, and reads everything anew. */
const act = async (work, message) => {
  try {
    await work();
    say(text(message));
    await refresh();
    return true;
  } catch (error) {
    say(error.message);
    $('problem').textContent = error.message;
    return false;
  }
};

const fill = (values) => {
  for (const [name, value] of Object.entries(values)) {
    if (fields[name].type === 'checkbox') fields[name].checked = value;
    else fields[name].value = value;
  }
};

const adjust = () => {
  const isTask = state.editing.kind === 'task';
  for (const node of form.querySelectorAll('.for-task')) node.hidden = !isTask;
  for (const node of form.querySelectorAll('.for-appointment')) node.hidden = isTask;
  for (const node of form.querySelectorAll('.timed')) node.hidden = isTask || fields.allDay.checked;
  for (const node of form.querySelectorAll('.repeating')) node.hidden = isTask || ['never', 'keep'].includes(fields.pattern.value);
};

const openEditor = (kind, item, values) => {
  state.editing = { kind, item };
  form.reset();
  $('problem').textContent = '';
  $('editor-title').textContent = text(
    item ? (kind === 'task' ? 'editTask' : 'editAppointment') : kind === 'task' ? 'newTask' : 'newAppointment',
  );
  $('delete').hidden = !item;
  $('series-note').hidden = !item?.isSeries;
  const reminders = [...fields.reminderMinutes.options].map((option) => option.value);
  if (values.reminderMinutes !== undefined && !reminders.includes(values.reminderMinutes)) {
    const option = element('option', '', values.reminderMinutes);
    option.value = values.reminderMinutes;
    fields.reminderMinutes.append(option);
  }
  fill({
    subject: item?.subject ?? '',
    body: item?.body ?? '',
    categories: item?.categories.join(', ') ?? '',
    sensitivity: item?.sensitivity ?? 'Normal',
    importance: item?.importance ?? 'Normal',
    ...values,
  });
  adjust();
  $('editor').showModal();
  fields.subject.focus();
};

/** A series is edited as a whole: from its master, not from the occurrence that was clicked. */
const openAppointment = async (clicked, day = todayIn(state.zone)) => {
  const item = clicked?.isSeries ? await api(mailboxPath(`items/${encodeURIComponent(clicked.id)}`)) : clicked;
  const lastDay = item?.allDay ? addDays(item.end.slice(0, 10), -1) : item?.end.slice(0, 10);
  const repeat = item?.recurrence;
  openEditor('appointment', item, {
    location: item?.location ?? '',
    allDay: item?.allDay ?? false,
    startDay: item?.start.slice(0, 10) ?? day,
    startTime: item?.allDay ? '09:00' : (item?.start.slice(11, 16) ?? '09:00'),
    endDay: lastDay ?? day,
    endTime: item?.allDay ? '10:00' : (item?.end.slice(11, 16) ?? '10:00'),
    freeBusy: item?.freeBusy ?? 'Busy',
    reminderMinutes: item ? String(item.reminderMinutes ?? 'none') : '15',
    pattern: repeat?.pattern ?? (item?.isSeries ? 'keep' : 'never'),
    interval: repeat?.interval ?? 1,
    count: repeat?.count ?? '',
    until: repeat?.until ?? '',
  });
};

const openTask = (item) =>
  openEditor('task', item, {
    startDate: item?.startDate ?? '',
    dueDate: item?.dueDate ?? '',
    status: item?.status ?? 'NotStarted',
    percentComplete: item?.percentComplete ?? 0,
  });

/** A recurrence that nobody touched is left as it is, so that what the form cannot show survives. */
const recurrenceOf = (item) => {
  const pattern = fields.pattern.value;
  if (pattern === 'keep') return {};
  if (pattern === 'never') return item && !item.isSeries ? {} : item ? { recurrence: null } : {};
  const before = item?.recurrence;
  const made = {
    pattern,
    interval: Number(fields.interval.value) || 1,
    ...(fields.until.value ? { until: fields.until.value } : fields.count.value ? { count: Number(fields.count.value) } : {}),
  };
  const isSame =
    before &&
    before.pattern === made.pattern &&
    before.interval === made.interval &&
    before.until === made.until &&
    before.count === made.count;
  return isSame ? {} : { recurrence: { ...made, ...(pattern === 'weekly' && before?.days ? { days: before.days } : {}) } };
};

const readForm = ({ kind, item }) => {
  const categories = fields.categories.value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const common = {
    kind,
    subject: fields.subject.value,
    categories,
    sensitivity: fields.sensitivity.value,
    importance: fields.importance.value,
  };
  // An unchanged body is not sent: a formatted one would come back as plain text.
  const body = item && fields.body.value === item.body.replaceAll('\r\n', '\n') ? {} : { body: fields.body.value };
  if (kind === 'task') {
    const status = item?.status === fields.status.value ? {} : { status: fields.status.value };
    const percent =
      item?.percentComplete === Number(fields.percentComplete.value) ? {} : { percentComplete: Number(fields.percentComplete.value) };
    return { ...common, ...body, startDate: fields.startDate.value || null, dueDate: fields.dueDate.value || null, ...status, ...percent };
  }
  const allDay = fields.allDay.checked;
  return {
    ...common,
    ...body,
    location: fields.location.value,
    allDay,
    start: `${fields.startDay.value}T${allDay ? '00:00' : fields.startTime.value}:00`,
    end: allDay ? `${addDays(fields.endDay.value, 1)}T00:00:00` : `${fields.endDay.value}T${fields.endTime.value}:00`,
    freeBusy: fields.freeBusy.value,
    reminderMinutes: fields.reminderMinutes.value === 'none' ? null : Number(fields.reminderMinutes.value),
    ...recurrenceOf(item),
  };
};

const itemPath = (item) => mailboxPath(item ? `items/${encodeURIComponent(item.id)}` : 'items');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { item } = state.editing;
  void act(() => api(itemPath(item), item ? 'PUT' : 'POST', readForm(state.editing)), 'saved').then(
    (isDone) => isDone && $('editor').close(),
  );
});
form.addEventListener('change', adjust);
fields.startDay.addEventListener('change', () => {
  if (fields.endDay.value < fields.startDay.value) fields.endDay.value = fields.startDay.value;
});
$('cancel').addEventListener('click', () => $('editor').close());
$('delete').addEventListener('click', () => {
  const { item } = state.editing;
  if (!confirm(text('confirmDelete'))) return;
  void act(() => api(itemPath(item), 'DELETE', {}), 'deleted').then((isDone) => isDone && $('editor').close());
});
$('new-appointment').addEventListener('click', () => void openAppointment());
$('new-task').addEventListener('click', () => openTask());

const move = (monday) => {
  state.monday = monday;
  void act(() => Promise.resolve(), '');
};
$('earlier').addEventListener('click', () => move(addDays(state.monday, -7)));
$('later').addEventListener('click', () => move(addDays(state.monday, 7)));
$('today').addEventListener('click', () => move(mondayOf(todayIn(state.zone))));
$('language').addEventListener('change', () => {
  state.language = $('language').value;
  localStorage.setItem('language', state.language);
  translate();
  void refresh();
});
$('mailbox').addEventListener('change', () => {
  state.mailbox = $('mailbox').value;
  location.hash = encodeURIComponent(state.mailbox);
  void refresh();
});

const showMailboxes = (mailboxes) => {
  if (!mailboxes.some(({ address }) => address === state.mailbox)) state.mailbox = mailboxes[0]?.address ?? '';
  $('mailbox').replaceChildren(
    ...mailboxes.map(({ address, name }) => {
      const option = element('option', '', `${name} <${address}>`);
      option.value = address;
      return option;
    }),
  );
  $('mailbox').value = state.mailbox;
};

/** Asks once a second whether anything changed, and reads again only then. */
const follow = async () => {
  try {
    const { version } = await api('version');
    if (version !== state.version) {
      state.version = version;
      await refresh();
    }
    if ($('status').textContent === text('offline')) say('');
  } catch {
    say(text('offline'));
  }
  setTimeout(() => void follow(), 1000);
};

const begin = async () => {
  translate();
  const { zone, version, mailboxes } = await api('mailboxes');
  state.zone = zone;
  state.version = version;
  state.monday = mondayOf(todayIn(zone));
  showMailboxes(mailboxes);
  translate();
  await refresh();
  await follow();
};
void begin();
