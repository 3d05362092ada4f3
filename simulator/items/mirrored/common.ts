import { isTrueText, t } from '../../xml/element';
import { body, choice, inside, list, readOnly, same, yesNo, type Mirror } from './mirror';

const reply = /^[^\s:]{1,3}:\s*/;

const flagStates = ['NotFlagged', 'Complete', 'Flagged'];

/** Tags every item may have (MS-OXPROPS), by tag and type. */
export const commonTags: Readonly<Record<string, Mirror>> = {
  '0x0017 Integer': choice('Importance', ['Low', 'Normal', 'High']),
  '0x001A String': same('ItemClass'),
  '0x0036 Integer': choice('Sensitivity', ['Normal', 'Personal', 'Private', 'Confidential']),
  '0x0037 String': same('Subject'),
  '0x0039 SystemTime': same('DateTimeSent'),
  '0x0E06 SystemTime': same('DateTimeReceived'),
  '0x0E03 String': readOnly(same('DisplayCc')),
  '0x0E04 String': readOnly(same('DisplayTo')),
  '0x0E08 Integer': readOnly(same('Size')),
  '0x0E1B Boolean': readOnly(yesNo('HasAttachments')),
  '0x0E1D String': { property: 'Subject', read: ({ text }) => [text.replace(reply, '')] },
  '0x003D String': { property: 'Subject', read: ({ text }) => [reply.exec(text)?.[0] ?? ''] },
  '0x1000 String': body('Text'),
  '0x1013 Binary': body('HTML', true),
  '0x1013 String': body('HTML'),
  '0x1042 String': same('InReplyTo'),
  '0x1090 Integer': {
    property: 'Flag',
    read: ({ children }) => {
      const state = flagStates.indexOf(children[0]?.text ?? '');
      return state > 0 ? [String(state)] : [];
    },
    write: ([value]) => t('Flag', [t('FlagStatus', flagStates[Number(value ?? 0)] ?? 'NotFlagged')]),
  },
  '0x1091 SystemTime': inside('Flag', 'CompleteDate'),
  '0x3007 SystemTime': readOnly(same('DateTimeCreated')),
  '0x3008 SystemTime': readOnly(same('LastModifiedTime')),
  '0x3FFA String': readOnly(same('LastModifiedName')),
  '0x0070 String': readOnly(same('ConversationTopic')),
  '0x0071 Binary': readOnly(same('ConversationIndex')),
  '0x0E69 Boolean': yesNo('IsRead'),
  '0x1035 String': same('InternetMessageId'),
  '0x1039 String': same('References'),
  '0x0042 String': inside('From', 'Mailbox', 'Name'),
  '0x0065 String': inside('From', 'Mailbox', 'EmailAddress'),
  '0x5D02 String': inside('From', 'Mailbox', 'EmailAddress'),
  '0x0C1A String': inside('Sender', 'Mailbox', 'Name'),
  '0x0C1F String': inside('Sender', 'Mailbox', 'EmailAddress'),
  '0x5D01 String': inside('Sender', 'Mailbox', 'EmailAddress'),
};

/** Properties of PSETID_Common that every item may have, by id and type. */
export const commonIds: Readonly<Record<string, Mirror>> = {
  '0x8501 Integer': same('ReminderMinutesBeforeStart'),
  '0x8502 SystemTime': same('ReminderDueBy'),
  '0x8503 Boolean': yesNo('ReminderIsSet'),
  '0x8506 Boolean': {
    property: 'Sensitivity',
    read: ({ text }) => [String(text === 'Private' || text === 'Confidential')],
    write: ([value], current) => {
      const isPrivate = isTrueText(value);
      const was = current?.text ?? 'Normal';
      const kept = (was === 'Private' || was === 'Confidential') === isPrivate;
      return t('Sensitivity', kept ? was : isPrivate ? 'Private' : 'Normal');
    },
  },
  '0x8534 String': same('Mileage'),
  '0x8535 String': same('BillingInformation'),
  '0x8539 StringArray': list('Companies'),
  '0x853A StringArray': list('Contacts'),
  '0x8560 SystemTime': readOnly(same('ReminderNextTime')),
};

/** Names of PS_PUBLIC_STRINGS, by name (without case) and type. */
export const publicNames: Readonly<Record<string, Mirror>> = { 'keywords StringArray': list('Categories') };
