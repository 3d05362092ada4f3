/** Lets queries say `limit` as for SQLite: SQL Server calls it TOP. */
import {
  OperationNodeTransformer,
  TopNode,
  ValueNode,
  type KyselyPlugin,
  type OperationNode,
  type QueryId,
  type RootOperationNode,
  type SelectQueryNode,
} from 'kysely';

/** A limit is a number that the program itself has chosen; TOP takes it as a constant. */
const numberIn = (limit: OperationNode): number => {
  if (ValueNode.is(limit) && typeof limit.value === 'number' && Number.isSafeInteger(limit.value) && limit.value >= 0) return limit.value;
  throw new Error('limit takes a whole number');
};

class LimitToTop extends OperationNodeTransformer {
  protected override transformSelectQuery(node: SelectQueryNode, queryId?: QueryId): SelectQueryNode {
    const { limit, ...rest } = super.transformSelectQuery(node, queryId);
    // With OFFSET it is FETCH, which the compiler knows.
    if (limit === undefined || rest.offset !== undefined) return limit === undefined ? rest : { ...rest, limit };
    return { ...rest, top: TopNode.create(numberIn(limit.limit)) };
  }
}

/** The plugin. */
export const limitAsTop = (): KyselyPlugin => {
  const transformer = new LimitToTop();
  return {
    transformQuery: ({ node, queryId }): RootOperationNode => transformer.transformNode(node, queryId),
    transformResult: ({ result }) => Promise.resolve(result),
  };
};
