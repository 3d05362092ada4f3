/** The ERP's activity types, which Exchange shows as categories (requirements D7). */

/** One activity type of the ERP. */
export interface ActivityType {
  /** Primary key as text. */
  readonly id: string;
  readonly no: string;
  readonly description: string;
  /** Outlook colour by name or number, as the ERP spells it; null: none. */
  readonly colour: string | null;
}
