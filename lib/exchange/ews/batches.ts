/** Cuts many members into requests of a size that Exchange takes, and divides further where it fails. */
import { chunk, zip } from 'lodash';
import { SyncError, toSyncError } from '../../model/error';
import { fail, ok } from '../../model/result';
import type { Result } from '../../model/result';

/**
 * Sends one batch; one result per member.
 * @param repeated the members were sent before in a larger request that failed, with unknown outcome
 */
export type RunBatch<I, O> = (batch: readonly I[], repeated: boolean) => Promise<readonly Result<O>[]>;

/** One bad member may have failed the whole request; alone it fails alone. */
const concernsMembers = ({ scope, code }: SyncError): boolean => scope === 'item' || code === 'server-timeout' || code === 'server-error';

const halves = <I>(batch: readonly I[]): readonly [readonly I[], readonly I[]] => {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
};

const runDividing = async <I, O>(batch: readonly I[], run: RunBatch<I, O>, repeated: boolean): Promise<readonly Result<O>[]> => {
  try {
    return await run(batch, repeated);
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (!concernsMembers(error)) throw error;
    if (batch.length === 1) return [fail(error)];
    const [first, second] = halves(batch);
    return [...(await runDividing(first, run, true)), ...(await runDividing(second, run, true))];
  }
};

/**
 * Runs all batches; `parallel` starts them at once (the client limits how many are under way), otherwise one after the other.
 * @returns one result per member, in order
 */
export const inBatches = async <I, O>(
  members: readonly I[],
  { size, parallel }: { readonly size: number; readonly parallel: boolean },
  run: RunBatch<I, O>,
): Promise<readonly Result<O>[]> => {
  const batches = chunk(members, size);
  if (parallel) return (await Promise.all(batches.map((batch) => runDividing(batch, run, false)))).flat();
  const results: Result<O>[] = [];
  for (const batch of batches) results.push(...(await runDividing(batch, run, false)));
  return results;
};

/** Each member prepared on its own; a member that cannot be prepared fails without the others. */
export const prepared = <I, P>(members: readonly I[], prepare: (member: I) => P): readonly Result<P>[] =>
  members.map((member) => {
    try {
      return ok(prepare(member));
    } catch (thrown) {
      return fail(toSyncError(thrown));
    }
  });

/** Runs what could be prepared and puts the results back into the order of all members. */
export const runPrepared = async <P, O>(
  members: readonly Result<P>[],
  run: (good: readonly P[]) => Promise<readonly Result<O>[]>,
): Promise<readonly Result<O>[]> => {
  const positions = members.flatMap((member, position) => (member.ok ? [position] : []));
  const results = await run(members.flatMap((member) => (member.ok ? [member.value] : [])));
  const byPosition = new Map(zip(positions, results));
  const missing = fail(new SyncError('answer-incomplete', 'retry', 'Exchange gave no result for the item; it is tried again.'));
  return members.map((member, position) => (member.ok ? (byPosition.get(position) ?? missing) : member));
};
