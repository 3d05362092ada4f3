/**
 * What the simulator's operations cost when little and when much is stored, as ratios within one run: one mailbox against a thousand,
 * a folder of 100 items against one of 100,000. Everything is asked over HTTP, from state files in a temporary folder.
 * `node --require tsx/cjs bench/simulator.ts 50` fills 50 mailboxes instead of a thousand.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refile } from '../simulator/items/filing';
import { createItem } from '../simulator/items/write';
import { openDatabase, type Database } from '../simulator/storage/database';
import { distinguishedFolder } from '../simulator/storage/folders';
import { addMailbox } from '../simulator/storage/mailboxes';
import { startSimulator, type Simulator } from '../simulator/testing';
import { userSession } from '../simulator/user/mailbox-user';
import { t, type XmlElement } from '../simulator/xml/element';

const mailboxes = Number(process.argv[2] ?? 1000);
const rounds = 40;
const password = 'secret';
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const syncId = { PropertySetId: '11112222-3333-4444-5555-666677778888', PropertyName: 'SyncId', PropertyType: 'String' };

const time = (index: number): string => new Date(start + index * hour).toISOString();
const makers: Readonly<Record<string, (index: number) => XmlElement>> = {
  inbox: (index) =>
    t('Message', [
      t('Subject', `Subject ${(index * 7919) % 1000} of message ${index}`),
      t('Body', 'All work and no play makes a message. '.repeat(20), { BodyType: 'Text' }),
      t('ExtendedProperty', [t('ExtendedFieldURI', '', syncId), t('Value', `S-${index}`)]),
      t('IsRead', index % 4 !== 0),
    ]),
  calendar: (index) => t('CalendarItem', [t('Subject', `Meeting ${index}`), t('Start', time(index)), t('End', time(index + 1))]),
  tasks: (index) => t('Task', [t('Subject', `Task ${index}`), t('DueDate', time(index))]),
};

const fill = (database: Database, address: string, counts: Readonly<Record<string, number>>): void => {
  addMailbox(database, { address, password }, '2026-01-01T00:00:00Z');
  const session = userSession({ database, now: () => new Date(start) }, address, 'UTC');
  for (const [name, count] of Object.entries(counts)) {
    const folder = distinguishedFolder(database, session.mailbox?.id ?? 0, name);
    const make = makers[name];
    if (!folder || !make) throw new Error(`no folder ${name}`);
    database.transaction(() => {
      for (let index = 0; index < count; index += 1) createItem(session, make(index), folder);
    });
  }
};

const field = (uri: string): string => `<t:FieldURI FieldURI="${uri}"/>`;
const shape = (extra = ''): string => `<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>${extra}</m:ItemShape>`;
const subjects = shape(`<t:AdditionalProperties>${field('item:Subject')}</t:AdditionalProperties>`);
const parent = (name: string): string => `<m:ParentFolderIds><t:DistinguishedFolderId Id="${name}"/></m:ParentFolderIds>`;
const find = (view: string, rest = '', name = 'inbox'): string =>
  `<m:FindItem Traversal="Shallow">${subjects}${view}${rest}${parent(name)}</m:FindItem>`;
const page = (most: number, offset = 0): string =>
  `<m:IndexedPageItemView MaxEntriesReturned="${most}" Offset="${offset}" BasePoint="Beginning"/>`;
const sort = (uri: string): string => `<m:SortOrder><t:FieldOrder Order="Descending">${field(uri)}</t:FieldOrder></m:SortOrder>`;
const equals = (path: string, value: string): string =>
  `<m:Restriction><t:IsEqualTo>${path}<t:FieldURIOrConstant><t:Constant Value="${value}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`;
const syncPath = `<t:ExtendedFieldURI PropertySetId="${syncId.PropertySetId}" PropertyName="SyncId" PropertyType="String"/>`;
const sync = (state: string): string =>
  `<m:SyncFolderItems>${shape()}<m:SyncFolderId><t:DistinguishedFolderId Id="inbox"/></m:SyncFolderId><m:SyncState>${state}</m:SyncState><m:MaxChangesReturned>50</m:MaxChangesReturned></m:SyncFolderItems>`;
const create = `<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId><t:DistinguishedFolderId Id="drafts"/></m:SavedItemFolderId><m:Items>${'<t:Message><t:Subject>new</t:Subject><t:Body BodyType="Text">short</t:Body></t:Message>'.repeat(10)}</m:Items></m:CreateItem>`;

interface Target {
  readonly simulator: Simulator;
  readonly address: string;
  /** Hour of its calendar at which a view begins. */
  readonly hour: number;
}

const call = async ({ simulator, address }: Target, body: string): Promise<string> => {
  const response = await fetch(simulator.url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${address}:${password}`).toString('base64')}`,
      'content-type': 'text/xml; charset=utf-8',
    },
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Header><t:RequestServerVersion Version="Exchange2013_SP1"/></s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  });
  const text = await response.text();
  if (!text.includes('NoError') || text.includes('ResponseClass="Error"')) throw new Error(text.slice(0, 2000));
  return text;
};

/** The state of a client that knows everything up to now. */
const lastState = async (target: Target): Promise<string> => {
  const body = sync('').replace('>50<', '>512<');
  for (let state = ''; ;) {
    const answer = await call(target, body.replace('<m:SyncState></m:SyncState>', `<m:SyncState>${state}</m:SyncState>`));
    state = /<m:SyncState>([^<]*)</.exec(answer)?.[1] ?? '';
    if (/IncludesLastItemInRange>true/.test(answer)) return state;
  }
};

