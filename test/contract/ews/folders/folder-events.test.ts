import assert from 'node:assert/strict';
import { child, folder, startClient, type Client, type XmlElement } from '../harness';
import { eventsOf, folderIds, getEvents, inShort, made, notificationIn, subscribePull } from '../notifications/support';
import { create, deleteFolder, folderId, inbox, newFolder, rename, transfer, updateFolder } from './requests';

describe('EWS events of folders', () => {
  let client: Client;
  before(async () => {
    client = await startClient();
  });
  after(function () {
    return client.finish(() => this.skip());
  });

  /** What subscribers of a folder hear of what is done. */
  const heardIn = async (place: string, act: () => Promise<unknown>): Promise<readonly XmlElement[]> => {
    const { id, watermark } = made(await client.call(subscribePull(folderIds(place))));
    await act();
    return eventsOf(notificationIn(await client.call(getEvents(id, watermark))));
  };

  const idIn = (event: XmlElement | undefined, name: string): string => child(event, name)?.attributes['Id'] ?? '';

  it('tells the subscribers of a folder what happens to the folders inside', async () => {
    let id = '';
    const events = await heardIn(inbox, async () => {
      id = await create(client, inbox, newFolder('Watched'));
      await client.call(updateFolder(folderId(id), rename('Renamed')));
      await client.call(transfer('CopyFolder', folderId(id), folder('drafts')));
      await client.call(transfer('MoveFolder', folderId(id), folder('outbox')));
    });
    const ofParents = (event: XmlElement): boolean => event.name === 'ModifiedEvent' && idIn(event, 'FolderId') !== id;
    const [created, modified, copied, moved, ...more] = events.filter((event) => !ofParents(event));
    assert.deepEqual(
      [created, modified, copied, moved].map((event) => event && inShort(event)),
      ['CreatedEvent folder', 'ModifiedEvent folder', 'CopiedEvent folder', 'MovedEvent folder'],
    );
    assert.deepEqual(more, []);
    assert.deepEqual([idIn(created, 'FolderId'), idIn(modified, 'FolderId')], [id, id]);
    assert.notEqual(idIn(copied, 'FolderId'), id);
    assert.deepEqual([idIn(copied, 'OldFolderId'), idIn(moved, 'FolderId'), idIn(moved, 'OldFolderId')], [id, id, id]);
    assert.equal(idIn(moved, 'OldParentFolderId'), idIn(created, 'ParentFolderId'));
    assert.notEqual(idIn(moved, 'ParentFolderId'), idIn(created, 'ParentFolderId'));
  });

  it('tells the subscribers of a folder what happens to it, and of nothing that was refused', async () => {
    const id = folderId(await create(client, inbox, newFolder('Itself')));
    const events = await heardIn(id, async () => {
      await client.call(updateFolder(id, rename('Other') + rename(' ')));
      await client.call(updateFolder(id, rename('Another')));
      await client.call(deleteFolder(id));
    });
    assert.deepEqual(events.map(inShort), ['ModifiedEvent folder', 'DeletedEvent folder']);
  });
});
