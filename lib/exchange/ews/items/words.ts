/** Exchange's words for choices ([MS-OXWSCDATA]) and the model's. */
import type { FreeBusy, Importance, Sensitivity, TaskStatus } from '../../../model/item';

/** A choice in both languages. */
interface Words<T extends string> {
  readonly toExchange: (value: T) => string;
  /** What is absent or unknown becomes the fallback. */
  readonly fromExchange: (text: string | null) => T;
}

const words = <T extends string>(table: Readonly<Record<T, string>>, values: readonly T[], fallback: T): Words<T> => ({
  toExchange: (value) => table[value],
  fromExchange: (text) => values.find((value) => table[value] === text?.trim()) ?? fallback,
});

/** LegacyFreeBusyStatus; `NoData` counts as busy. */
export const freeBusyWords = words<FreeBusy>(
  { free: 'Free', tentative: 'Tentative', busy: 'Busy', outOfOffice: 'OOF', workingElsewhere: 'WorkingElsewhere' },
  ['free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere'],
  'busy',
);

/** Sensitivity. */
export const sensitivityWords = words<Sensitivity>(
  { normal: 'Normal', personal: 'Personal', private: 'Private', confidential: 'Confidential' },
  ['normal', 'personal', 'private', 'confidential'],
  'normal',
);

/** Importance. */
export const importanceWords = words<Importance>({ low: 'Low', normal: 'Normal', high: 'High' }, ['low', 'normal', 'high'], 'normal');

/** Status of a task. */
export const taskStatusWords = words<TaskStatus>(
  {
    notStarted: 'NotStarted',
    inProgress: 'InProgress',
    completed: 'Completed',
    waitingOnOthers: 'WaitingOnOthers',
    deferred: 'Deferred',
  },
  ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'],
  'notStarted',
);
