/** What compiling the fields of a kind needs and gives. */
import type { FreeBusy, Sensitivity, TaskStatus } from '../../model/item';
import type { Row } from '../engine';
import type { AppointmentMapping, TaskMapping } from '../schema/mapping';
import type { Dialect } from '../schema/quote';
import { bodyConverter, type Body } from './converters/body';
import { codeConverter } from './converters/code';
import { listConverter } from './converters/list';
import { plainConverter } from './converters/plain';
import { textConverter } from './converters/text';
import { absent, type Cell, type Columns } from './fields';

/** What a record's fields are spelled by. */
export interface ShapeContext {
  readonly dialect: Dialect;
  /** The tenant's IANA zone. */
  readonly timeZone: string;
}

/** Records of a kind as rows: pure. */
export interface RecordShape<R> {
  /** Columns that `read` needs, under the aliases of `fields.ts`. */
  readonly columns: readonly string[];
  /** Throws `erp-value-unreadable`. */
  readonly read: (row: Row) => R;
  /** All columns of a record by name. Throws `erp-cannot-hold`. */
  readonly write: (record: R) => Row;
}

/** Everything that the fields with a fixed choice can hold. */
export const choices = {
  freeBusy: ['free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere'] satisfies readonly FreeBusy[],
  sensitivity: ['normal', 'personal', 'private', 'confidential'] satisfies readonly Sensitivity[],
  status: ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'] satisfies readonly TaskStatus[],
  priority: [1, 2, 3, 4, 5],
} as const;

/** Fields that both kinds have. */
interface CommonRecord {
  readonly subject: string;
  readonly body: string;
  readonly bodyHtml: string | null;
  readonly sensitivity: Sensitivity;
  readonly priority: number;
  readonly activityTypeId: string | null;
  readonly categories: readonly string[];
}

/** Reading and writing of the fields that both kinds have. */
export interface CommonFields {
  readonly read: (row: Row) => CommonRecord;
  readonly write: (record: CommonRecord) => readonly Cell[];
}

/** The fields that both kinds have. */
export const commonFields = (
  fields: (AppointmentMapping | TaskMapping)['fields'],
  columns: Columns,
  { dialect }: ShapeContext,
): CommonFields => {
  const subject = columns.field(textConverter(fields.subject, dialect));
  const body = fields.body === undefined ? absent<Body>({ body: '', bodyHtml: null }) : columns.field(bodyConverter(fields.body, dialect));
  const sensitivity =
    fields.sensitivity === undefined
      ? absent<Sensitivity>('normal')
      : columns.field(codeConverter<Sensitivity>(fields.sensitivity, choices.sensitivity));
  const priority = fields.priority === undefined ? absent(3) : columns.field(codeConverter<number>(fields.priority, choices.priority));
  const activityTypeId =
    fields.activityTypeId === undefined ? absent<string | null>(null) : columns.field(plainConverter(fields.activityTypeId));
  const categories = fields.categories === undefined ? absent<readonly string[]>([]) : columns.field(listConverter(fields.categories));
  return {
    read: (row) => ({
      subject: subject.read(row),
      ...body.read(row),
      sensitivity: sensitivity.read(row),
      priority: priority.read(row),
      activityTypeId: activityTypeId.read(row),
      categories: categories.read(row),
    }),
    write: (record) => [
      ...subject.write(record.subject),
      ...body.write(record),
      ...sensitivity.write(record.sensitivity),
      ...priority.write(record.priority),
      ...activityTypeId.write(record.activityTypeId),
      ...categories.write(record.categories),
    ],
  };
};
