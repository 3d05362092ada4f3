/** Dialog of `erp-config`: the fields of the chosen driver and login, the schema mapping, and what the buttons answer. */
import { erpConfigVersion, presentErpConfig } from '../shared/erp-config-versions';
import { type Answer, ask, dialogFields, type DialogNode, field, type Line, onButton, showLines, showText, toldText } from './dialog';

interface ErpConfigNode extends DialogNode {
  version?: number;
}

const type = 'erp-config';
const editorId = 'node-config-input-mapping-editor';

/** The editor of the mapping while a dialog is open and has needed one. */
let textEditor: RedTextEditor | null = null;

const valueOf = (name: string): string => field(name)?.value ?? '';
const show = (element: Element, visible: boolean): void => {
  element.classList.toggle('hide', !visible);
};

/** What an older version of the node has not stored. */
const fillInMissing = (node: ErpConfigNode): void => {
  for (const [name, value] of Object.entries(presentErpConfig({ ...node }))) {
    const input = field(name);
    if (input !== null && Reflect.get(node, name) === undefined) input.value = String(value);
  }
};

const words = (element: HTMLElement, name: string): readonly string[] => element.dataset[name]?.split(' ') ?? [];

/** Shows what belongs to the driver and the login that the server understands, variables in place. */
const showChosen = ({ driver, loginMode, encrypt, trustServerCertificate }: Answer): void => {
  const isServer = driver === 'mssql';
  for (const element of document.querySelectorAll<HTMLElement>('.exchange-erp-config [data-driver], .exchange-erp-config [data-login]')) {
    const logins = words(element, 'login');
    show(element, isServer && (logins.length === 0 || logins.includes(String(loginMode))));
  }
  for (const [id, warns] of [
    ['encrypt-warning', encrypt === false],
    ['trust-warning', encrypt !== false && trustServerCertificate === true],
  ] as const) {
    const warning = document.querySelector(`#node-config-input-${id}`);
    if (warning) show(warning, isServer && warns);
  }
};

const followChoices = (node: DialogNode): void => {
  const choices = ['driver', 'loginMode', 'encrypt', 'trustServerCertificate'];
  const refresh = () => {
    ask(type, 'chosen', { id: node.id, ...Object.fromEntries(choices.map((name) => [name, valueOf(name)])) })
      .then((answer) => {
        if ('error' in answer) showLines([{ ok: false, text: toldText(node, answer['error']) }]);
        else showChosen(answer);
      })
      .catch(() => RED.notify(node._('@exchange-erp/node-red-sync/ews-config:label.no-answer'), 'error'));
  };
  for (const name of choices) field(name)?.addEventListener('change', refresh);
  refresh();
};

const isText = (mapping: string): boolean => mapping.trimStart().startsWith('{');

/** The mapping as it is stored: empty, a path, or the JSON itself. */
const chosenMapping = (): string => {
  switch (valueOf('mappingFrom')) {
    case 'file':
      return valueOf('mappingFile').trim();
    case 'text':
      return textEditor?.getValue() ?? valueOf('mapping');
    default:
      return '';
  }
};

const openTextEditor = async (stored: string): Promise<void> => {
  if (textEditor !== null) return;
  textEditor = RED.editor.createEditor({ id: editorId, mode: 'ace/mode/json', value: stored });
  if (stored !== '') return;
  const { mapping } = await ask(type, 'reference-mapping', {});
  if (typeof mapping === 'string' && textEditor.getValue() === '') textEditor.setValue(mapping, -1);
};

