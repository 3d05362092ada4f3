/** What an operation of EWS is to the client: a request to compose and an answer to read. */
import type { XmlNode } from '../xml/compose';
import type { XmlElement } from '../xml/read';

/** One call of an operation. `T` is what its answer means. */
export interface Operation<T> {
  /** Name of the request element, `GetItem`. */
  readonly name: string;
  /** May be sent again when the connection broke before the answer came: it changes nothing. */
  readonly repeatable: boolean;
  readonly request: XmlNode;
  /** Reads the answer's element, `GetItemResponse`. */
  readonly read: (response: XmlElement) => T;
}

/** On whose behalf, and in which zone, an operation is called. */
export interface CallContext {
  /** SMTP address of the mailbox; null for the connection's own user. */
  readonly mailbox: string | null;
  /** Mailbox whose server is asked and whose cookies are used, where many share one; otherwise `mailbox`. */
  readonly anchor?: string | null;
  /** Windows zone in which Exchange reads times without one; UTC when absent. */
  readonly windowsZone?: string;
  /** Ends the call. */
  readonly signal?: AbortSignal;
}
