/**
 * `ews-write`: batched, idempotent writes to Exchange. A create is announced by a pending link that carries the sync id, so that after an
 * attempt of unknown outcome the item is looked for before it is created again.
 */
import { SyncError } from '../model/error';
import type { SyncMessage } from '../model/message';
import { fail, ok } from '../model/result';
import type { Result } from '../model/result';
import { createBatcher } from './batcher';
import { incomplete, runCreates, runUpdates } from './exchange-batches';
import type { CreateTask, DeleteTask, Ended, ExchangeTarget, Task, UpdateTask } from './exchange-batches';
import { runDeletes } from './exchange-deletions';
import type { WriteReport, Writer } from './runtime';
import { decisionOf, expectDirection, reportWrite, targetChangedError } from './writing';

/** Runs the part of a batch that has one action; what concerns the whole request fails only these. */
const runPart = async <Part extends Task>(
  part: readonly Part[],
  run: (tasks: readonly Part[]) => Promise<readonly Ended[]>,
): Promise<readonly (readonly [Task, Ended])[]> => {
  if (part.length === 0) return [];
  try {
    const ended = await run(part);
    return part.map((task, index) => [task, ended[index] ?? fail(incomplete())] as const);
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
    return part.map((task) => [task, fail(thrown)] as const);
  }
};

const isCreate = (task: Task): task is CreateTask => task.decision.action === 'create';
const isUpdate = (task: Task): task is UpdateTask => task.decision.action === 'update';
const isDelete = (task: Task): task is DeleteTask => task.decision.action === 'delete';

const taskOf = (message: SyncMessage): Task => {
  const decision = decisionOf(message);
  switch (decision.action) {
    case 'create':
      return { message, decision };
    case 'update':
      return { message, decision };
    case 'delete':
      return { message, decision };
  }
};

/** `category-colours-missing`: nobody but the owner of the mailbox, or who gives rights to it, can help. */
const coloursMissing = (mailbox: string, cause: SyncError): SyncError =>
  new SyncError(
    'category-colours-missing',
    'configuration',
    `No colours can be added to the list of categories of ${mailbox}: ${cause.message} Items are written without; colours follow with the next item of their category.`,
    { mailbox, reason: cause.code },
    { cause },
  );

/** A writer for one ews-write node. `tell`: hears once of what no item fails with and a person has to put right. */
export const createExchangeWriter = (options: ExchangeTarget, tell: (error: SyncError) => void): Writer => {
  const { tenant, exchange } = options;

  /** Before the items, so that Outlook knows the colour of what it shows. */
  const ensureColours = async (mailbox: string, tasks: readonly Task[]): Promise<void> => {
    const categories = tasks.flatMap(({ message }) => message.sync.colours ?? []);
    if (categories.length === 0) return;
    const key = `categories of ${mailbox.toLowerCase()}`;
    try {
      await exchange.connection.ensureCategories(mailbox, categories);
      exchange.health.succeed(key);
    } catch (error) {
      // No item waits for a colour: the next one of its category asks again, and what ails the connection shows with the items.
      if (!(error instanceof SyncError)) throw error;
      const passes = error.scope !== 'item' && error.scope !== 'configuration';
      if (!passes && exchange.health.fail(key, error).tell) tell(coloursMissing(mailbox, error));
    }
  };

  const runBatch = async (tasks: readonly Task[]): Promise<readonly Result<null>[]> => {
    const mailbox = tasks[0]?.message.sync.employee.email ?? '';
    return exchange.locks.hold(mailbox, async () => {
      await ensureColours(
        mailbox,
        tasks.filter((task) => !isDelete(task)),
      );
      const ended = new Map([
        ...(await runPart(tasks.filter(isCreate), (part) => runCreates(options, mailbox, part))),
        ...(await runPart(tasks.filter(isUpdate), (part) => runUpdates(options, mailbox, part))),
        ...(await runPart(tasks.filter(isDelete), (part) => runDeletes(options, mailbox, part))),
      ]);
      const closings = [...ended.values()].flatMap((result) => (result.ok ? [result.value] : []));
      const closed = await tenant.database.store.close(closings);
      const lostRows = new Set(closings.filter((_, index) => closed[index] !== true).map((row) => row.journalId));
      return tasks.map((task): Result<null> => {
        const result = ended.get(task) ?? fail(incomplete());
        if (!result.ok) return result;
        return lostRows.has(result.value.journalId) ? fail(targetChangedError()) : ok(null);
      });
    });
  };

  const batches = createBatcher<Task, null>({
    keyOf: ({ message: { sync } }) => `${sync.kind} ${sync.employee.email.toLowerCase()}`,
    size: exchange.batchSize,
    run: runBatch,
  });

  const write = async (message: SyncMessage): Promise<WriteReport> => {
    expectDirection(message, 'outbound');
    const { connection } = message.sync;
    if (connection !== null && connection !== exchange.name) {
      const text = `The item belongs to the connection "${connection}", this node writes to "${exchange.name}". Separate the connections with a switch.`;
      throw new SyncError('connection-wrong', 'item', text, { connection, own: exchange.name });
    }
    const task = taskOf(message);
    await batches.add(task);
    exchange.health.succeed(message.sync.employee.email.toLowerCase());
    return { message, state: 'done', note: task.decision.action };
  };

  return {
    write: (message) => reportWrite(tenant, exchange.health, message, () => write(message)),
    stop: () => batches.idle(),
  };
};
