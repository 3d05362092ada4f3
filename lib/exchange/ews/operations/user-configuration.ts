/**
 * GetUserConfiguration, CreateUserConfiguration and UpdateUserConfiguration, for the XML part:
 * https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/getuserconfiguration-operation
 */
import { folderElement } from '../folders';
import type { FolderName } from '../folders';
import { readSingle } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';
import { child, textOf } from '../xml/find';

/** A named settings object of a folder. */
export interface ConfigurationName {
  readonly folder: FolderName;
  readonly name: string;
}

const nameElement = (prefix: 'm' | 't', { folder, name }: ConfigurationName): XmlNode =>
  element(`${prefix}:UserConfigurationName`, { Name: name }, folderElement(folder));

/** The XML part in base64, null for none. Fails with `item-not-found` when there is no such object. */
export const getUserConfiguration = (named: ConfigurationName): Operation<string | null> => ({
  name: 'GetUserConfiguration',
  repeatable: true,
  request: element('m:GetUserConfiguration', {}, nameElement('m', named), element('m:UserConfigurationProperties', {}, 'XmlData')),
  read: (response) => readSingle(response, (message) => textOf(child(message, 'UserConfiguration'), 'XmlData')),
});

/** Writes the XML part (base64); other parts stay. */
export const writeUserConfiguration = (write: 'Create' | 'Update', named: ConfigurationName, xml: string): Operation<null> => ({
  name: `${write}UserConfiguration`,
  repeatable: write === 'Update',
  request: element(
    `m:${write}UserConfiguration`,
    {},
    element('m:UserConfiguration', {}, nameElement('t', named), element('t:XmlData', {}, xml)),
  ),
  read: (response) => readSingle(response, () => null),
});
