import assert from 'node:assert/strict';
import { child, getItem, idOf, itemOf, property, setField, startClient, task, updateItem, type Answer, type Client } from '../harness';

const set = (uri: string, element: string, value: string): string => setField(uri, 'Task', `<t:${element}>${value}</t:${element}>`);
const subject = (value: string): string => set('item:Subject', 'Subject', value);
const mileage = (value: string): string => set('task:Mileage', 'Mileage', value);
const sensitivity = (value: string): string => set('item:Sensitivity', 'Sensitivity', value);
const own = '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="own" PropertyType="String"/>';
const extended = (value: string): string =>
  `<t:SetItemField>${own}<t:Task><t:ExtendedProperty>${own}<t:Value>${value}</t:Value></t:ExtendedProperty></t:Task></t:SetItemField>`;

const conflicts = (answer: Answer): string | undefined => child(child(answer.messages[0], 'ConflictResults'), 'Count')?.text;

describe('EWS conflicts of changes', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  /** An item that somebody else changed after the client read it: its id with the change key the client knows. */
  const changedMeanwhile = async (change: string): Promise<{ id: string; changeKey: string }> => {
    const created = idOf(await client.call(task('<t:Subject>first</t:Subject>')));
    assert.deepEqual((await client.call(updateItem(created, change))).codes, ['NoError']);
    return created;
  };
  const read = async (id: string) => itemOf(await client.call(getItem(id)));
  const update = async (id: { id: string; changeKey: string }, changes: string, resolution = 'AutoResolve') =>
    client.call(updateItem(id, changes, `ConflictResolution="${resolution}"`));

  describe('AutoResolve', () => {
    it('merges what only one side changed', async () => {
      const stale = await changedMeanwhile(subject('theirs'));
      const answer = await update(stale, mileage('mine'));
      assert.deepEqual([answer.codes, conflicts(answer)], [['NoError'], '0']);
      const item = await read(stale.id);
      assert.deepEqual([property(item, 'Subject'), property(item, 'Mileage')], ['theirs', 'mine']);
    });

    it('sees no conflict where both want the same', async () => {
      const stale = await changedMeanwhile(subject('same'));
      assert.deepEqual((await update(stale, subject('same'))).codes, ['NoError']);
    });

    const clashing: readonly (readonly [string, string, string])[] = [
      ['a property', subject('theirs'), subject('mine')],
      ['an extended property', extended('theirs'), extended('mine')],
      ['what follows from a property', set('task:Status', 'Status', 'Completed'), set('task:PercentComplete', 'PercentComplete', '50')],
    ];
    for (const [name, theirs, mine] of clashing)
      it(`answers ErrorIrresolvableConflict where both changed ${name}, and changes nothing`, async () => {
        const stale = await changedMeanwhile(theirs);
        const before = await read(stale.id);
        assert.deepEqual((await update(stale, mileage('mine') + mine)).codes, ['ErrorIrresolvableConflict']);
        assert.deepEqual(await read(stale.id), before);
      });

    it('keeps the higher sensitivity', async () => {
      const lower = await changedMeanwhile(sensitivity('Confidential'));
      const answer = await update(lower, sensitivity('Personal') + mileage('mine'));
      assert.deepEqual([answer.codes, conflicts(answer)], [['NoError'], '1']);
      const item = await read(lower.id);
      assert.deepEqual([property(item, 'Sensitivity'), property(item, 'Mileage')], ['Confidential', 'mine']);
      const higher = await changedMeanwhile(sensitivity('Personal'));
      await update(higher, sensitivity('Private'));
      assert.equal(property(await read(higher.id), 'Sensitivity'), 'Private');
    });

    it('forgets no change that happened in between', async () => {
      const stale = await changedMeanwhile(subject('theirs'));
      const merged = await update(stale, mileage('mine'));
      assert.deepEqual((await update(stale, subject('mine'))).codes, ['ErrorIrresolvableConflict']);
      assert.deepEqual((await update(idOf(merged), subject('mine'))).codes, ['NoError']);
    });
  });

  it('are none where something was attached meanwhile', async () => {
    const created = idOf(await client.call(task('<t:Subject>first</t:Subject>')));
    const file = '<t:FileAttachment><t:Name>a</t:Name><t:Content>AQID</t:Content></t:FileAttachment>';
    await client.call(
      `<m:CreateAttachment><m:ParentItemId Id="${created.id}"/><m:Attachments>${file}</m:Attachments></m:CreateAttachment>`,
    );
    assert.deepEqual((await update(created, subject('mine'))).codes, ['NoError']);
  });

  it('fail with NeverOverwrite, whatever was changed', async () => {
    const stale = await changedMeanwhile(subject('theirs'));
    assert.deepEqual((await update(stale, mileage('mine'), 'NeverOverwrite')).codes, ['ErrorIrresolvableConflict']);
  });

  it('end in favour of the last with AlwaysOverwrite', async () => {
    const stale = await changedMeanwhile(subject('theirs'));
    assert.deepEqual((await update(stale, subject('mine'), 'AlwaysOverwrite')).codes, ['NoError']);
    assert.equal(property(await read(stale.id), 'Subject'), 'mine');
  });
});
