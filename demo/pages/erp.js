/* The ERP page in the browser. Everything that comes from the database enters the page as text, never as markup. */
'use strict';

const $ = (id) => document.getElementById(id);
const colours = { blue: '#2f6fd0', green: '#2e8b57', orange: '#e08a1e', purple: '#7b52ab', red: '#c0392b', yellow: '#d4b106' };
const freeBusyValues = ['busy', 'free', 'tentative', 'outOfOffice', 'workingElsewhere'];
const statusValues = ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'];
const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const dayMs = 86400000;
const refreshMs = 2000;

const remembered = (key, standard) => localStorage.getItem(`erp-${key}`) ?? standard;
const state = {
  language: remembered('language', navigator.language.startsWith('de') ? 'de' : 'en'),
  employee: Number(remembered('employee', '1')),
  count: Number(remembered('view', '7')),
  first: 0,
  page: null,
  shown: '',
};
const remember = (key, value) => localStorage.setItem(`erp-${key}`, String(value));
const t = (key) => texts[state.language][key] ?? key;
const errorText = ({ error, text }) => {
  const known = texts[state.language].errors[error] ?? texts[state.language].errors.refused;
  return text === undefined ? known : `${known} ${text}`;
};

/** Days are counted in UTC, so that no change of the clock moves them. */
const dayText = (day) => new Date(day * dayMs).toISOString().slice(0, 10);
const dayNumber = (text) => Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / dayMs);
const today = () => {
  const now = new Date();
  return Math.floor(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / dayMs);
};
const startOf = (day) => (state.count === 7 ? day - ((new Date(day * dayMs).getUTCDay() + 6) % 7) : day);
const dateLabel = (day, options) =>
  new Intl.DateTimeFormat(state.language === 'de' ? 'de-AT' : 'en-GB', { timeZone: 'UTC', ...options }).format(day * dayMs);

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
};

const showProblem = (place, problem) => {
  place.hidden = problem === null;
  place.textContent = problem === null ? '' : errorText(problem);
};

const ask = async (address, form) => {
  const request = form === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(form) };
  let response;
  try {
    response = await fetch(address, request);
  } catch {
    throw { error: 'unreachable' };
  }
  const answer = await response.json().catch(() => ({ error: 'unreachable' }));
  if (!response.ok) throw answer;
  return answer;
};

const load = async () => {
  try {
    const query = new URLSearchParams({ employee: state.employee, from: dayText(state.first), to: dayText(state.first + state.count) });
    const page = await ask(`api/page?${query}`);
    showProblem($('problem'), null);
    state.page = page;
    const shown = JSON.stringify([page, state.language, state.employee, state.first, state.count, today()]);
    if (shown !== state.shown) {
      state.shown = shown;
      show();
    }
  } catch (problem) {
    showProblem($('problem'), problem);
  }
};

const employeeButton = (employee) => {
  const button = element(
    'button',
    { type: 'button', className: employee.id === state.employee ? 'chosen' : '' },
    element('span', { textContent: employee.name }),
    element('small', { textContent: employee.email ?? '', title: employee.email ?? '' }),
  );
  button.onclick = () => {
    state.employee = employee.id;
    remember('employee', employee.id);
    void load();
  };
  return element('li', {}, button);
};

const typeOf = (id) => state.page.types.find((type) => type.id === id);
const nameOf = (id) => state.page.employees.find((employee) => employee.id === id)?.name ?? `#${id}`;

const entryButton = (appointment) => {
  const type = typeOf(appointment.activity_type_id);
  const marks = [
    appointment.recurrence_rule ? '↻' : '',
    appointment.sensitivity === 'private' ? '🔒' : '',
    appointment.reminder_minutes === null ? '' : '🔔',
  ];
  const time = appointment.all_day ? t('allDay') : `${appointment.start_at.slice(11, 16)}–${appointment.end_at.slice(11, 16)}`;
  const others = [appointment.employee_id, ...appointment.participants].filter((id) => id !== state.employee).map(nameOf);
  const button = element(
    'button',
    { type: 'button', className: appointment.all_day ? 'entry allday' : 'entry', title: appointment.body },
    element('time', { textContent: [time, ...marks].filter((part) => part !== '').join(' ') }),
    element('b', { textContent: appointment.subject }),
    appointment.location ? element('small', { textContent: appointment.location }) : null,
    others.length > 0 ? element('small', { textContent: `👥 ${others.length > 2 ? others.length : others.join(', ')}` }) : null,
  );
  button.style.setProperty('--colour', colours[type?.colour] ?? '#9aa7b5');
  button.onclick = () => openAppointment(appointment);
  return button;
};

const dayColumn = (day) => {
  const text = dayText(day);
  const column = element(
    'div',
    { className: day === today() ? 'day today' : 'day' },
    element('h3', { textContent: dateLabel(day, { weekday: 'short', day: 'numeric', month: 'numeric' }) }),
    ...state.page.appointments.filter((appointment) => appointment.days.includes(text)).map(entryButton),
  );
  column.ondblclick = (event) => {
    if (event.target === column) openAppointment(null, text);
  };
  return column;
};

