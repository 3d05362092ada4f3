import { EwsError } from '../../errors';
import { checkOwner, checkRead } from '../../permissions/access';
import { resolveFolder, type Session } from '../../session';
import type { Folder } from '../../storage/folders';
import { encodeChangeKey, encodeId } from '../../storage/ids';
import {
  changeUserConfiguration,
  configurationParts,
  deleteUserConfiguration as remove,
  findUserConfiguration,
  insertUserConfiguration,
  type UserConfiguration,
} from '../../storage/user-configurations';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';
import { checkedDictionary } from './dictionary';

/** Numbers of settings objects in ids: far beyond those of items. */
const idBase = 2 ** 40;

interface Named {
  readonly folder: Folder;
  readonly name: string;
}

const readName = (session: Session, holder: XmlElement | undefined): Named => {
  const named = child(holder, 'UserConfigurationName');
  return { folder: resolveFolder(session, named?.children[0]), name: named?.attributes['Name'] ?? '' };
};

/** Settings are associated items: they are read as others, and written by owners only (see `CreateAssociated` of EffectiveRights). */
const existing = (
  session: Session,
  holder: XmlElement | undefined,
  check: (session: Session, folder: Folder) => void,
): UserConfiguration => {
  const { folder, name } = readName(session, holder);
  check(session, folder);
  const found = findUserConfiguration(session.database, folder.id, name);
  if (!found) throw new EwsError('ErrorItemNotFound');
  return found;
};

const givenParts = (configuration: XmlElement | undefined): readonly XmlElement[] => {
  const parts = (configuration?.children ?? []).filter(({ name }) => configurationParts.some((part) => part === name));
  return parts.map((part) => (part.name === 'Dictionary' ? checkedDictionary(part) : part));
};

const itemId = (session: Session, mailbox: number, configuration: UserConfiguration): XmlElement =>
  t('ItemId', '', {
    Id: encodeId(session.database, { kind: 'item', mailbox, number: idBase + configuration.id }),
    ChangeKey: encodeChangeKey(configuration.sequence),
  });

/** GetUserConfiguration: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getuserconfiguration-operation */
export const getUserConfiguration: Operation = (request, context) =>
  each(context, 'GetUserConfiguration', [request], () => {
    const { session } = context;
    const found = existing(session, request, checkRead);
    const wanted = new Set((childText(request, 'UserConfigurationProperties') ?? '').split(/\s+/));
    const shows = (part: string): boolean => wanted.has(part) || wanted.has('All');
    const named = child(request, 'UserConfigurationName');
    return [
      m('UserConfiguration', [
        t('UserConfigurationName', named?.children ?? [], { Name: found.name }),
        shows('Id') ? itemId(session, readName(session, request).folder.mailbox, found) : undefined,
        ...configurationParts.map((part) => (shows(part) ? found.parts[part] : undefined)),
      ]),
    ];
  });

/** CreateUserConfiguration: https://learn.microsoft.com/exchange/client-developer/web-service-reference/createuserconfiguration-operation */
export const createUserConfiguration: Operation = (request, context) =>
  each(context, 'CreateUserConfiguration', [request], () => {
    const { session } = context;
    const configuration = child(request, 'UserConfiguration');
    const { folder, name } = readName(session, configuration);
    checkOwner(session, folder);
    if (findUserConfiguration(session.database, folder.id, name))
      throw new EwsError('ErrorItemSave', { text: `The folder already holds a user configuration with the name '${name}'.` });
    insertUserConfiguration(session.database, folder.id, name, givenParts(configuration));
    return [];
  });

/**
 * UpdateUserConfiguration: https://learn.microsoft.com/exchange/client-developer/web-service-reference/updateuserconfiguration-operation
 * Parts that are not given stay; of those that are, the last writer wins: the request has no change key to tell that another came between.
 */
export const updateUserConfiguration: Operation = (request, context) =>
  each(context, 'UpdateUserConfiguration', [request], () => {
    const configuration = child(request, 'UserConfiguration');
    changeUserConfiguration(context.session.database, existing(context.session, configuration, checkOwner), givenParts(configuration));
    return [];
  });

/** DeleteUserConfiguration: https://learn.microsoft.com/exchange/client-developer/web-service-reference/deleteuserconfiguration-operation */
export const deleteUserConfiguration: Operation = (request, context) =>
  each(context, 'DeleteUserConfiguration', [request], () => {
    remove(context.session.database, existing(context.session, request, checkOwner));
    return [];
  });
