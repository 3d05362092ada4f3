import assert from 'node:assert/strict';
import type { ItemView } from '../../../../simulator/testing';
import {
  child,
  createItem,
  descend,
  findItem,
  idOf,
  itemOf,
  owner,
  property,
  shape,
  startClient,
  syncFolderItems,
  type Answer,
  type Client,
} from '../harness';
import {
  createSeries,
  daily,
  get,
  idText,
  itemId,
  listed,
  move,
  occurrence,
  remove,
  set,
  setSubject,
  update,
  vienna,
  view,
} from './series';

describe('EWS occurrences and exceptions', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(async function () {
    await client.finish(() => this.skip());
  });

  const stateOf = async (state = ''): Promise<{ readonly state: string; readonly changes: readonly string[] }> => {
    const answer = await client.call(syncFolderItems('calendar', state));
    const changes = child(answer.messages[0], 'Changes')?.children ?? [];
    return {
      state: child(answer.messages[0], 'SyncState')?.text ?? '',
      changes: changes.map((change) => `${change.name} ${idText(change.children[0])}`),
    };
  };

  it('names an occurrence by the index and by the id of a view alike', async () => {
    const series = await createSeries(client);
    const byIndex = await get(client, occurrence(series, 3));
    const [byView] = await view(client, '2026-03-04', '2026-03-05');
    assert.equal(idText(itemOf(byIndex)), idText(byView));
    assert.equal(property(itemOf(byIndex), 'Start'), '2026-03-04T09:00:00+01:00');
    assert.equal(property(itemOf(byIndex), 'CalendarItemType'), 'Occurrence');
    assert.equal(property(itemOf(byIndex), 'IsRecurring'), 'true');
    const master = await get(client, itemId(series));
    assert.equal(property(itemOf(master), 'CalendarItemType'), 'RecurringMaster');
    assert.equal(property(itemOf(master), 'IsRecurring'), 'false');
    assert.equal(property(itemOf(byIndex), 'UID'), property(itemOf(master), 'UID'));
    const changeKeys = [byIndex, master].map((answer) => idOf(answer).changeKey);
    assert.equal(changeKeys[0], changeKeys[1]);
    await remove(client, itemId(series));
  });

  it('makes an exception of a changed occurrence, and lists it with the series', async () => {
    const series = await createSeries(client);
    const { state } = await stateOf();
    const changed = await update(
      client,
      occurrence(series, 2),
      setSubject('Only this') + move('2026-03-03T14:00:00', '2026-03-03T16:30:00'),
    );
    assert.deepEqual(changed.codes, ['NoError'], changed.text);
    const exception = await get(client, itemId(idOf(changed).id));
    assert.equal(property(itemOf(exception), 'CalendarItemType'), 'Exception');
    assert.equal(property(itemOf(exception), 'IsRecurring'), 'true');
    assert.equal(property(itemOf(exception), 'Subject'), 'Only this');
    assert.equal(property(itemOf(exception), 'Location'), 'Here');
    assert.equal(property(itemOf(exception), 'OriginalStart'), '2026-03-03T09:00:00+01:00');
    assert.equal(property(itemOf(exception), 'RecurrenceId'), '2026-03-03T09:00:00+01:00');
    assert.equal(child(itemOf(exception), 'Recurrence'), undefined);
    assert.equal(child(itemOf(exception), 'ModifiedOccurrences'), undefined);
    const master = await get(client, itemId(series));
    assert.equal(property(itemOf(master), 'Subject'), 'Daily');
    assert.deepEqual(listed(master, 'ModifiedOccurrences', 'Start'), ['2026-03-03T14:00:00+01:00']);
    assert.deepEqual(listed(master, 'ModifiedOccurrences', 'End'), ['2026-03-03T16:30:00+01:00']);
    assert.deepEqual(listed(master, 'ModifiedOccurrences', 'OriginalStart'), ['2026-03-03T09:00:00+01:00']);
    assert.equal(descend(itemOf(master), 'ModifiedOccurrences', 'Occurrence', 'ItemId')?.attributes['Id'], idOf(changed).id);
    assert.equal(child(itemOf(master), 'DeletedOccurrences'), undefined);
    assert.deepEqual((await stateOf(state)).changes, [`Update ${series}`]);
    await remove(client, itemId(series));
  });

  it('keeps the id of an occurrence when it becomes an exception, is changed again, or the series changes its time', async () => {
    const series = await createSeries(client);
    const before = idOf(await get(client, occurrence(series, 4))).id;
    assert.equal(idOf(await update(client, itemId(before), setSubject('One'))).id, before);
    assert.equal(idOf(await update(client, occurrence(series, 4), set('Location', 'There'))).id, before);
    const exception = await get(client, itemId(before));
    assert.equal(property(itemOf(exception), 'Subject'), 'One');
    assert.equal(property(itemOf(exception), 'Location'), 'There');
    await update(client, itemId(series), move('2026-03-02T11:00:00', '2026-03-02T12:00:00'));
    assert.equal(property(itemOf(await get(client, itemId(before))), 'Start'), '2026-03-05T11:00:00+01:00');
    await remove(client, itemId(series));
  });

  it('keeps what an exception has of its own when the series changes, and passes on the rest', async () => {
    const extended = (value: string): string =>
      `<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="Ours" PropertyType="String"/>${value}`;
    const series = await createSeries(
      client,
      daily(`<t:Body BodyType="Text">All</t:Body><t:ExtendedProperty>${extended('<t:Value>series</t:Value>')}</t:ExtendedProperty>`),
    );
    await update(
      client,
      occurrence(series, 2),
      `${setSubject('Mine')}<t:SetItemField>${extended('')}<t:CalendarItem><t:ExtendedProperty>${extended('<t:Value>own</t:Value>')}</t:ExtendedProperty></t:CalendarItem></t:SetItemField><t:SetItemField><t:FieldURI FieldURI="item:Body"/><t:CalendarItem><t:Body BodyType="Text">Own body</t:Body></t:CalendarItem></t:SetItemField>`,
    );
    await update(client, occurrence(series, 3), '<t:DeleteItemField><t:FieldURI FieldURI="calendar:Location"/></t:DeleteItemField>');
    await update(client, itemId(series), setSubject('Everyone') + set('Location', 'Elsewhere') + set('LegacyFreeBusyStatus', 'OOF'));
    const all = shape('AllProperties', extended(''));
    const own = itemOf(await get(client, occurrence(series, 2), all));
    assert.deepEqual(
      ['Subject', 'Location', 'LegacyFreeBusyStatus', 'Body'].map((name) => property(own, name)),
      ['Mine', 'Elsewhere', 'OOF', 'Own body'],
    );
    assert.equal(descend(own, 'ExtendedProperty', 'Value')?.text, 'own');
    const cleared = itemOf(await get(client, occurrence(series, 3), all));
    assert.deepEqual([property(cleared, 'Subject'), property(cleared, 'Location') ?? ''], ['Everyone', '']);
    assert.equal(descend(cleared, 'ExtendedProperty', 'Value')?.text, 'series');
    const plain = itemOf(await get(client, occurrence(series, 4), all));
    assert.deepEqual([property(plain, 'Body'), property(plain, 'Location')], ['All', 'Elsewhere']);
    await remove(client, itemId(series));
  });

  it('shows exceptions in a view by their new times, and deleted occurrences not at all', async () => {
    const series = await createSeries(client, daily('', undefined, 7));
    await update(client, occurrence(series, 2), move('2026-03-12T09:00:00', '2026-03-12T10:00:00'));
    await remove(client, occurrence(series, 3));
    const starts = async (from: string, to: string): Promise<readonly (string | undefined)[]> =>
      (await view(client, from, to)).map((item) => property(item, 'Start'));
    assert.deepEqual(await starts('2026-03-09', '2026-03-10'), []);
    assert.deepEqual(await starts('2026-03-12', '2026-03-13'), ['2026-03-12T09:00:00+01:00']);
    assert.deepEqual(await starts('2026-03-02', '2026-03-24'), [
      '2026-03-02T09:00:00+01:00',
      '2026-03-12T09:00:00+01:00',
      '2026-03-23T09:00:00+01:00',
    ]);
    await remove(client, itemId(series));
  });

  it('shows an exception that was moved out of the range of its series', async () => {
    const range = '<t:EndDateRecurrence><t:StartDate>2026-03-02</t:StartDate><t:EndDate>2026-03-04</t:EndDate></t:EndDateRecurrence>';
    const series = await createSeries(client, daily('', range));
    await update(client, occurrence(series, 3), move('2026-03-20T09:00:00', '2026-03-20T10:00:00'));
    await update(client, occurrence(series, 1), move('2026-02-20T09:00:00', '2026-02-20T10:00:00'));
    assert.equal((await view(client, '2026-03-20', '2026-03-21')).length, 1);
    assert.equal((await view(client, '2026-02-20', '2026-02-21')).length, 1);
    const master = itemOf(await get(client, itemId(series)));
    assert.equal(descend(master, 'LastOccurrence', 'Start')?.text, '2026-03-20T09:00:00+01:00');
    assert.equal(descend(master, 'LastOccurrence', 'OriginalStart')?.text, '2026-03-04T09:00:00+01:00');
    assert.equal(descend(master, 'FirstOccurrence', 'Start')?.text, '2026-02-20T09:00:00+01:00');
    await remove(client, itemId(series));
  });

  it('lists deleted occurrences, and changes the series with each', async () => {
    const series = await createSeries(client);
    const { changeKey } = idOf(await get(client, itemId(series)));
    const { state } = await stateOf();
    const { id } = idOf(await get(client, occurrence(series, 1)));
    assert.deepEqual((await remove(client, itemId(id))).codes, ['NoError']);
    assert.deepEqual((await remove(client, occurrence(series, 10), 'MoveToDeletedItems')).codes, ['NoError']);
    const master = await get(client, itemId(series));
    assert.notEqual(idOf(master).changeKey, changeKey);
    assert.deepEqual(listed(master, 'DeletedOccurrences', 'Start'), ['2026-03-02T09:00:00+01:00', '2026-03-11T09:00:00+01:00']);
    assert.equal(descend(itemOf(master), 'FirstOccurrence', 'Start')?.text, '2026-03-03T09:00:00+01:00');
    assert.equal(descend(itemOf(master), 'LastOccurrence', 'Start')?.text, '2026-03-10T09:00:00+01:00');
    assert.deepEqual((await stateOf(state)).changes, [`Update ${series}`]);
    assert.deepEqual((await get(client, itemId(id))).codes, ['ErrorItemNotFound']);
    assert.deepEqual((await get(client, occurrence(series, 1))).codes, ['ErrorCalendarOccurrenceIsDeletedFromRecurrence']);
    assert.deepEqual((await remove(client, occurrence(series, 1))).codes, ['ErrorCalendarOccurrenceIsDeletedFromRecurrence']);
    assert.deepEqual((await update(client, occurrence(series, 10), setSubject('x'))).codes, [
      'ErrorCalendarOccurrenceIsDeletedFromRecurrence',
    ]);
    await remove(client, itemId(series));
  });

  it('deletes an exception like any occurrence', async () => {
    const series = await createSeries(client);
    await update(client, occurrence(series, 2), setSubject('Changed'));
    await remove(client, occurrence(series, 2));
    const master = await get(client, itemId(series));
    assert.equal(child(itemOf(master), 'ModifiedOccurrences'), undefined);
    assert.deepEqual(listed(master, 'DeletedOccurrences', 'Start'), ['2026-03-03T09:00:00+01:00']);
    await remove(client, itemId(series));
  });

  it('ends a series with its last occurrence', async () => {
    const range = '<t:EndDateRecurrence><t:StartDate>2026-03-02</t:StartDate><t:EndDate>2026-03-03</t:EndDate></t:EndDateRecurrence>';
    const series = await createSeries(client, daily('', range));
    await remove(client, occurrence(series, 1));
    assert.deepEqual((await remove(client, occurrence(series, 2))).codes, ['NoError']);
    assert.deepEqual((await get(client, itemId(series))).codes, ['ErrorItemNotFound']);
  });

  const crossing: readonly (readonly [string, string, string])[] = [
    ['behind the next', '2026-03-17T09:00:00', '2026-03-17T10:00:00'],
    ['before the one before', '2026-03-01T09:00:00', '2026-03-01T10:00:00'],
    ['onto the day of the next', '2026-03-16T06:00:00', '2026-03-16T07:00:00'],
    ['into the next', '2026-03-15T20:00:00', '2026-03-16T09:30:00'],
  ];
  for (const [name, start, end] of crossing)
    it(`refuses to move an occurrence ${name}`, async () => {
      const series = await createSeries(client, daily('', undefined, 7));
      assert.deepEqual((await update(client, occurrence(series, 2), move(start, end))).codes, ['ErrorOccurrenceCrossingBoundary']);
      assert.deepEqual(listed(await get(client, itemId(series)), 'ModifiedOccurrences', 'Start'), []);
      await remove(client, itemId(series));
    });

  it('measures the way to the neighbours as they are now', async () => {
    const series = await createSeries(client, daily('', undefined, 7));
    await remove(client, occurrence(series, 3));
    await update(client, occurrence(series, 4), move('2026-03-26T09:00:00', '2026-03-26T10:00:00'));
    assert.deepEqual((await update(client, occurrence(series, 2), move('2026-03-24T09:00:00', '2026-03-24T10:00:00'))).codes, ['NoError']);
    await remove(client, itemId(series));
  });

  it('refuses what is not an occurrence, and what belongs to the series', async () => {
    const series = await createSeries(client);
    const single = idOf(await client.call(createItem('<t:CalendarItem><t:Subject>One</t:Subject></t:CalendarItem>'))).id;
    const { id } = idOf(await get(client, occurrence(series, 2)));
    const outOfRange = ['ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange'];
    assert.deepEqual((await get(client, occurrence(series, 11))).codes, outOfRange);
    assert.deepEqual((await get(client, occurrence(series, 0))).codes, outOfRange);
    assert.deepEqual((await remove(client, occurrence(series, 11))).codes, outOfRange);
    assert.deepEqual((await get(client, occurrence(single, 1))).codes, ['ErrorCalendarCannotUseIdForRecurringMasterId']);
    assert.deepEqual((await get(client, occurrence(id, 1))).codes, ['ErrorCalendarCannotUseIdForRecurringMasterId']);
    const task = idOf(
      await client.call(
        createItem(
          '<t:Task><t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence></t:Recurrence></t:Task>',
        ),
      ),
    ).id;
    assert.deepEqual((await get(client, occurrence(task, 1))).codes, ['ErrorCalendarCannotUseIdForRecurringMasterId']);
    const masterBy = (other: string): string => `<t:RecurringMasterItemId OccurrenceId="${other}"/>`;
    assert.equal(idOf(await get(client, masterBy(id))).id, series);
    assert.deepEqual((await get(client, masterBy(series))).codes, ['ErrorCalendarCannotUseIdForOccurrenceId']);
    assert.deepEqual((await get(client, masterBy(single))).codes, ['ErrorCalendarCannotUseIdForOccurrenceId']);
    const recurrence =
      '<t:DailyRecurrence><t:Interval>2</t:Interval></t:DailyRecurrence><t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence>';
    assert.deepEqual((await update(client, itemId(id), set('Recurrence', recurrence))).codes, ['ErrorInvalidPropertySet']);
    for (const operation of ['MoveItem', 'CopyItem']) {
      const answer = await client.call(
        `<m:${operation}><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds>${itemId(id)}</m:ItemIds></m:${operation}>`,
      );
      assert.deepEqual(answer.codes, ['ErrorCalendarCannotMoveOrCopyOccurrence']);
    }
    await remove(client, itemId(series));
  });

  const schedule: readonly (readonly [string, string, boolean])[] = [
    [
      'another pattern',
      set(
        'Recurrence',
        '<t:DailyRecurrence><t:Interval>2</t:Interval></t:DailyRecurrence><t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence>',
      ),
      false,
    ],
    [
      'another end',
      set(
        'Recurrence',
        '<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NoEndRecurrence><t:StartDate>2026-03-02</t:StartDate></t:NoEndRecurrence>',
      ),
      true,
    ],
    ['another time', move('2026-03-02T11:00:00', '2026-03-02T12:00:00'), false],
    ['another subject', setSubject('New'), true],
  ];
  for (const [name, updates, isKept] of schedule)
    it(`${isKept ? 'keeps' : 'drops'} exceptions with ${name}`, async () => {
      const series = await createSeries(client);
      await update(client, occurrence(series, 2), set('Location', 'There'));
      await remove(client, occurrence(series, 3));
      assert.deepEqual((await update(client, itemId(series), updates)).codes, ['NoError']);
      const master = await get(client, itemId(series));
      assert.equal(listed(master, 'ModifiedOccurrences', 'Start').length, isKept ? 1 : 0);
      assert.equal(listed(master, 'DeletedOccurrences', 'Start').length, isKept ? 1 : 0);
      await remove(client, itemId(series));
    });

  it('drops only the exceptions behind an earlier end', async () => {
    const series = await createSeries(client);
    await update(client, occurrence(series, 2), set('Location', 'There'));
    await update(client, occurrence(series, 9), set('Location', 'There'));
    await update(
      client,
      itemId(series),
      set(
        'Recurrence',
        '<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:EndDateRecurrence><t:StartDate>2026-03-02</t:StartDate><t:EndDate>2026-03-05</t:EndDate></t:EndDateRecurrence>',
      ),
    );
    assert.deepEqual(listed(await get(client, itemId(series)), 'ModifiedOccurrences', 'Start'), ['2026-03-03T09:00:00+01:00']);
    assert.equal((await view(client, '2026-03-06', '2026-04-01')).length, 0);
    await remove(client, itemId(series));
  });

  for (const operation of ['MoveItem', 'CopyItem'])
    it(`keeps exceptions and deletions with ${operation}`, async () => {
      const series = await createSeries(client);
      await update(client, occurrence(series, 2), setSubject('Mine'));
      await remove(client, occurrence(series, 3));
      const moved = await client.call(
        `<m:${operation}><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds>${itemId(series)}</m:ItemIds></m:${operation}>`,
        vienna,
      );
      const { id } = idOf(moved);
      assert.equal(property(itemOf(await get(client, occurrence(id, 2))), 'Subject'), 'Mine');
      assert.deepEqual((await get(client, occurrence(id, 3))).codes, ['ErrorCalendarOccurrenceIsDeletedFromRecurrence']);
      await remove(client, itemId(id));
      const others = await get(client, itemId(series));
      assert.deepEqual(others.codes, [operation === 'MoveItem' ? 'ErrorItemNotFound' : 'NoError']);
      await remove(client, itemId(series));
    });

  it('gives one occurrence attachments of its own, beside those of the series', async () => {
    const attach = (parent: string, name: string): Promise<Answer> =>
      client.call(
        `<m:CreateAttachment><m:ParentItemId Id="${parent}"/><m:Attachments><t:FileAttachment><t:Name>${name}</t:Name><t:Content>QQ==</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`,
      );
    const names = async (id: string): Promise<readonly (string | undefined)[]> =>
      child(itemOf(await get(client, id)), 'Attachments')?.children.map((entry) => property(entry, 'Name')) ?? [];
    const series = await createSeries(client);
    await attach(series, 'all.txt');
    const second = idOf(await get(client, occurrence(series, 2))).id;
    const attached = await attach(second, 'one.txt');
    assert.deepEqual(attached.codes, ['NoError'], attached.text);
    const id = child(child(attached.messages[0], 'Attachments')?.children[0], 'AttachmentId')?.attributes ?? {};
    assert.equal(id['RootItemId'], second);
    assert.deepEqual(await names(itemId(series)), ['all.txt']);
    assert.deepEqual(await names(itemId(second)), ['all.txt', 'one.txt']);
    assert.deepEqual(await names(occurrence(series, 3)), ['all.txt']);
    assert.equal(property(itemOf(await get(client, itemId(second))), 'CalendarItemType'), 'Exception');
    const copied = await client.call(
      `<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds>${itemId(series)}</m:ItemIds></m:CopyItem>`,
    );
    assert.deepEqual(await names(occurrence(idOf(copied).id, 2)), ['all.txt', 'one.txt']);
    const gone = await client.call(
      `<m:DeleteAttachment><m:AttachmentIds><t:AttachmentId Id="${id['Id'] ?? ''}"/></m:AttachmentIds></m:DeleteAttachment>`,
    );
    assert.deepEqual(gone.codes, ['NoError']);
    assert.deepEqual(await names(itemId(second)), ['all.txt']);
    const other = await attach(second, 'two.txt');
    const otherId = child(child(other.messages[0], 'Attachments')?.children[0], 'AttachmentId')?.attributes['Id'] ?? '';
    await remove(client, itemId(second));
    const read = await client.call(
      `<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id="${otherId}"/></m:AttachmentIds></m:GetAttachment>`,
    );
    assert.equal(read.messages[0]?.attributes['ResponseClass'], 'Error');
    for (const each of [series, idOf(copied).id]) await remove(client, itemId(each));
  });

  it('shows people exceptions as they are, and deleted occurrences not', async () => {
    const series = await createSeries(client);
    await update(client, occurrence(series, 2), setSubject('Mine') + move('2026-03-03T15:00:00', '2026-03-03T16:00:00'));
    await remove(client, occurrence(series, 3));
    const response = await fetch(
      `${client.simulator.pageUrl}api/mailboxes/${encodeURIComponent(owner.address)}/appointments?from=2026-03-02&to=2026-03-06`,
    );
    const body: unknown = await response.json();
    const { items } = body as { items: readonly ItemView[] };
    assert.deepEqual(
      items.filter(({ uid }) => uid !== '').map(({ subject, start, isSeries }) => [subject, start, isSeries]),
      [
        ['Daily', '2026-03-02T09:00:00+01:00', true],
        ['Daily', '2026-03-05T09:00:00+01:00', true],
        ['Mine', '2026-03-03T15:00:00+01:00', true],
      ],
    );
    await remove(client, itemId(series));
  });

  it('sees a conflict where the series changed since an occurrence was read', async () => {
    const series = await createSeries(client);
    const { id, changeKey } = idOf(await get(client, occurrence(series, 2)));
    await update(client, occurrence(series, 3), setSubject('Other'));
    assert.deepEqual((await update(client, itemId(id, changeKey), setSubject('Mine'), 'NeverOverwrite')).codes, [
      'ErrorIrresolvableConflict',
    ]);
    const again = idOf(await get(client, occurrence(series, 2)));
    assert.deepEqual((await update(client, itemId(id, again.changeKey), setSubject('Mine'), 'NeverOverwrite')).codes, ['NoError']);
    await remove(client, itemId(series));
  });

  it('lists series, not their occurrences, outside of a view', async () => {
    const series = await createSeries(client);
    await update(client, occurrence(series, 2), setSubject('Mine'));
    const answer = await client.call(findItem('calendar', ''));
    const found = (child(child(answer.messages[0], 'RootFolder'), 'Items')?.children ?? []).map(idText);
    assert.equal(found.filter((id) => id === series).length, 1);
    assert.equal(found.length, 2);
    await remove(client, itemId(series));
  });
});