const followMapping = (node: DialogNode): void => {
  const stored = valueOf('mapping');
  const from = field('mappingFrom');
  const file = field('mappingFile');
  if (from === null || file === null) return;
  from.value = stored === '' ? 'reference' : isText(stored) ? 'text' : 'file';
  if (from.value === 'file') file.value = stored;
  const refresh = () => {
    for (const element of document.querySelectorAll<HTMLElement>('.exchange-erp-config [data-mapping]')) {
      show(element, element.dataset['mapping'] === from.value);
    }
    if (from.value !== 'text') return;
    openTextEditor(isText(stored) ? stored : '').catch(() =>
      RED.notify(node._('@exchange-erp/node-red-sync/ews-config:label.no-answer'), 'error'),
    );
  };
  from.addEventListener('change', refresh);
  refresh();
};

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

const foundLines = (node: DialogNode, { employees, withMailbox, open }: Answer): readonly Line[] => {
  const counts = { employees: count(employees), withMailbox: count(withMailbox), open: count(open) };
  return [{ ok: true, text: node._('erp-config.label.found', counts) }];
};

const listOf = (answer: Answer, name: string): readonly unknown[] => {
  const list = answer[name];
  return Array.isArray(list) ? list : [];
};

const faultLines = (node: DialogNode, answer: Answer): readonly Line[] => {
  const lines = listOf(answer, 'faults').map((fault) => ({ ok: false, text: toldText(node, fault, 'mapping-fault') }));
  return lines.length > 0 ? lines : [{ ok: true, text: node._('erp-config.label.mapping-well') }];
};

/** Findings, errors first; without errors the schema is good enough, whatever the warnings are. */
const findingLines = (node: DialogNode, answer: Answer): readonly Line[] => {
  const lines = listOf(answer, 'findings').map((finding): Line => {
    const text = toldText(node, finding);
    return Reflect.get(Object(finding), 'severity') === 'warning' ? { ok: null, text: `⚠ ${text}` } : { ok: false, text };
  });
  return lines.some(({ ok }) => ok === false) ? lines : [...lines, { ok: true, text: node._('erp-config.label.schema-well') }];
};

const refusalLines = (node: DialogNode, answer: Answer): readonly Line[] => [
  ...listOf(answer, 'refusals').map((refusal) => ({ ok: null, text: `⚠ ${node._('erp-config.label.refused')}: ${String(refusal)}` })),
  { ok: true, text: node._('erp-config.label.applied') },
];

const save = (name: string, text: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/sql' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};

const scriptOf = ({ script, name }: Answer) => ({ text: String(script), name: String(name) });

/** Prepares the dialog. */
export const openErpConfig = (node: ErpConfigNode): void => {
  fillInMissing(node);
  followMapping(node);
  followChoices(node);
  const fields = () => ({ ...dialogFields(node), mapping: chosenMapping() });
  onButton(node, type, { button: 'check', fields, show: (answer) => foundLines(node, answer) });
  onButton(node, type, {
    button: 'check-mapping',
    fields,
    show: (answer) => faultLines(node, answer),
  });
  onButton(node, type, {
    button: 'check-schema',
    fields,
    show: (answer) => findingLines(node, answer),
  });
  onButton(node, type, {
    button: 'apply',
    fields,
    confirm: () => window.confirm(node._('erp-config.label.apply-confirm')),
    show: (answer) => refusalLines(node, answer),
  });
  onButton(node, type, {
    button: 'preview',
    route: 'script',
    fields,
    show: (answer) => {
      showText(scriptOf(answer).text);
      return null;
    },
  });
  onButton(node, type, {
    button: 'download',
    route: 'script',
    fields,
    show: (answer) => {
      const { text, name } = scriptOf(answer);
      save(name, text);
      return [{ ok: true, text: node._('erp-config.label.downloaded', { name }) }];
    },
  });
};

/** Ends what the dialog has opened. */
export const closeErpConfig = (): void => {
  textEditor?.destroy();
  textEditor = null;
};

/** Takes over what was chosen: the fields themselves are read by the editor afterwards. */
export const saveErpConfig = (node: ErpConfigNode): void => {
  const mapping = field('mapping');
  if (mapping !== null) mapping.value = chosenMapping();
  node.version = erpConfigVersion;
  closeErpConfig();
};
