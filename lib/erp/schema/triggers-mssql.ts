/**
 * The outbox triggers for SQL Server: set-based, so that a statement with many rows, MERGE and triggers of the ERP's own are told right, and
 * a statement without rows costs nothing. They depend on no SET option of the session that writes.
 *
 * A row for the employee in the session context is left out: that change came from this employee's mailbox.
 */
import { filterHolds } from './condition';
import { columnOf, keyLength } from './key';
import { employeesOf, masters, participantOf, queue, sameColumns, textOf, type Records } from './outbox';
import { mssqlDialect as dialect } from './quote';
import { binary } from './sync-tables';
import { isRecord, placeColumns, uniqueNames, watchedColumns, type WatchedParts, type WatchedTable } from './watched';

/** Key of the session context that names the employee on whose behalf we write. */
export const writingContext = 'exchange_erp_employee';

/** A trigger of SQL Server. */
export interface MssqlTrigger {
  readonly event: string;
  readonly head: string;
  readonly body: readonly string[];
}

/** What is special about columns of a table, by lower-case name. */
export interface ColumnTraits {
  /** Of the types text, ntext, image, xml and such: old and new values cannot be compared, `inserted` does not even show some of them. */
  readonly incomparable: readonly string[];
  /** Computed from other columns: UPDATE() does not take them. */
  readonly computed: readonly string[];
}

type Rows = 'inserted' | 'deleted';

const notOwn = 'e.employee_id <> @own';
const quoted = dialect.quoteValue;
const present = (conditions: readonly (string | null)[]): readonly string[] => conditions.filter((condition) => condition !== null);
/** Whether a statement writes one of the columns; a computed one may change with any. */
const isTouched = (columns: readonly string[], { computed }: ColumnTraits): string =>
  columns.some((name) => computed.includes(name.toLowerCase()))
    ? '1 = 1'
    : columns.map((name) => `UPDATE(${dialect.quoteName(name)})`).join(' OR ');

/** SET ROWCOUNT of an old client would cut off rows, and is refused together with a sequence. */
const begin = (rows: Rows): readonly string[] => ['SET NOCOUNT ON;', `IF NOT EXISTS (SELECT 1 FROM ${rows}) RETURN;`, 'SET ROWCOUNT 0;'];
const declareOwn = `DECLARE @own nvarchar(${keyLength}) = COALESCE(CONVERT(nvarchar(${keyLength}), SESSION_CONTEXT(N'${writingContext}')), N'');`;

const firstKey = (table: WatchedTable, row: string): string => columnOf(dialect, row, table.key[0] ?? '');
const isGone = (table: WatchedTable, row: string): string => {
  const isThere = isRecord(dialect, table, row);
  return `(${firstKey(table, row)} IS NULL${isThere === null ? '' : ` OR NOT (${isThere})`})`;
};
const sameRecord = (table: WatchedTable): string => sameColumns(dialect, 'i', table.key, 'd', table.key);

/** Whether a watched column differs between `i` and `d`; NULL is a value like any other. Texts that differ by case alone do differ. */
const differs = (table: WatchedTable, { incomparable }: ColumnTraits): string => {
  const isLong = (name: string): boolean => incomparable.includes(name.toLowerCase());
  const [places, values, texts] = [placeColumns(table).slice(table.key.length), table.values, table.texts].map((list) =>
    list.filter((name) => !isLong(name)),
  );
  const list = (row: string): string =>
    [
      ...[...(places ?? []), ...(values ?? [])].map((name) => columnOf(dialect, row, name)),
      ...(texts ?? []).map((name) => `CONVERT(nvarchar(max), ${columnOf(dialect, row, name)}) ${binary}`),
    ].join(', ');
  const touched = watchedColumns(table).filter(isLong);
  const conditions = [
    ...(list('i') === '' ? [] : [`EXISTS (SELECT ${list('i')} EXCEPT SELECT ${list('d')})`]),
    // The tables inserted and deleted do not show these columns; that a statement writes one is all that can be told.
    ...(touched.length === 0 ? [] : ['@long = 1']),
  ];
  return `(${conditions.join(' OR ')})`;
};

const told = (table: WatchedTable, records: Omit<Records, 'inCharge' | 'participant'>, operation: string): string =>
  queue(dialect, table, employeesOf(dialect, table, { ...records, inCharge: quoted(operation), participant: quoted(operation) }), notOwn);

/** Tells the records whose occurrences `rows` (a query with a column `record`) name. */
const tellMasters = (table: WatchedTable, rows: string): readonly string[] => {
  const [part] = table.key;
  if (table.occurrencesOf === null || part === undefined) return [];
  const from = `(${rows}) o JOIN ${dialect.quoteTable(table.table)} r ON ${columnOf(dialect, 'r', part)} = o.record`;
  return [queue(dialect, table, employeesOf(dialect, table, masters(dialect, table, from, [])), notOwn)];
};

