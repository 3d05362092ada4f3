/** The section "Faults": what goes wrong is switched on and off here, and the last requests are shown. */
import { $, call, element } from './elements.js';
import { texts } from './texts.js';

const form = $('fault-form');
const { kind, value, mailbox, operation, often } = form.elements;

const text = (key) => texts[document.documentElement.lang][key] ?? key;

/** The faults a person can choose, with the number each may want: its text, and what it is where nothing is entered. */
const kinds = {
  busy: { action: (ms) => ({ kind: 'busy', ...(ms ? { backOffMs: ms } : {}) }), number: 'backOff', usual: '' },
  busyFault: { action: (ms) => ({ kind: 'busy', as: 'fault', ...(ms ? { backOffMs: ms } : {}) }), number: 'backOff', usual: '' },
  busyMessages: { action: (ms) => ({ kind: 'busy', as: 'messages', ...(ms ? { backOffMs: ms } : {}) }), number: 'backOff', usual: '' },
  delay: { action: (ms) => ({ kind: 'delay', ms }), number: 'milliseconds', usual: 2000 },
  noAnswer: {},
  dropBefore: {},
  dropAfter: {},
  truncate: {},
  html500: {},
  redirect: {},
  unauthorized: {},
  silentStream: {},
  cutStream: {},
  moveInProgress: { action: () => ({ kind: 'responseCode', code: 'ErrorMailboxMoveInProgress' }) },
  storeUnavailable: { action: () => ({ kind: 'responseCode', code: 'ErrorMailboxStoreUnavailable' }) },
  quotaExceeded: {},
  largeBatch: { action: (items) => ({ kind: 'largeBatch', items }), number: 'mostItems', usual: 10 },
  itemErrors: {
    action: (percent) => ({ kind: 'itemErrors', code: 'ErrorItemSave', share: percent / 100 }),
    number: 'percentage',
    usual: 20,
  },
  loseSyncStates: {},
  loseSubscriptions: {},
  renewIds: {},
};

const oftens = { once: {}, ten: { times: 10 }, always: { always: true }, rate10: { rate: 0.1 }, rate50: { rate: 0.5 } };

const operations =
  'GetFolder FindFolder SyncFolderHierarchy SyncFolderItems FindItem GetItem CreateItem UpdateItem DeleteItem MoveItem Subscribe GetStreamingEvents GetEvents';

const admin = (path, method, body) => call(`/admin/${path}`, method, body);

const fill = (select, options) => {
  const chosen = select.value;
  select.replaceChildren(
    ...options.map(([name, label]) => {
      const option = element('option', '', label);
      option.value = name;
      return option;
    }),
  );
  if (options.some(([name]) => name === chosen)) select.value = chosen;
};

const adjust = () => {
  const { number, usual } = kinds[kind.value];
  $('fault-number').hidden = !number;
  $('fault-number-text').textContent = number ? text(number) : '';
  value.value = usual ?? '';
};

/** The text of a fault: the choice it came from, or the name it has in tests. */
const nameOf = ({ action }) => {
  const found = Object.keys(kinds).find((name) => {
    const made = kinds[name].action?.(1) ?? { kind: name };
    return made.kind === action.kind && made.as === action.as && (action.kind !== 'responseCode' || made.code === action.code);
  });
  return found ? text(`fault-${found}`) : [action.kind, action.code].filter(Boolean).join(' ');
};

const oftenOf = ({ nth, times, rate, always }) =>
  [
    nth && nth > 1 ? `${text('fromRequest')} ${nth}` : '',
    rate !== undefined ? `${Math.round(rate * 100)} %` : '',
    times ? `${times} ×` : '',
    always ? text('often-always') : '',
    !times && !always && rate === undefined ? text('often-once') : '',
  ]
    .filter(Boolean)
    .join(', ');

const numbersOf = ({ action }) =>
  [
    action.ms === undefined ? '' : `${action.ms} ms`,
    action.backOffMs === undefined ? '' : `${action.backOffMs} ms`,
    action.items === undefined ? '' : `> ${action.items}`,
    action.share === undefined ? '' : `${Math.round(action.share * 100)} %`,
  ].filter(Boolean);

const faultRow = ({ id, fault, struck }) => {
  const row = element('li');
  const words = element('span', '', [nameOf(fault), ...numbersOf(fault)].join(' · '));
  const facts = [fault.operation, fault.mailbox, fault.account, oftenOf(fault), `${text('struck')} ${struck} ×`].filter(Boolean);
  const off = element('button', '', text('switchOff'));
  off.type = 'button';
  off.addEventListener('click', () => act(() => admin(`faults/${id}`, 'DELETE', {})));
  words.append(element('span', 'facts', facts.join(' · ')));
  row.append(words, off);
  return row;
};

const requestRow = ({ time, caller, operation: name, status, code, ms }, zone) => {
  const row = element('tr', status >= 400 || (code && code !== 'NoError') ? 'failed' : '');
  const clock = new Date(time).toLocaleTimeString('de-AT', { timeZone: zone });
  row.append(...[clock, caller, name, status, code, `${ms} ms`].map((cell) => element('td', '', cell)));
  return row;
};

let shown = '';

/** Shows what is on and what came; builds nothing anew where nothing changed, so that a button stays where it is. */
const refresh = async () => {
  const [{ faults }, { zone, requests }] = await Promise.all([admin('faults'), admin('requests')]);
  const now = JSON.stringify([document.documentElement.lang, faults, requests]);
  if (now === shown) return;
  shown = now;
  $('fault-list').replaceChildren(...(faults.length ? faults.map(faultRow) : [element('li', 'empty', text('noFaults'))]));
  $('request-list').replaceChildren(...requests.map((request) => requestRow(request, zone)));
};

const act = async (work) => {
  try {
    await work();
    $('fault-problem').textContent = '';
    await refresh();
  } catch (error) {
    $('fault-problem').textContent = error.message;
  }
};

/** Words in the page's language, and the mailboxes there are now. */
const label = () => {
  fill(
    kind,
    Object.keys(kinds).map((name) => [name, text(`fault-${name}`)]),
  );
  fill(
    often,
    Object.keys(oftens).map((name) => [name, text(`often-${name}`)]),
  );
  fill(mailbox, [['', text('everyMailbox')], ...Array.from($('mailbox').options, (option) => [option.value, option.value])]);
  fill(operation, [['', text('everyOperation')], ...operations.split(' ').map((name) => [name, name])]);
};

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const number = value.value === '' ? undefined : Number(value.value);
  const fault = {
    ...(mailbox.value ? { mailbox: mailbox.value } : {}),
    ...(operation.value ? { operation: operation.value } : {}),
    ...oftens[often.value],
    action: kinds[kind.value].action?.(number) ?? { kind: kind.value },
  };
  void act(() => admin('faults', 'POST', fault));
});
kind.addEventListener('change', adjust);
$('all-off').addEventListener('click', () => void act(() => admin('faults', 'DELETE', {})));

/** While the section is open it is read once a second. */
const follow = () => {
  if (!$('faults').open) return;
  void act(() => Promise.resolve()).then(() => setTimeout(follow, 1000));
};
$('faults').addEventListener('toggle', () => {
  if (!$('faults').open) return;
  label();
  adjust();
  follow();
});
$('language').addEventListener('change', () => {
  if (!$('faults').open) return;
  label();
  adjust();
});
