/** What settings of an ERP name by file or hold themselves: the schema mapping and the certificates of a private authority. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SyncError } from '../model/error';

const isPem = (text: string): boolean => text.trimStart().startsWith('-----BEGIN ');
const isJson = (text: string): boolean => text.trimStart().startsWith('{');

/** PEM text as it is, a path (relative to `folder`) as the text of its file; null when nothing is set. */
export const loadCertificates = async (setting: string, folder: string): Promise<string | null> => {
  if (setting.trim() === '') return null;
  if (isPem(setting)) return setting;
  const file = path.resolve(folder, setting.trim());
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SyncError('ca-file-unreadable', 'configuration', `CA file ${file} cannot be read.`, { file }, { cause });
  }
};

/** Text of a schema mapping, not checked yet: the setting itself, or the file that it names; null for the reference mapping. */
export const loadMappingText = async (setting: string, folder: string): Promise<string | null> => {
  if (setting.trim() === '') return null;
  if (isJson(setting)) return setting;
  const file = path.resolve(folder, setting.trim());
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const message = `The schema mapping ${file} cannot be read. Check the path and the rights of the service.`;
    throw new SyncError('erp-mapping-unreadable', 'configuration', message, { file }, { cause });
  }
};
