import { EwsError } from './errors';
import type { Caller } from './login/accounts';
import { actorOf } from './login/impersonation';
import { withMimeRead } from './mail/mime-in';
import { operations } from './operations';
import type { SoapRequest } from './request';
import { envelope, faultEnvelope } from './soap';
import type { Database } from './storage/database';
import { findMailbox } from './storage/mailboxes';
import type { Subscriptions } from './notifications/subscriptions';
import { ianaZone } from './time';
import { windowsZoneOf } from './time-zones/read-definition';
import { serverVersions, type Release } from './version';
import { childText, descend, type XmlElement } from './xml/element';
import type { WritingSession } from './session';

/** What the protocol side of the server needs. */
export interface EwsServices {
  readonly database: Database;
  readonly subscriptions: Subscriptions;
  readonly now: () => Date;
  readonly statusInterval: number;
  /** IANA zone of the page's local times. */
  readonly zone: string;
  /** Whose answers these are. */
  readonly release: Release;
}

/** Who acts in a request, in which zone. Throws where its header asks for what the caller may not. */
export function sessionOf(services: EwsServices, caller: Caller, header: XmlElement | undefined): WritingSession {
  const definition = descend(header, 'TimeZoneContext', 'TimeZoneDefinition');
  const zoneId = definition ? windowsZoneOf(definition) : 'UTC';
  const { mailbox, opensAll } = actorOf(services.database, caller, header);
  return { database: services.database, mailbox, isService: opensAll, zone: ianaZone(zoneId), zoneId, now: services.now };
}

const addressesIn = (element: XmlElement): readonly string[] =>
  element.name === 'Mailbox' ? [childText(element, 'EmailAddress')?.trim() ?? ''] : element.children.flatMap(addressesIn);

/** Addresses of the mailboxes a request acts as or opens by address. */
export function mailboxesOf(database: Database, caller: Caller, { header, body }: SoapRequest): readonly string[] {
  try {
    const own = actorOf(database, caller, header).mailbox?.address;
    const opened = body.children.filter(({ name }) => /Folder/.test(name)).flatMap(addressesIn);
    return [own, ...opened].flatMap((address) => (address === undefined ? [] : (findMailbox(database, address)?.address ?? [])));
  } catch (error) {
    if (error instanceof EwsError) return [];
    throw error;
  }
}

/** Answers one ordinary request. Errors of the protocol become faults with their own code, anything else ErrorInternalServerError. */
export async function answer(
  services: EwsServices,
  caller: Caller,
  request: SoapRequest,
  beforePart?: () => void,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const run = operations[request.operation];
    if (!run) throw new EwsError('ErrorInvalidRequest', { text: `The simulator does not offer ${request.operation}.` });
    const session = sessionOf(services, caller, request.header);
    const context = { session, subscriptions: services.subscriptions, caller: caller.address, ...(beforePart ? { beforePart } : {}) };
    const body = await withMimeRead(request.body);
    return {
      status: 200,
      text: envelope(
        services.database.transaction(() => run(body, context)),
        serverVersions[services.release],
      ),
    };
  } catch (error) {
    return faultAnswer(error);
  }
}

/** The answer to a request that failed as a whole. */
export const faultAnswer = (error: unknown): { readonly status: number; readonly text: string } => ({
  status: 500,
  text: faultEnvelope(error instanceof EwsError ? error : new EwsError('ErrorInternalServerError')),
});
