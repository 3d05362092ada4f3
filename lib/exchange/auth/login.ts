/**
 * How a request proves who sends it. The transport only carries the words; each login mode is one small file here: Basic now;
 * NTLM (several legs) and OAuth (a token that is fetched) fit the same conversation.
 */

/** The login part of one request. */
export interface LoginConversation {
  /**
   * Value of the Authorization header of the next leg.
   * @param challenges what the server's 401 asked for (its WWW-Authenticate headers); null before the first leg
   * @returns null when there is nothing left to say: the login is refused
   */
  readonly next: (challenges: readonly string[] | null) => Promise<string | null>;
}

/** A login mode with its credentials. */
export interface Login {
  /** Starts the conversation of one request. */
  readonly start: () => LoginConversation;
}
