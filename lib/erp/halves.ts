/** Carrying out many items in one transaction, of which a poison one must fail alone. */

/**
 * All at once first, because nearly always all of them succeed. When `together` throws, everything was taken back: each half is tried, down
 * to the single item, which `alone` deals with. (No savepoints: SQL Server ends a whole transaction for many an error in one statement.)
 * What `together` or `alone` throws and `isOfOne` denies concerns the whole database and rejects.
 */
export const inHalves = async <Item, Result>(
  items: readonly Item[],
  steps: {
    readonly together: (items: readonly Item[]) => Promise<readonly Result[]>;
    readonly alone: (item: Item) => Promise<Result>;
    readonly isOfOne: (thrown: unknown) => boolean;
  },
): Promise<readonly Result[]> => {
  const [first] = items;
  if (first === undefined) return [];
  if (items.length === 1) return [await steps.alone(first)];
  try {
    return await steps.together(items);
  } catch (thrown) {
    if (!steps.isOfOne(thrown)) throw thrown;
  }
  const middle = Math.ceil(items.length / 2);
  const left = await inHalves(items.slice(0, middle), steps);
  return [...left, ...(await inHalves(items.slice(middle), steps))];
};