const taskItem = (task) => {
  const done = task.status === 'completed';
  const tick = element('input', { type: 'checkbox', checked: done, title: t('completed') });
  tick.onchange = () => void send('api/task/toggle', { id: task.id, done: tick.checked }, $('problem'));
  const due = task.due_date ? `${t('due')} ${dateLabel(dayNumber(task.due_date), { day: 'numeric', month: 'short' })}` : '';
  const progress = task.percent_complete > 0 && !done ? `${task.percent_complete} %` : '';
  const status = task.status === 'notStarted' || done ? '' : t(task.status);
  const marks = [task.sensitivity === 'private' ? '🔒' : '', task.priority < 3 ? '❗' : ''].join('');
  const line = element(
    'button',
    { type: 'button', title: task.body },
    element('b', { textContent: `${marks}${marks === '' ? '' : ' '}${task.subject}` }),
    element('small', {
      textContent: [due, status, progress, typeOf(task.activity_type_id)?.description ?? ''].filter((part) => part !== '').join(' · '),
    }),
  );
  line.onclick = () => openTask(task);
  const late = !done && task.due_date && dayNumber(task.due_date) < today();
  return element('li', { className: done ? 'done' : late ? 'late' : '' }, tick, line);
};

const show = () => {
  document.documentElement.lang = state.language;
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = t(place.dataset.text);
  for (const place of document.querySelectorAll('[data-title]')) place.title = t(place.dataset.title);
  for (const button of $('languages').children) button.className = button.dataset.language === state.language ? 'chosen' : '';
  const days = Array.from({ length: state.count }, (_, index) => state.first + index);
  $('employees').replaceChildren(...state.page.employees.map(employeeButton));
  $('days').style.setProperty('--count', state.count);
  $('days').replaceChildren(...days.map(dayColumn));
  const long = { day: 'numeric', month: 'long', year: 'numeric' };
  $('period').textContent =
    state.count === 1
      ? dateLabel(state.first, { weekday: 'long', ...long })
      : `${dateLabel(state.first, { day: 'numeric', month: 'long' })} – ${dateLabel(days.at(-1), long)}`;
  const items = state.page.tasks.map(taskItem);
  $('tasks').replaceChildren(...(items.length > 0 ? items : [element('li', { className: 'empty', textContent: t('noTasks') })]));
};

const send = async (address, form, place) => {
  try {
    await ask(address, form);
    showProblem(place, null);
    await load();
    return true;
  } catch (problem) {
    showProblem(place, problem);
    return false;
  }
};

const options = (select, entries, chosen) => {
  select.replaceChildren(...entries.map(([value, label]) => element('option', { value, textContent: label })));
  select.value = chosen ?? '';
};

const choices = (form, name, entries, chosen) => {
  form
    .querySelector(`[data-choices=${name}]`)
    .replaceChildren(
      ...entries.map(({ id, name: label }) =>
        element('label', {}, element('input', { type: 'checkbox', name, value: id, checked: chosen.includes(id) }), label),
      ),
    );
};

/** What the form holds, as JSON; a ticked "private" only replaces a sensitivity that is not as strict. */
const read = (form, row) => {
  const result = { id: row?.id ?? null, participants: [], equipment: [] };
  for (const field of form.elements) {
    if (field.name === '' || field.tagName === 'FIELDSET') continue;
    if (field.name === 'participants' || field.name === 'equipment') {
      if (field.checked) result[field.name].push(Number(field.value));
    } else if (field.type === 'checkbox') result[field.name] = field.checked;
    else if ('number' in field.dataset) result[field.name] = field.value === '' ? null : Number(field.value);
    else result[field.name] = field.value;
  }
  const before = row?.sensitivity ?? 'normal';
  const wasPrivate = before === 'private';
  result.sensitivity = result.private ? 'private' : wasPrivate ? 'normal' : before;
  return result;
};

const openForm = (name, row, prepare) => {
  const [dialog, form] = [$(`${name}-dialog`), $(`${name}-form`)];
  form.reset();
  const place = form.querySelector('.form-problem');
  showProblem(place, null);
  options(
    form.employee,
    state.page.employees.map(({ id, name: label }) => [id, label]),
    row?.employee_id ?? state.employee,
  );
  options(form.type, [['', t('none')], ...state.page.types.map(({ id, description }) => [id, description])], row?.activity_type_id);
  form.subject.value = row?.subject ?? '';
  form.body.value = row?.body ?? '';
  form.categories.value = row?.categories ?? '';
  form.priority.value = row?.priority ?? 3;
  form.private.checked = row?.sensitivity === 'private';
  form.querySelector('.delete').hidden = row === null;
  form.querySelector('.buttons span').textContent = row?.updated_by ? `${t('bySync')} ${row.updated_by}` : '';
  prepare(form);
  form.onsubmit = (event) => {
    event.preventDefault();
    void send(`api/${name}`, read(form, row), place).then((saved) => saved && dialog.close());
  };
  form.querySelector('.cancel').onclick = () => dialog.close();
  form.querySelector('.delete').onclick = () => {
    if (confirm(t('reallyDelete'))) void send(`api/${name}/delete`, { id: row.id }, place).then((gone) => gone && dialog.close());
  };
  dialog.showModal();
  form.subject.focus();
};