const namesRecord = ({ occurrencesOf }: WatchedTable, row: string, from: string, where: readonly string[] = []): string => {
  const column = columnOf(dialect, row, occurrencesOf ?? '');
  return `SELECT ${column} AS record FROM ${from} WHERE ${[`${column} IS NOT NULL`, ...where].join(' AND ')}`;
};

/** Who has lost the record: all of them when it is gone, else who was in charge and has no part in it any more. */
const tellLost = (table: WatchedTable): string => {
  const { employee, participants } = table;
  const was = present([isRecord(dialect, table, 'd')]);
  const gone = employeesOf(dialect, table, {
    row: 'd',
    from: `deleted d LEFT JOIN inserted i ON ${sameRecord(table)}`,
    where: [...was, isGone(table, 'i')],
    inCharge: quoted('delete'),
    participant: quoted('delete'),
  });
  if (employee === null) return queue(dialect, table, gone, notOwn);
  const takesPart =
    participants === null
      ? []
      : [
          `NOT EXISTS (SELECT 1 FROM ${dialect.quoteTable(participants.table)} q WHERE ${sameColumns(dialect, 'q', participants.record, 'i', table.key)}` +
            ` AND ${textOf(dialect, 'q', participants.employee)} = ${textOf(dialect, 'd', employee)})`,
        ];
  const replaced = employeesOf(
    dialect,
    { ...table, participants: null },
    {
      row: 'd',
      from: `deleted d JOIN inserted i ON ${sameRecord(table)}`,
      where: [
        ...was,
        ...present([isRecord(dialect, table, 'i')]),
        `(${columnOf(dialect, 'i', employee)} IS NULL OR ${textOf(dialect, 'i', employee)} <> ${textOf(dialect, 'd', employee)})`,
        ...takesPart,
      ],
      inCharge: quoted('delete'),
      participant: quoted('delete'),
    },
  );
  return queue(dialect, table, [...gone, ...replaced], notOwn);
};

const tellChanged = (table: WatchedTable, traits: ColumnTraits): string => {
  const { employee } = table;
  const isNew = isGone(table, 'd');
  const operation = (when: string): string => `CASE WHEN ${when} THEN N'create' ELSE N'update' END`;
  const isNewTo =
    employee === null
      ? isNew
      : `${isNew} OR ${columnOf(dialect, 'd', employee)} IS NULL OR ${textOf(dialect, 'd', employee)} <> ${textOf(dialect, 'i', employee)}`;
  const source = employeesOf(dialect, table, {
    row: 'i',
    from: `inserted i LEFT JOIN deleted d ON ${sameRecord(table)}`,
    where: [...present([isRecord(dialect, table, 'i')]), `(${isNew} OR ${differs(table, traits)})`],
    inCharge: operation(isNewTo),
    participant: operation(isNew),
  });
  return queue(dialect, table, source, notOwn);
};

const updateBody = (table: WatchedTable, traits: ColumnTraits): readonly string[] => {
  const long = watchedColumns(table).filter((name) => traits.incomparable.includes(name.toLowerCase()));
  const pairs = `(${firstKey(table, 'd')} IS NULL OR ${firstKey(table, 'i')} IS NULL OR ${differs(table, traits)})`;
  const occurrences =
    table.occurrencesOf === null
      ? ''
      : `${namesRecord(table, 'i', `inserted i LEFT JOIN deleted d ON ${sameRecord(table)}`, [pairs])}
      UNION ${namesRecord(table, 'd', `deleted d LEFT JOIN inserted i ON ${sameRecord(table)}`, [pairs])}`;
  return [
    'SET NOCOUNT ON;',
    `IF NOT (${isTouched(watchedColumns(table), traits)}) RETURN;`,
    ...begin('inserted').slice(1),
    declareOwn,
    ...(long.length === 0 ? [] : [`DECLARE @long int = CASE WHEN ${isTouched(long, traits)} THEN 1 ELSE 0 END;`]),
    `IF ${isTouched(placeColumns(table), traits)}\n  ${tellLost(table)}`,
    tellChanged(table, traits),
    ...tellMasters(table, occurrences),
  ];
};

