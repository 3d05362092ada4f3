/**
 * The ten most common mistakes of a set-up, each made for real. Whoever makes one is told the mistake and the next step, in German and
 * English, by the status of the nodes, by the button of the dialog and by the command line.
 */
import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import erpConfig from '../../nodes/erp-config';
import erpOutboxIn from '../../nodes/erp-outbox-in';
import { freePort } from '../support/free-port';
import { startTdsPeer, type TdsError } from '../support/tds-peer';
import { createErpFile, type ErpFile } from './support/erp-file';
import { arrived, flowAround, received, statusOf } from './support/flow';
import { describeMistake, isObject, type Mistake, press, runCommand, type Settings } from './support/mistakes';

describe('the ten most common mistakes of a set-up', () => {
  let erp: ErpFile;
  /** What a mistake needs to be undone. */
  let undo: (() => Promise<unknown>)[];
  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    erp = await createErpFile();
    undo = [() => erp.remove()];
  });
  afterEach(async () => {
    await helper.unload();
    for (const step of undo) await step();
  });

  const onServer = (server: string, port: number, more: Settings = {}): Settings => ({
    driver: 'mssql',
    server,
    port: String(port),
    database: 'ERP',
    user: 'sync',
    ...more,
  });
  const onPeer = async (errors: readonly TdsError[]): Promise<Settings> => {
    const peer = await startTdsPeer(errors);
    undo.push(peer.close);
    return onServer('127.0.0.1', peer.port, { encrypt: 'false' });
  };
  const inFile = (sql: string): Promise<Settings> => {
    erp.run(sql);
    return Promise.resolve({ driver: 'sqlite', database: erp.file });
  };
  const loginFailed = { number: 18456, text: "Login failed for user 'sync'." };

  const mistakes: readonly Mistake[] = [
    {
      name: 'wrong host',
      make: () => Promise.resolve(onServer('nowhere.invalid', 1433)),
      code: 'erp-host-unknown',
      status: { en: 'ERP host unknown', de: 'ERP-Server unbek.' },
      en: [/no computer of the name nowhere\.invalid\. /, /Check the server's name/],
      de: [/Rechner mit dem Namen nowhere\.invalid gibt es nicht/, /Namen des Servers .*prüfen/],
    },
    {
      name: 'port closed',
      make: async () => onServer('127.0.0.1', await freePort()),
      code: 'erp-port-closed',
      status: { en: 'ERP port closed', de: 'ERP-Port zu' },
      en: [/Nothing listens on 127\.0\.0\.1:\d+/, /Check the port/],
      de: [/Auf 127\.0\.0\.1:\d+ antwortet niemand/, /Den Port prüfen/],
    },
    {
      name: 'login failed',
      make: () => onPeer([loginFailed]),
      code: 'erp-login-refused',
      status: { en: 'ERP login refused', de: 'ERP-Login abgelehnt' },
      en: [/refused the login sync/, /Check user and password/],
      de: [/Anmeldung von sync abgelehnt/, /Benutzer und Passwort prüfen/],
    },
    {
      name: 'database missing',
      make: () => onPeer([{ number: 4060, text: 'Cannot open database "ERP" requested by the login. The login failed.' }, loginFailed]),
      code: 'erp-database-missing',
      status: { en: 'no such database', de: 'Datenbank fehlt' },
      en: [/no database ERP on/, /Check its name/],
      de: [/Datenbank ERP gibt es auf .* nicht/, /Den Namen prüfen/],
    },
    {
      name: 'no rights',
      make: () =>
        onPeer([
          {
            number: 916,
            text: 'The server principal "sync" is not able to access the database "ERP" under the current security context.',
          },
        ]),
      code: 'erp-no-rights',
      status: { en: 'ERP rights missing', de: 'ERP-Rechte fehlen' },
      en: [/sync lacks a right in the ERP database ERP/, /exchange-erp schema rights/],
      de: [/sync fehlt ein Recht in der ERP-Datenbank ERP/, /exchange-erp schema rights/],
    },
    {
      name: 'certificate not trusted',
      make: async () => {
        const peer = await startTdsPeer([loginFailed], 'localhost');
        undo.push(async () => {
          assert.equal(peer.refused(), 0, 'the login was sent to a server that nobody trusts');
          await peer.close();
        });
        return onServer('localhost', peer.port);
      },
      code: 'erp-certificate-not-trusted',
      status: { en: 'certificate refused', de: 'Zertifikat abgel.' },
      en: [/certificate of the SQL Server localhost:\d+ is not trusted/, /Enter the certificate of its own CA/],
      de: [/Zertifikat des SQL Servers localhost:\d+ wird nicht vertraut/, /Das Zertifikat der eigenen CA eintragen/],
    },
    {
      name: 'table missing',
      make: () => inFile('DROP TABLE sync_journal; DROP TABLE task'),
      code: 'erp-table-missing',
      status: { en: 'ERP table missing', de: 'ERP-Tabelle fehlt' },
      en: [/no table or view task/, /Correct the schema mapping/],
      de: [/keine Tabelle und keine Sicht task/, /Die Schemabeschreibung berichtigen/],
    },
    {
      name: 'column missing',
      make: () => inFile('ALTER TABLE appointment RENAME COLUMN location TO ort'),
      code: 'erp-column-missing',
      status: { en: 'ERP column missing', de: 'ERP-Spalte fehlt' },
      en: [/no column appointment\.location/, /Correct the schema mapping/],
      de: [/keine Spalte appointment\.location/, /Die Schemabeschreibung berichtigen/],
    },
    {
      name: 'version too new',
      make: () => inFile("INSERT INTO sync_schema_version (version, installed_at) VALUES (99, '2030-01-01T00:00:00Z')"),
      code: 'erp-version-too-new',
      status: { en: 'ERP tables too new', de: 'ERP-Tabellen zu neu' },
      en: [/have version 99, this program knows \d+/, /Install the newer version of the package/],
      de: [/haben die Version 99, dieses Programm kennt \d+/, /Die neuere Version des Pakets installieren/],
    },
  ];

  for (const mistake of mistakes) describeMistake(mistake);

  describe('trigger missing', () => {
    it('the command line names trigger and next step in both languages', async () => {
      erp.run('DROP TRIGGER sync_task_insert');
      for (const [language, words] of [
        ['en', [/task has no trigger sync_task_insert/, /exchange-erp schema apply/]],
        ['de', [/Tabelle task fehlt der Trigger sync_task_insert/, /exchange-erp schema apply/]],
      ] as const) {
        const { code, told } = await runCommand(['schema', 'check', '--database', erp.file], language);
        assert.equal(code, 1);
        for (const word of words) assert.match(told, word);
      }
    });

    it('the button of the dialog lists it, and the next button mends it', async () => {
      erp.run('DROP TRIGGER sync_task_insert');
      await helper.load([erpConfig], []);
      const settings = { driver: 'sqlite', database: erp.file };
      const found = await press('check-schema', settings);
      assert.ok(isObject(found) && isObject(found['findings']));
      const finding: unknown = found['findings'][0];
      assert.ok(isObject(finding));
      assert.equal(finding['code'], 'erp-trigger-missing');
      assert.deepEqual(await press('apply', settings), { refusals: [] });
      assert.deepEqual(await press('check-schema', settings), { findings: [] });
    });

    it('a SQLite file gets it back by opening, so that no node ever misses it', async () => {
      erp.run('DROP TRIGGER sync_task_insert');
      const config = { id: 'erp', type: 'erp-config', version: 2, name: 'ERP', driver: 'sqlite', database: erp.file };
      const outbox = { id: 'in', type: 'erp-outbox-in', erp: 'erp', intervalSeconds: '0.1', wires: [['out']] };
      await helper.load([erpConfig, erpOutboxIn], [...flowAround([config, outbox, { id: 'out', type: 'helper', wires: [] }])]);
      const [messages, statuses] = [received('out'), received('statuses')];
      await arrived('ready', statuses, (message) => statusOf(message).fill === 'green');
      erp.run("INSERT INTO task (employee_id, subject) VALUES (1, 'Angebot')");
      await arrived('message', messages);
    });
  });
});
