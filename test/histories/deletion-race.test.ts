/** An edit in the very moment in which the item is deleted on the other side: Exchange deletes without asking, so nobody would be told. */
import assert from 'node:assert/strict';
import { startEngine, type Engine } from './engine';
import { employees, service, startWorld, zone, type World } from './world';

const [anna] = employees;

describe('an edit in Exchange while the ERP’s deletion is under way', function () {
  this.timeout(20_000);
  let world: World;
  let engine: Engine;

  beforeEach(async () => {
    world = await startWorld();
    const { erp, simulator } = world;
    const { address: user, password } = service;
    const quiet = { rule: 'last', error: () => undefined, diesAt: () => false } as const;
    engine = startEngine({ file: erp.file, url: simulator.url, user, password, timeZone: zone, ...quiet });
  });
  afterEach(async () => {
    engine.kill();
    await world.close();
  });

  /** Looks until there is what is looked for. */
  const until = async <Found>(find: () => Found | undefined): Promise<Found> => {
    for (;;) {
      engine.erpWritten();
      await engine.lookNow();
      const found = find();
      if (found !== undefined) return found;
    }
  };
  const rowsOf = (code: string): readonly string[] =>
    world.erp.database
      .prepare('SELECT details FROM sync_journal WHERE note_code = ?')
      .all(code)
      .map((row) => String(row['details']));

  /** The person edits when the request of this name arrives for the first time after the deletion. */
  const editAt = async (operation: string): Promise<void> => {
    const { erp, simulator } = world;
    const record = erp.create(anna, { kind: 'task', subject: 'Angebot' });
    const item = await until(() => simulator.items(anna, 'tasks')[0]);
    await until(() => (rowsOf('create').length > 0 ? true : undefined));
    let edited = false;
    simulator.onRequest((request) => {
      if (edited || request.operation !== operation) return;
      edited = true;
      simulator.update(anna, item.id, { kind: 'task', body: 'noch zu klären' });
    });
    erp.delete(record, 'task');
  };

  it('is decided by the rule when it comes before the item is marked', async () => {
    await editAt('UpdateItem');
    await until(() => (rowsOf('recreated').length > 0 ? true : undefined));
    const body = await until(() => world.erp.items(anna)[0]?.body);
    assert.equal(body.trimEnd(), 'noch zu klären');
  });

  it('is kept in the journal when it comes after that', async () => {
    await editAt('DeleteItem');
    const [details = ''] = await until(() => {
      const rows = rowsOf('conflict-decided');
      return rows.length > 0 ? rows : undefined;
    });
    assert.match(details, /"lost":\{"body":"noch zu klären/);
    assert.deepEqual(world.simulator.items(anna, 'tasks'), []);
  });
});
