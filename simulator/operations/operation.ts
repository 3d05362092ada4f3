import { EwsError } from '../errors';
import type { Subscriptions } from '../notifications/subscriptions';
import { m, type XmlElement } from '../xml/element';
import { failed, succeeded, type Parts } from './response-message';
import type { WritingSession } from '../session';

/** What an operation may use besides its request. */
export interface OperationContext {
  readonly session: WritingSession;
  readonly subscriptions: Subscriptions;
  /** Address of the account that sent the request, whomever it acts as. */
  readonly caller: string;
  /** Called before each part of a request; an error it throws is that part's. For faults on demand. */
  readonly beforePart?: () => void;
}

/** Answers a validated request with its response element; an error it throws becomes a SOAP fault. */
export type Operation = (request: XmlElement, context: OperationContext) => XmlElement;

/** Operations by the name of their request element. */
export type OperationGroup = Readonly<Record<string, Operation>>;

/** The response message of a part that succeeded. */
export const success = (name: string, content: Parts = []): XmlElement => succeeded(`${name}ResponseMessage`, content);

/** The response message of a part that failed; what the schema still wants behind the error comes in `content`. */
export const failure = (name: string, error: EwsError, content: Parts = []): XmlElement => failed(`${name}ResponseMessage`, error, content);

/** The response of an operation from its response messages. */
export const response = (name: string, messages: readonly XmlElement[]): XmlElement =>
  m(`${name}Response`, [m('ResponseMessages', messages)]);

/** Answers each of several parts on its own: what fails for one (and only that) is undone and reported in its place. */
export function each(
  context: OperationContext,
  name: string,
  parts: readonly XmlElement[],
  answer: (part: XmlElement) => Parts,
  onError: Parts = [],
): XmlElement {
  const { database } = context.session;
  const messages = parts.map((part) => {
    try {
      return success(
        name,
        database.transaction(() => {
          context.beforePart?.();
          return answer(part);
        }),
      );
    } catch (error) {
      if (error instanceof EwsError) return failure(name, error, onError);
      throw error;
    }
  });
  return response(name, messages);
}
