import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { startSimulator } from '../../../simulator/testing';
import { authorization, child, descend, findItem, owner, soap, syncFolderItems, task } from '../../contract/ews/harness';
import { parseXml } from '../../../simulator/xml/parse';

describe('simulator state file', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const send = async (url: string, body: string): Promise<ReturnType<typeof parseXml>> => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: authorization(owner), 'content-type': 'text/xml' },
      body: soap(body),
    });
    return parseXml(await answer.text());
  };
  const syncState = (answer: ReturnType<typeof parseXml>): string =>
    descend(answer, 'Body', 'SyncFolderItemsResponse', 'ResponseMessages', 'SyncFolderItemsResponseMessage', 'SyncState')?.text ?? '';

  it('keeps items, ids, change keys and sync states over a restart', async () => {
    const options = { mailboxes: [owner], stateFile: join(folder, 'kept.sqlite') };
    const first = await startSimulator(options);
    const id = first.create(owner.address, { kind: 'task', subject: 'kept' });
    const { changeKey } = first.item(owner.address, id);
    const state = syncState(await send(first.url, syncFolderItems('tasks')));
    await first.close();
    const second = await startSimulator(options);
    try {
      assert.deepEqual([second.item(owner.address, id).subject, second.item(owner.address, id).changeKey], ['kept', changeKey]);
      const answer = await send(second.url, syncFolderItems('tasks', state));
      const message = descend(answer, 'Body', 'SyncFolderItemsResponse', 'ResponseMessages', 'SyncFolderItemsResponseMessage');
      assert.equal(child(message, 'ResponseCode')?.text, 'NoError');
      assert.deepEqual(child(message, 'Changes')?.children, []);
      const next = second.create(owner.address, { kind: 'task', subject: 'next' });
      assert.notEqual(second.item(owner.address, next).changeKey, changeKey);
    } finally {
      await second.close();
    }
  });

  it('reads and searches a state file of the first version', async () => {
    const file = join(folder, 'first.sqlite');
    const store = new DatabaseSync(file);
    store.exec(await readFile(join(__dirname, 'first-version.sql'), 'utf8'));
    store.close();
    const simulator = await startSimulator({ mailboxes: [owner], stateFile: file });
    try {
      const [series] = simulator.items(owner.address, 'calendar');
      assert.deepEqual(
        [series?.subject, series?.start, series?.recurrence],
        ['series', '2026-03-02T09:00:00+01:00', { pattern: 'weekly', interval: 1, days: ['Monday'] }],
      );
      assert.deepEqual(
        simulator.items(owner.address, 'tasks').map(({ subject, dueDate }) => [subject, dueDate]),
        [['task', '2026-03-05']],
      );
      const set = '11112222-3333-4444-5555-666677778888';
      const uri = `<t:ExtendedFieldURI PropertySetId="${set}" PropertyName="n" PropertyType="String"/>`;
      const restriction = `<m:Restriction><t:IsEqualTo>${uri}<t:FieldURIOrConstant><t:Constant Value="v"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`;
      const answer = await send(simulator.url, findItem('inbox', restriction));
      const root = descend(answer, 'Body', 'FindItemResponse', 'ResponseMessages', 'FindItemResponseMessage', 'RootFolder');
      assert.equal(root?.attributes['TotalItemsInView'], '1');
    } finally {
      await simulator.close();
    }
  });

  it('creates the folders that a mailbox of an older state file lacks when they are asked for', async () => {
    const file = join(folder, 'older.sqlite');
    const options = { mailboxes: [owner], stateFile: file };
    await (await startSimulator(options)).close();
    const store = new DatabaseSync(file);
    store.exec("DELETE FROM folder WHERE distinguished IN ('syncissues', 'conflicts')");
    store.close();
    const simulator = await startSimulator(options);
    try {
      const get =
        '<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="conflicts"/></m:FolderIds></m:GetFolder>';
      const answer = await send(simulator.url, get);
      const found = descend(answer, 'Body', 'GetFolderResponse', 'ResponseMessages', 'GetFolderResponseMessage', 'Folders', 'Folder');
      assert.equal(child(found, 'DisplayName')?.text, 'Conflicts');
    } finally {
      await simulator.close();
    }
  });

  it('loses nothing it has confirmed when its process is killed', async () => {
    const file = join(folder, 'killed.sqlite');
    const child = spawn(
      process.execPath,
      ['--require', 'tsx/cjs', 'simulator/cli.ts', '--mailbox', `${owner.address}:${owner.password}`, '--state', file],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const url = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const ready = /^Ready (\S+)$/m.exec(text)?.[1];
        if (ready !== undefined) resolve(ready);
      });
    });
    for (const subject of ['one', 'two', 'three']) await send(url, task(`<t:Subject>${subject}</t:Subject>`));
    child.kill('SIGKILL');
    await exited;
    const simulator = await startSimulator({ mailboxes: [owner], stateFile: file });
    assert.deepEqual(
      simulator.items(owner.address, 'tasks').map(({ subject }) => subject),
      ['one', 'two', 'three'],
    );
    await simulator.close();
  });

  it('ends cleanly on SIGTERM', async () => {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'simulator/cli.ts', '--mailbox', 'a@x.test:with:colon'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    assert.equal(await exited, 0);
  });
});
