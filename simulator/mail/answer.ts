import { EwsError } from '../errors';
import { taggedProperty } from '../items/extended';
import { isMessage, propertyTypes } from '../items/kinds';
import type { Item } from '../storage/items';
import { text, type Properties } from '../storage/properties';
import { child, t, type XmlElement } from '../xml/element';
import { answerIndex, normalizedSubject } from './conversation';
import { quotingBody } from './quote';
import { localMailbox, readRecipient } from './recipients';
import type { WritingSession } from '../session';

/** What an answer does: the prefix of its subject, and what the answered message remembers of it (PidTagLastVerbExecuted). */
export interface Answer {
  readonly prefix: 'RE' | 'FW';
  readonly verb: number;
  readonly toAll: boolean;
}

/** Answers to messages by the element of CreateItem. */
export const answers: Readonly<Record<string, Answer>> = {
  ReplyToItem: { prefix: 'RE', verb: 102, toAll: false },
  ReplyAllToItem: { prefix: 'RE', verb: 103, toAll: true },
  ForwardItem: { prefix: 'FW', verb: 104, toAll: false },
};

const addressOf = (element: XmlElement): string => readRecipient(element)?.address.toLowerCase() ?? '';

const others = (elements: readonly XmlElement[], known: readonly XmlElement[]): readonly XmlElement[] =>
  elements.filter((element) => !known.some((other) => addressOf(other) === addressOf(element)));

/** Who gets an answer: whom the message wants answers sent to, else its sender; to all also its other recipients, but not oneself. */
const recipients = (original: Properties, answer: Answer, self: readonly XmlElement[]): readonly XmlElement[] => {
  if (answer.prefix === 'FW') return [];
  const wanted = original['ReplyTo']?.children ?? original['From']?.children ?? original['Organizer']?.children ?? [];
  const to = answer.toAll ? others(original['ToRecipients']?.children ?? [], [...wanted, ...self]) : [];
  const cc = answer.toAll ? others(original['CcRecipients']?.children ?? [], [...wanted, ...to, ...self]) : [];
  const list = (name: string, entries: readonly XmlElement[]): readonly XmlElement[] => (entries.length > 0 ? [t(name, entries)] : []);
  return [...list('ToRecipients', [...wanted, ...to]), ...list('CcRecipients', cc)];
};

const references = (original: Properties): readonly XmlElement[] => {
  const id = text(original, 'InternetMessageId');
  if (id === undefined) return [];
  return [t('InReplyTo', id), t('References', [text(original, 'References') ?? '', id].join(' ').trim())];
};

/**
 * The new message that answers an item, as a CreateItem request would hold it; what the response object says itself goes before what the
 * answered item gives.
 */
export function answerMessage(session: WritingSession, original: Item, response: XmlElement, answer: Answer): XmlElement {
  if (!isMessage(original.element) && answer.prefix !== 'FW' && original.element !== 'CalendarItem' && original.element !== 'PostItem')
    throw new EwsError('ErrorInvalidItemForOperationCreateItem');
  const self = session.mailbox ? [localMailbox(session.mailbox)] : [];
  const added = child(response, 'NewBodyContent');
  const sent = text(original.properties, 'DateTimeSent') ?? original.created;
  const made = [
    t('Subject', `${answer.prefix}: ${normalizedSubject(text(original.properties, 'Subject') ?? '')}`),
    quotingBody(added, original.properties, sent, session.zone),
    ...recipients(original.properties, answer, self),
    ...references(original.properties),
  ];
  const given = response.children.filter(({ name }) => propertyTypes('Message').has(name));
  const kept = made.filter(({ name }) => !given.some((property) => property.name === name));
  const index = answerIndex(original.properties);
  return t('Message', [...kept, ...given, index === undefined ? undefined : taggedProperty('0x0071', 'Binary', index)]);
}

/** The extended properties of an item that has been answered, as mail programs show it with an arrow. */
export function answeredMarks(answer: Answer, now: string): readonly XmlElement[] {
  const icons: Readonly<Record<number, number>> = { 102: 261, 103: 261, 104: 262 };
  return [
    taggedProperty('0x1081', 'Integer', String(answer.verb)),
    taggedProperty('0x1082', 'SystemTime', now),
    taggedProperty('0x1080', 'Integer', String(icons[answer.verb] ?? 0)),
  ];
}
