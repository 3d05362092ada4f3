/** What a person enters in Exchange in the moment in which the ERP's change or deletion comes: whatever goes wrong, it is kept. */
import assert from 'node:assert/strict';
import type { ConflictRule } from '../../lib/model/employee-options';
import type { ItemView } from '../../simulator/testing';
import { startEngine, type Engine } from './engine';
import { employees, service, zone } from './setting';
import { startWorld, type World } from './world';

const [anna] = employees;

describe('an edit in Exchange that the ERP’s overtakes', function () {
  this.timeout(20_000);
  let world: World;
  let engine: Engine;

  const live = (rule: ConflictRule): void => {
    const { erp, simulator } = world;
    const { address: user, password } = service;
    const quiet = { error: () => undefined, diesAt: () => false };
    engine = startEngine({ file: erp.file, url: simulator.url, user, password, timeZone: zone, rule, ...quiet });
  };
  const start = async (rule: ConflictRule): Promise<void> => {
    world = await startWorld();
    live(rule);
  };
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

  const createTask = async (): Promise<{ readonly record: number; readonly item: ItemView }> => {
    const record = world.erp.create(anna, { kind: 'task', subject: 'Angebot' });
    const item = await until(() => world.simulator.items(anna, 'tasks')[0]);
    await until(() => (rowsOf('create').length > 0 ? true : undefined));
    return { record, item };
  };
  /** The person edits when the request of this name arrives for the first time after the deletion. */
  const deleteAndEditAt = async (operation: string): Promise<void> => {
    const { erp, simulator } = world;
    const { record, item } = await createTask();
    let edited = false;
    simulator.onRequest((request) => {
      if (edited || request.operation !== operation) return;
      edited = true;
      simulator.update(anna, item.id, { kind: 'task', body: 'noch zu klären' });
    });
    erp.delete(record, 'task');
  };

  it('is decided by the rule when it comes while a deletion waits', async () => {
    await start('last');
    await deleteAndEditAt('UpdateItem');
    await until(() => (rowsOf('recreated').length > 0 ? true : undefined));
    const body = await until(() => world.erp.items(anna)[0]?.body);
    assert.equal(body.trimEnd(), 'noch zu klären');
  });

  it('is kept in the journal when it comes immediately before the deletion', async () => {
    await start('last');
    await deleteAndEditAt('DeleteItem');
    const [details = ''] = await until(() => {
      const rows = rowsOf('conflict-decided');
      return rows.length > 0 ? rows : undefined;
    });
    assert.match(details, /"lost":\{"body":"noch zu klären/);
    assert.deepEqual(world.simulator.items(anna, 'tasks'), []);
  });

  it('is kept in the journal when the sync dies after the deletion', async () => {
    await start('last');
    const forget = world.simulator.onResponse(({ operation }) => {
      if (operation !== 'DeleteItem') return;
      forget();
      engine.kill();
      live('last');
    });
    await deleteAndEditAt('DeleteItem');
    const [details = ''] = await until(() => {
      const rows = rowsOf('conflict-lost');
      return rows.length > 0 ? rows : undefined;
    });
    assert.match(details, /"lost":\{"body":"noch zu klären/);
    assert.deepEqual(world.simulator.items(anna, 'tasks'), []);
  });

  it('is kept in the journal when the answers to the request that overwrites it are lost', async () => {
    await start('erp');
    const { erp, simulator } = world;
    const { record, item } = await createTask();
    const lost = { operation: 'UpdateItem', account: service.address, times: 2, action: { kind: 'truncate' } } as const;
    simulator.faults.add(lost);
    simulator.update(anna, item.id, { kind: 'task', body: 'noch zu klären' });
    erp.update(record, { kind: 'task', body: 'erledigt' });
    await until(() => (simulator.items(anna, 'tasks')[0]?.body.trimEnd() === 'erledigt' ? true : undefined));
    // In whichever direction it was decided first.
    const [kept = ''] = await until(() => {
      const rows = ['no-change', 'conflict-decided', 'conflict-lost', 'superseded']
        .flatMap(rowsOf)
        .filter((details) => details.includes('"lost"'));
      return rows.length > 0 ? rows : undefined;
    });
    assert.match(kept, /"lost":\{"body":"noch zu klären/);
  });
});
