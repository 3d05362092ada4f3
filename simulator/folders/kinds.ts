/** EWS shows a folder by its class: `IPF.Appointment` and what is derived from it as a CalendarFolder, and so on (MS-OXWSFOLD 2.2.4.5). */
const typed: Readonly<Record<string, string>> = {
  CalendarFolder: 'IPF.Appointment',
  ContactsFolder: 'IPF.Contact',
  TasksFolder: 'IPF.Task',
};

const isDerived = (folderClass: string, base: string): boolean => {
  const [given, wanted] = [folderClass.toLowerCase(), base.toLowerCase()];
  return given === wanted || given.startsWith(`${wanted}.`);
};

/** The EWS type of an ordinary folder of that class. */
export const elementOfClass = (folderClass: string): string =>
  Object.entries(typed).find(([, base]) => isDerived(folderClass, base))?.[0] ?? 'Folder';

/** The class a new folder of an EWS type has. */
export const classOfElement = (element: string): string => typed[element] ?? 'IPF.Note';

/** True where a new folder's type says its class, so that a request must not. */
export const impliesClass = (element: string): boolean => typed[element] !== undefined;
