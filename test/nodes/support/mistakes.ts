/** One mistake of a set-up, and what its maker is told: by the nodes, by the dialog's button and by the command line, in both languages. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import helper from 'node-red-node-test-helper';
import { runProgram } from '../../../cli/program';
import { type Language, languages, textsOf } from '../../../cli/texts';
import { SyncError } from '../../../lib/model/error';
import erpConfig from '../../../nodes/erp-config';
import erpOutboxIn from '../../../nodes/erp-outbox-in';
import { arrived, errorOf, flowAround, received, statusOf } from './flow';
import { speaking } from './speaking';

/** Password of every login that no real server has to accept. Nobody may ever read it. */
export const secret = 'never-to-be-seen-4711';

/** Settings of an `erp-config`. */
export type Settings = Readonly<Record<string, string>>;

/** What the texts must say: the mistake, and what to do next. */
type Words = readonly [mistake: RegExp, step: RegExp];

export interface Mistake {
  readonly name: string;
  /** Makes the mistake and answers the settings of the `erp-config`. */
  readonly make: () => Promise<Settings>;
  /** Password of its login, where it is not `secret`. */
  readonly password?: () => string;
  readonly code: string;
  /** What the node's status shows. */
  readonly status: Readonly<Record<Language, string>>;
  readonly en: Words;
  readonly de: Words;
}

/** Options of the command line that say the same as settings of the dialog. */
const optionsOf = (settings: Settings): readonly string[] => {
  const names: Readonly<Record<string, string>> = { trustServerCertificate: 'trust-certificate', loginMode: 'login' };
  return Object.entries(settings).flatMap(([field, value]) => [`--${names[field] ?? field}`, value]);
};

/** Runs the command line; `told`: everything that it prints. */
export const runCommand = async (line: readonly string[], language: Language, password = secret) => {
  let told = '';
  const tell = (text: string) => (told += text);
  const code = await runProgram([...line, '--language', language], {
    environment: { ERP_PASSWORD: password },
    stdin: Readable.from([]),
    folder: '/',
    write: tell,
    writeError: tell,
  });
  return { code, told };
};

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** The error of an answer to the dialog. */
const toldError = (body: unknown): SyncError => {
  const error = isObject(body) ? body['error'] : undefined;
  assert.ok(isObject(error), `the button found nothing wrong: ${JSON.stringify(body)}`);
  const params = isObject(error['params']) ? error['params'] : {};
  const shown = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return new SyncError(String(error['code']), 'configuration', String(error['message']), shown);
};

/** Presses a button of the dialog of a node that was not deployed yet. */
export const press = async (button: string, settings: Settings, password = secret): Promise<unknown> => {
  const fields = { id: 'new', name: 'ERP', password, ...settings };
  return (await helper.request().post(`/exchange-erp-sync/erp-config/${button}`).send(fields)).body;
};

/** Declares the tests of a mistake. */
export const describeMistake = ({ name, make, password = () => secret, code, status, ...words }: Mistake): void => {
  describe(name, () => {
    const says = (text: string, language: Language) => {
      for (const word of words[language]) assert.match(text, word);
      assert.ok(!text.includes(password()));
    };

    for (const language of languages) {
      it(`the status of a node shows it, and a catch node hears mistake and next step (${language})`, async () => {
        const config = { id: 'erp', type: 'erp-config', version: 2, name: 'ERP', ...(await make()) };
        const outbox = { id: 'in', type: 'erp-outbox-in', erp: 'erp', wires: [[]] };
        const nodes = [erpConfig, erpOutboxIn].map((node) => speaking(language, node));
        await helper.load(nodes, [...flowAround([config, outbox])], { erp: { password: password() } });
        const [statuses, errors] = [received('statuses'), received('errors')];
        const error = errorOf(await arrived('error', errors));
        assert.equal(error.code, code);
        says(String(error.message), language);
        await arrived(`status "${status[language]}"`, statuses, (message) => statusOf(message).text === status[language]);
      });
    }

    it('the button of the dialog answers with code and values for both languages', async () => {
      const settings = await make();
      await helper.load([erpConfig], []);
      const error = toldError(await press('check', settings, password()));
      assert.equal(error.code, code);
      for (const language of languages) says(textsOf(language).error(error), language);
    });

    it('the command line says it in both languages and does not end well', async () => {
      const settings = await make();
      for (const language of languages) {
        const { code: exitCode, told } = await runCommand(['schema', 'check', ...optionsOf(settings)], language, password());
        assert.notEqual(exitCode, 0);
        says(told, language);
      }
    });
  });
};