const showTimesAs = (form, allDay) => {
  for (const field of [form.start, form.end]) {
    const value = field.value;
    field.type = allDay ? 'date' : 'datetime-local';
    field.value = allDay
      ? value.slice(0, 10)
      : `${value.slice(0, 10)}T${value.slice(11, 16) || (field === form.start ? '09:00' : '10:00')}`;
  }
};

const ruleFor = (form) => {
  const frequency = form.frequency.value;
  if (frequency === '') return '';
  const day = weekdays[new Date(dayNumber(form.start.value) * dayMs).getUTCDay()];
  return frequency === 'WEEKLY' ? `FREQ=WEEKLY;BYDAY=${day}` : `FREQ=${frequency}`;
};

const openAppointment = (row, day = dayText(Math.max(state.first, Math.min(today(), state.first + state.count - 1)))) => {
  openForm('appointment', row, (form) => {
    const allDay = Boolean(row?.all_day);
    for (const field of [form.start, form.end]) field.type = 'datetime-local';
    form.allDay.checked = allDay;
    form.start.value = row === null ? `${day}T09:00` : row.start_at.slice(0, 16).replace(' ', 'T');
    form.end.value = row === null ? `${day}T10:00` : row.end_at.slice(0, 16).replace(' ', 'T');
    if (allDay) form.end.value = `${dayText(Math.max(dayNumber(row.start_at), dayNumber(row.end_at) - 1))}T00:00`;
    showTimesAs(form, allDay);
    form.allDay.onchange = () => showTimesAs(form, form.allDay.checked);
    let before = form.start.value;
    form.start.onchange = () => {
      // The end moves along with the start.
      const shift = Date.parse(form.start.value.padEnd(16, 'T00:00')) - Date.parse(before.padEnd(16, 'T00:00'));
      if (form.allDay.checked && Number.isFinite(shift)) form.end.value = dayText(dayNumber(form.end.value) + Math.round(shift / dayMs));
      else if (Number.isFinite(shift)) form.end.value = new Date(Date.parse(`${form.end.value}Z`) + shift).toISOString().slice(0, 16);
      before = form.start.value;
      if (form.frequency.value === 'WEEKLY' && /^FREQ=WEEKLY;BYDAY=..$/.test(form.rule.value)) form.rule.value = ruleFor(form);
    };
    form.location.value = row?.location ?? '';
    form.rule.value = row?.recurrence_rule ?? '';
    form.frequency.value = /FREQ=(\w+)/.exec(form.rule.value)?.[1] ?? '';
    form.frequency.onchange = () => (form.rule.value = ruleFor(form));
    form.reminder.value = row === null ? 15 : (row.reminder_minutes ?? '');
    options(
      form.freeBusy,
      freeBusyValues.map((value) => [value, t(value)]),
      row?.free_busy ?? 'busy',
    );
    choices(form, 'participants', state.page.employees, row?.participants ?? []);
    choices(form, 'equipment', state.page.equipment, row?.equipment ?? []);
  });
};

const openTask = (row) => {
  openForm('task', row, (form) => {
    form.startDate.value = row?.start_date?.slice(0, 10) ?? '';
    form.dueDate.value = row?.due_date?.slice(0, 10) ?? '';
    form.percent.value = row?.percent_complete ?? 0;
    form.reminderAt.value = row?.reminder_at?.slice(0, 16).replace(' ', 'T') ?? '';
    options(
      form.status,
      statusValues.map((value) => [value, t(value)]),
      row?.status ?? 'notStarted',
    );
    // Status and percentage say the same twice: changing one takes the other along.
    form.status.onchange = () => {
      if (form.status.value === 'completed') form.percent.value = 100;
      else if (form.status.value === 'notStarted' || form.percent.value === '100') form.percent.value = 0;
    };
    form.percent.onchange = () => {
      if (form.percent.value === '100') form.status.value = 'completed';
      else if (form.status.value === 'completed' || (form.status.value === 'notStarted' && form.percent.value !== '0'))
        form.status.value = 'inProgress';
    };
  });
};

const goTo = (day) => {
  state.first = startOf(day);
  void load();
};
$('previous').onclick = () => goTo(state.first - state.count);
$('next').onclick = () => goTo(state.first + state.count);
$('today').onclick = () => goTo(today());
$('view').value = String(state.count);
$('view').onchange = () => {
  const inside = today() >= state.first && today() < state.first + state.count;
  state.count = Number($('view').value);
  remember('view', state.count);
  goTo(inside ? today() : state.first);
};
$('new-appointment').onclick = () => openAppointment(null);
$('new-task').onclick = () => openTask(null);
$('languages').onclick = (event) => {
  const language = event.target.dataset.language;
  if (language === undefined) return;
  state.language = language;
  remember('language', language);
  void load();
};
goTo(today());
setInterval(() => {
  if (!document.hidden) void load();
}, refreshMs);
