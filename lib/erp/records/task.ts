/** Tasks as rows, by the mapping: pure. */
import type { ErpTask, TaskStatus } from '../../model/item';
import { normalizeProgress } from '../../model/task-progress';
import type { TaskMapping } from '../schema/mapping';
import { codeConverter } from './converters/code';
import { numberConverter } from './converters/number';
import { dateConverter, timeConverter } from './converters/time';
import { absent, createColumns, rowOfCells, type TimeField } from './fields';
import { choices, commonFields, type RecordShape, type ShapeContext } from './shape';

const noTime: TimeField = { read: () => null, write: () => [] };

/** The shape of tasks; status and percentage are brought into agreement. When it was completed depends on what was there before. */
export const taskShape = ({ fields }: TaskMapping, context: ShapeContext): RecordShape<ErpTask> => {
  const { dialect, timeZone } = context;
  const columns = createColumns();
  const common = commonFields(fields, columns, context);
  const startDate = fields.startDate === undefined ? noTime : columns.time(dateConverter(fields.startDate, dialect));
  const dueDate = fields.dueDate === undefined ? noTime : columns.time(dateConverter(fields.dueDate, dialect));
  const status =
    fields.status === undefined
      ? absent<TaskStatus>('notStarted')
      : columns.field(codeConverter<TaskStatus>(fields.status, choices.status));
  const percentComplete =
    fields.percentComplete === undefined ? absent<number | null>(null) : columns.field(numberConverter(fields.percentComplete));
  const reminderAt = fields.reminderAt === undefined ? noTime : columns.time(timeConverter(fields.reminderAt, dialect));
  return {
    columns: columns.names,
    read: (row) => ({
      kind: 'task',
      ...common.read(row),
      startDate: startDate.read(row, timeZone),
      dueDate: dueDate.read(row, timeZone),
      ...normalizeProgress(status.read(row), percentComplete.read(row) ?? 0),
      reminderAt: reminderAt.read(row, timeZone),
    }),
    write: (record) => {
      const progress = normalizeProgress(record.status, record.percentComplete);
      const cells = [
        ...common.write(record),
        ...startDate.write(record.startDate, timeZone),
        ...dueDate.write(record.dueDate, timeZone),
        ...status.write(progress.status),
        ...percentComplete.write(progress.percentComplete),
        ...reminderAt.write(record.reminderAt, timeZone),
      ];
      return rowOfCells(cells, ['startDate', 'dueDate', 'reminderAt']);
    },
  };
};
