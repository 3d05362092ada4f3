/**
 * The guard against mass deletion (design, section 3): records that merely are not there any more, were they deleted or is it an emptied
 * table, a wrong filter, a restored backup? Pure.
 */
import countBy from 'lodash/countBy';
import type { DeletionLimits } from '../schema/mapping';

/** A link whose record is not there any more, or not for this employee. */
export interface Missing {
  readonly linkId: number;
  readonly employeeId: string;
  readonly erpId: string;
}

/** A deletion that a person has to decide on: it is one of `missing` of the employee's `linked` records. */
export interface Held extends Missing {
  readonly missing: number;
  readonly linked: number;
}

/** What an employee has of a kind. */
export interface Holdings {
  readonly linked: number;
  /** Deletions that are held already and not decided on: what goes missing meanwhile is part of the same. */
  readonly held: number;
}

/**
 * Parts deletions into those that are carried out and those that a person has to decide on: all of an employee, when they are beyond both
 * limits or when the table is empty.
 */
export const judge = (
  missing: readonly Missing[],
  holdings: ReadonlyMap<string, Holdings>,
  { limits, tableEmpty }: { readonly limits: DeletionLimits; readonly tableEmpty: boolean },
): { readonly carriedOut: readonly Missing[]; readonly held: readonly Held[] } => {
  const news = countBy(missing, ({ employeeId }) => employeeId);
  const judged = missing.map((one) => {
    const { linked, held } = holdings.get(one.employeeId) ?? { linked: 0, held: 0 };
    const count = (news[one.employeeId] ?? 0) + held;
    const isHeld = tableEmpty || (count > limits.count && count > limits.share * linked);
    return { one, isHeld, held: { ...one, missing: count, linked } };
  });
  return {
    carriedOut: judged.filter(({ isHeld }) => !isHeld).map(({ one }) => one),
    held: judged.filter(({ isHeld }) => isHeld).map(({ held }) => held),
  };
};
