/** First synchronisations (requirements S6, S7): what one folder's run is asked to do, how far it is, and what became of it. */
import type { Kind } from './kind';

/**
 * Which side leads. `merge`: both, what differs goes by the conflict rule; `erp`: ERP → Exchange, what is only in Exchange is left alone;
 * `exchange`: the other way round. `manual`: waits until a person starts it in one of the other ways.
 */
export const firstRunModes = ['merge', 'erp', 'exchange', 'manual'] as const;
/** See `firstRunModes`. */
export type FirstRunMode = (typeof firstRunModes)[number];

/** What a run is asked to do. */
export interface FirstRunSettings {
  readonly mode: FirstRunMode;
  /** Day `2026-03-28` in the tenant's zone: what ended before it is left alone; null: everything. */
  readonly startDate: string | null;
  /** UTC instant: only what changed since is brought to the other side; null: everything. */
  readonly changedSince: string | null;
}

/** `waiting` for its turn (or, `manual`, for a person), `running`, `done`, or `stopped` because another run took its place. */
export type FirstRunState = 'waiting' | 'running' | 'done' | 'stopped';

/** Why an item of one side alone was left alone. */
export type LeftReason = 'mode' | 'before-start-date' | 'unchanged-since';

/** Counts of a run; never an item's content. */
export interface FirstRunCounts {
  /** Equal items that were found on both sides and linked. */
  readonly linked: number;
  /** Rows that were queued, by direction: items of one side alone, and linked items that differ. */
  readonly inbound: number;
  readonly outbound: number;
  /** Items of one side alone that were left alone, by reason. */
  readonly left: Readonly<Partial<Record<LeftReason, number>>>;
}

/** What became of a run's rows; known when it is done. */
export interface FirstRunOutcome {
  readonly createdInErp: number;
  readonly createdInExchange: number;
  readonly changed: number;
  readonly failed: number;
  readonly conflicts: number;
  /** Rows that ended without a write, by their code. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** One folder's first synchronisation. Times are UTC instants. */
export interface FirstRun {
  readonly id: number;
  readonly connection: string;
  readonly employeeId: string;
  readonly kind: Kind;
  readonly state: FirstRunState;
  readonly settings: FirstRunSettings;
  readonly counts: FirstRunCounts;
  /** Everything was listed and queued; what is left to do are rows of the journal. */
  readonly listed: boolean;
  readonly outcome: FirstRunOutcome | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Rows of a run that is `done`, or how many there are so far. */
export const rowsOf = ({ counts }: Pick<FirstRun, 'counts'>): number => counts.inbound + counts.outbound;

/** A run before anything was read. */
export const noCounts: FirstRunCounts = { linked: 0, inbound: 0, outbound: 0, left: {} };
