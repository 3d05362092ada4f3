/** The ERP's activity types, which Exchange shows as categories (requirements D7). */

/** One activity type of the ERP. */
export interface ActivityType {
  /** Primary key as text. */
  readonly id: string;
  readonly no: string;
  readonly description: string;
}