/** Triggers of the record's table. */
export const recordTriggers = (table: WatchedTable, traits: ColumnTraits): readonly MssqlTrigger[] => {
  const on = dialect.quoteTable(table.table);
  const all = (row: 'i' | 'd', rows: Rows) => ({ row, from: `${rows} ${row}`, where: present([isRecord(dialect, table, row)]) });
  const occurrences = (row: 'i' | 'd', rows: Rows): readonly string[] => tellMasters(table, namesRecord(table, row, `${rows} ${row}`));
  return [
    {
      event: 'insert',
      head: `ON ${on} AFTER INSERT`,
      body: [...begin('inserted'), declareOwn, told(table, all('i', 'inserted'), 'create'), ...occurrences('i', 'inserted')],
    },
    { event: 'update', head: `ON ${on} AFTER UPDATE`, body: updateBody(table, traits) },
    {
      event: 'delete',
      head: `ON ${on} AFTER DELETE`,
      body: [...begin('deleted'), declareOwn, told(table, all('d', 'deleted'), 'delete'), ...occurrences('d', 'deleted')],
    },
  ];
};

/** Triggers of the participants' table. */
export const participantTriggers = (table: WatchedTable): readonly MssqlTrigger[] => {
  const { participants, employee } = table;
  if (participants === null) return [];
  const on = dialect.quoteTable(participants.table);
  const columns = uniqueNames([...participants.record, participants.employee]);
  const record = (row: string, where: readonly string[]): string =>
    `SELECT 1 FROM ${dialect.quoteTable(table.table)} r WHERE ${[sameColumns(dialect, 'r', table.key, row, participants.record), ...where].join(' AND ')}`;
  const inCharge = (row: string): string | null =>
    employee === null
      ? null
      : `NOT EXISTS (${record(row, [`${textOf(dialect, 'r', employee)} = ${textOf(dialect, row, participants.employee)}`])})`;
  const source = (row: 'i' | 'd', from: Rows, operation: string, where: readonly (string | null)[]): string =>
    queue(
      dialect,
      table,
      participantOf(dialect, table, {
        row,
        from: `${from} ${row}`,
        where: present([...where, inCharge(row)]),
        operation: quoted(operation),
        filterOf: `CASE WHEN EXISTS (${record(row, [filterHolds(dialect, 'r', table.filter)])}) THEN 1 ELSE 0 END`,
      }),
      notOwn,
    );
  const isThere = `EXISTS (${record('i', present([isRecord(dialect, table, 'r')]))})`;
  const notIn = (rows: Rows, other: 'i' | 'd', row: 'i' | 'd'): string =>
    `NOT EXISTS (SELECT 1 FROM ${rows} ${other} WHERE ${sameColumns(dialect, other, columns, row, columns)})`;
  return [
    {
      event: 'participant_insert',
      head: `ON ${on} AFTER INSERT`,
      body: [...begin('inserted'), declareOwn, source('i', 'inserted', 'create', [isThere])],
    },
    {
      event: 'participant_update',
      head: `ON ${on} AFTER UPDATE`,
      body: [
        'SET NOCOUNT ON;',
        `IF NOT (${isTouched(columns, { incomparable: [], computed: [] })}) RETURN;`,
        ...begin('inserted').slice(1),
        declareOwn,
        source('d', 'deleted', 'delete', [notIn('inserted', 'i', 'd')]),
        source('i', 'inserted', 'create', [isThere, notIn('deleted', 'd', 'i')]),
      ],
    },
    {
      event: 'participant_delete',
      head: `ON ${on} AFTER DELETE`,
      body: [...begin('deleted'), declareOwn, source('d', 'deleted', 'delete', [])],
    },
  ];
};

/** Triggers of a table of parts: whose part changes, changes itself. A cascade finds the record gone. */
export const partTriggers = (table: WatchedTable, parts: WatchedParts): readonly MssqlTrigger[] => {
  const on = dialect.quoteTable(parts.table);
  const named = (rows: Rows): string =>
    `SELECT DISTINCT ${parts.record.map((column) => columnOf(dialect, 'o', column)).join(', ')} FROM ${rows} o`;
  /** Each record once, however many of its rows a statement writes. */
  const told = (...rows: readonly Rows[]): string => {
    const from = `(${rows.map(named).join(' UNION ')}) x JOIN ${dialect.quoteTable(table.table)} r ON ${sameColumns(dialect, 'r', table.key, 'x', parts.record)}`;
    return queue(dialect, table, employeesOf(dialect, table, masters(dialect, table, from, [])), notOwn);
  };
  return [
    { event: `${parts.name}_insert`, head: `ON ${on} AFTER INSERT`, body: [...begin('inserted'), declareOwn, told('inserted')] },
    {
      event: `${parts.name}_update`,
      head: `ON ${on} AFTER UPDATE`,
      body: [
        'SET NOCOUNT ON;',
        `IF NOT (${isTouched(parts.columns, { incomparable: [], computed: [] })}) RETURN;`,
        ...begin('inserted').slice(1),
        declareOwn,
        told('inserted', 'deleted'),
      ],
    },
    { event: `${parts.name}_delete`, head: `ON ${on} AFTER DELETE`, body: [...begin('deleted'), declareOwn, told('deleted')] },
  ];
};