/** What is measured; each makes the request for a mailbox once. */
const cases: readonly (readonly [string, (target: Target) => Promise<string>])[] = [
  [
    'GetItem',
    async (target) => {
      const id = /ItemId Id="([^"]+)"/.exec(await call(target, find(page(1))))?.[1] ?? '';
      return `<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`;
    },
  ],
  ['FindItem, first page of 50', () => Promise.resolve(find(page(50)))],
  ['FindItem, by sync id', () => Promise.resolve(find('', equals(syncPath, 'S-77')))],
  ['FindItem, 50 by DateTimeReceived', () => Promise.resolve(find(page(50), sort('item:DateTimeReceived')))],
  ['FindItem, 50 by Subject', () => Promise.resolve(find(page(50), sort('item:Subject')))],
  [
    'FindItem, 20 unread, newest first',
    () => Promise.resolve(find(page(20), equals(field('message:IsRead'), 'false') + sort('item:DateTimeReceived'))),
  ],
  [
    'FindItem, CalendarView of a day',
    (target) =>
      Promise.resolve(find(`<m:CalendarView StartDate="${time(target.hour)}" EndDate="${time(target.hour + 24)}"/>`, '', 'calendar')),
  ],
  ['SyncFolderItems, first page of 50', () => Promise.resolve(sync(''))],
  ['SyncFolderItems, nothing new', async (target) => sync(await lastState(target))],
  ['CreateItem, 10 at once', () => Promise.resolve(create)],
];

const median = (values: readonly number[]): number => values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? Number.NaN;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

/** Medians in ms for each of the targets, measured by turns so that both see the same machine. */
const measure = async (targets: readonly Target[], makeRequest: (target: Target) => Promise<string>): Promise<readonly number[]> => {
  const requests = await Promise.all(targets.map(makeRequest));
  const times = targets.map((): number[] => []);
  for (let round = 0; round < rounds + 5; round += 1)
    for (const [index, target] of targets.entries()) {
      const ms = await timed(() => call(target, requests[index] ?? ''));
      if (round >= 5) times[index]?.push(ms);
    }
  return times.map(median);
};

const compare = async (title: string, few: Target, many: Target): Promise<void> => {
  console.log(`\n| ${title.padEnd(38)} | little   | much     | ratio |\n| ${'-'.repeat(38)} | -------- | -------- | ----- |`);
  for (const [name, makeRequest] of cases) {
    const [little = Number.NaN, much = Number.NaN] = await measure([few, many], makeRequest);
    console.log(
      `| ${name.padEnd(38)} | ${little.toFixed(2).padStart(5)} ms | ${much.toFixed(2).padStart(5)} ms | ${(much / little).toFixed(2).padStart(5)} |`,
    );
  }
};

const stateFile = async (file: string, fillIt: (database: Database) => void): Promise<void> => {
  const database = openDatabase(file);
  refile(database);
  const ms = await timed(() => {
    fillIt(database);
    database.close();
    return Promise.resolve();
  });
  console.log(`${file.replace(/.*\//, '')}: filled in ${(ms / 1000).toFixed(1)} s, ${((await stat(file)).size / 1e6).toFixed(0)} MB`);
};

const open = async (file: string): Promise<Simulator> => {
  const before = process.memoryUsage().rss;
  let simulator: Simulator | undefined;
  const ms = await timed(async () => (simulator = await startSimulator({ stateFile: file })));
  if (!simulator) throw new Error('not started');
  console.log(
    `${file.replace(/.*\//, '')}: open after ${ms.toFixed(0)} ms, ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB more memory`,
  );
  return simulator;
};

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-bench-'));
  const [one, all, folders] = ['one.sqlite', 'all.sqlite', 'folders.sqlite'].map((name) => join(folder, name));
  if (one === undefined || all === undefined || folders === undefined) return;
  const counts = { inbox: 700, calendar: 200, tasks: 100 };
  const running: Simulator[] = [];
  try {
    await stateFile(one, (database) => fill(database, 'user0@x.test', counts));
    await stateFile(all, (database) => {
      for (let index = 0; index < mailboxes; index += 1) fill(database, `user${index}@x.test`, counts);
    });
    await stateFile(folders, (database) => {
      fill(database, 'small@x.test', { inbox: 100, calendar: 100 });
      fill(database, 'large@x.test', { inbox: 100_000, calendar: 100_000 });
    });
    for (const file of [one, all, folders]) running.push(await open(file));
    const [few, many, sizes] = running;
    if (!few || !many || !sizes) return;
    const middle = `user${Math.floor(mailboxes / 2)}@x.test`;
    await compare(
      `1 × 1,000 against ${mailboxes} × 1,000`,
      { simulator: few, address: 'user0@x.test', hour: 150 },
      { simulator: many, address: middle, hour: 150 },
    );
    await compare(
      'folder of 100 against 100,000',
      { simulator: sizes, address: 'small@x.test', hour: 70 },
      { simulator: sizes, address: 'large@x.test', hour: 99_000 },
    );
    console.log(`\nresident memory at the end: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  } finally {
    for (const simulator of running) await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
};

void main();
