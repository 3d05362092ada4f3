/** An employee of the ERP whose mailbox may be kept in step. */

/** One row of the ERP's employee table. */
export interface Employee {
  /** Primary key as text. */
  readonly id: string;
  readonly name: string;
  /** SMTP address of the mailbox; null or empty when the employee has none. */
  readonly email: string | null;
  readonly active: boolean;
}
