/** A schema mapping as integrators write it: what is filled in, what is refused, and how each fault reads in both languages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { SchemaMapping } from '../../../../lib/erp/schema/mapping';
import { checkForEngine } from '../../../../lib/erp/schema/mapping-checks';
import { faultCodes, type MappingFault } from '../../../../lib/erp/schema/mapping-faults';
import { readMapping, requireMapping } from '../../../../lib/erp/schema/read-mapping';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';
import { SyncError } from '../../../../lib/model/error';
import { edited, jsonOf, type Json } from './support/editing';

const faultsOf = (source: unknown): readonly MappingFault[] => {
  const read = readMapping(source);
  return 'faults' in read ? read.faults : [];
};

const fillIn = (text: string, params: MappingFault['params']): string =>
  text.replaceAll(/__(\w+?)__/g, (all, name: string) => String(params[name] ?? all));

const germanTexts = (): ReadonlyMap<string, string> => {
  const catalogue: unknown = JSON.parse(readFileSync(path.join(__dirname, '../../../../nodes/locales/de/ews-config.json'), 'utf8'));
  const texts: unknown = typeof catalogue === 'object' && catalogue !== null ? Reflect.get(catalogue, 'mapping-fault') : {};
  return new Map(Object.entries(typeof texts === 'object' && texts !== null ? texts : {}).map(([code, text]) => [code, String(text)]));
};

/** What a person wrote, the code of the fault, and its place. */
type Mistake = readonly [what: string, changes: Readonly<Record<string, Json | undefined>>, code: string, place: string];

const procedure = (parameters: readonly string[], returns: Json = {}): Json => ({
  name: 'P_TASK',
  parameters: Object.fromEntries(parameters.map((column) => [`P_${column}`, { column }])),
  returns,
});
const taskContents = [
  ...['subject', 'body', 'sensitivity', 'priority', 'activity_type_id', 'categories'],
  ...['start_date', 'due_date', 'status', 'percent_complete', 'reminder_at'],
];
const codes: Json = [
  { code: 'J', value: 'busy' },
  { code: 'N', value: 'free' },
];

const mistakes: readonly Mistake[] = [
  [
    'equipment that names half a key',
    { '/appointment/equipment/record': ['a', 'b'] },
    'participants-key-length',
    '/appointment/equipment/record',
  ],
  [
    'exceptions of series that are held as rows',
    { '/appointment/fields/recurrenceRule': { occurrencesOf: 'head_id' } },
    'exceptions-without-rule',
    '/appointment/exceptions',
  ],
  [
    'exceptions that name half a key',
    { '/appointment/exceptions/record': ['a', 'b'] },
    'participants-key-length',
    '/appointment/exceptions/record',
  ],
  [
    'a column for two fields of an exception',
    { '/appointment/exceptions/fields/body/column': 'SUBJECT' },
    'column-double',
    '/appointment/exceptions/fields/body/column',
  ],
  [
    'exceptions that begin and do not end',
    { '/appointment/exceptions/fields/end': undefined },
    'property-missing',
    '/appointment/exceptions/fields/end',
  ],
  [
    'an exception whose end means another zone',
    { '/appointment/exceptions/fields/end/as': 'utc' },
    'as-differs',
    '/appointment/exceptions/fields/end/as',
  ],
  [
    'a deleted occurrence that is spelled like one that is there',
    { '/appointment/exceptions/deleted/no': 1 },
    'flag-same',
    '/appointment/exceptions/deleted/no',
  ],
  [
    'an original start without a day',
    { '/appointment/exceptions/originalStart/format': 'HHmm' },
    'format-without-date',
    '/appointment/exceptions/originalStart/format',
  ],
  ['exceptions in a table of the sync', { '/appointment/exceptions/table': 'sync_x' }, 'name-reserved', '/appointment/exceptions/table'],
  ['a number as a table', { '/task/table': 5 }, 'type-wrong', '/task/table'],
  ['a text as the participants', { '/appointment/participants': 'x' }, 'type-wrong', '/appointment/participants'],
  ['half a priority', { '/task/fields/priority/otherwise': 2.5 }, 'type-wrong', '/task/fields/priority/otherwise'],
  [
    'a sensitivity that is none',
    { '/task/fields/sensitivity/otherwise': 'secret' },
    'value-not-allowed',
    '/task/fields/sensitivity/otherwise',
  ],
  ['a way to make keys that is none', { '/task/key/0/generated': 'autoincrement' }, 'value-not-allowed', '/task/key/0/generated'],
  ['a meaning of times that is none', { '/appointment/fields/end/as': 'cet' }, 'value-not-allowed', '/appointment/fields/end/as'],
  ['a source of values that is none', { '/task/insert/created_by': { from: 'user' } }, 'value-not-allowed', '/task/insert/created_by/from'],
  ['a version to come', { '/version': 2 }, 'version-unknown', '/version'],
  ['no employees', { '/employees': undefined }, 'property-missing', '/employees'],
  ['no way to make keys', { '/task/key/0/generated': undefined }, 'property-missing', '/task/key/0/generated'],
  ['no subject', { '/task/fields/subject': undefined }, 'property-missing', '/task/fields/subject'],
  ['no sequence', { '/task/key/0/generated': 'sequence' }, 'property-missing', '/task/key/0/sequence'],
  ['a misspelt required property', { '/task/fields/subject': { colunm: 'subject' } }, 'property-misspelt', '/task/fields/subject/colunm'],
  ['a misspelt tag', { '/task/changes': { bye: 'triggers' } }, 'property-misspelt', '/task/changes/bye'],
  ['a misspelt choice', { '/task/filter': [{ column: 'a', notin: [1] }] }, 'property-misspelt', '/task/filter/0/notin'],
  [
    'a misspelt field',
    { '/appointment/fields/location': undefined, '/appointment/fields/locaton': { column: 'location' } },
    'property-misspelt',
    '/appointment/fields/locaton',
  ],
  [
    'occurrences, misspelt',
    { '/appointment/fields/recurrenceRule': { occurencesOf: 'x' } },
    'property-misspelt',
    '/appointment/fields/recurrenceRule/occurencesOf',
  ],
  ['a property of another format', { '/task/fields/subject/maxWidth': 10 }, 'property-unknown', '/task/fields/subject/maxWidth'],
  ['a name with / in it', { '/task/fields/a~1b': 1 }, 'property-unknown', '/task/fields/a~01b'],
  [
    'days beside a rule',
    { '/appointment/fields/recurrenceRule/days': 5 },
    'property-without-meaning',
    '/appointment/fields/recurrenceRule/days',
  ],
  ['two kinds of condition', { '/task/filter': [{ column: 'a', in: [1], isNull: true }] }, 'choice-unclear', '/task/filter/0'],
  [
    'a rule and occurrences',
    { '/appointment/fields/recurrenceRule': { column: 'a', occurrencesOf: 'b' } },
    'choice-unclear',
    '/appointment/fields/recurrenceRule',
  ],
  [
    'an argument from nowhere',
    { '/task/procedures/delete': { name: 'P', parameters: { ID: { column: 'id' }, WHO: {} } } },
    'choice-unclear',
    '/task/procedures/delete/parameters/WHO',
  ],
  ['an empty name', { '/task/fields/subject/column': '' }, 'text-empty', '/task/fields/subject/column'],
  ['a name too long', { '/task/fields/subject/column': 'x'.repeat(129) }, 'text-too-long', '/task/fields/subject/column'],
  ['a table name too long', { '/task/table': `dbo.${'x'.repeat(129)}` }, 'text-too-long', '/task/table'],
  ['a line break in a name', { '/task/fields/subject/column': 'sub\nject' }, 'control-character', '/task/fields/subject/column'],
  ['a line break in the name of the ERP', { '/name': 'ERP\nDROP TABLE task' }, 'control-character', '/name'],
  ['a line break in a written column', { '/task/insert': { 'a\u0085b': 1 } }, 'control-character', '/task/insert/a\u0085b'],
  ['no part of the key', { '/task/key': [] }, 'list-empty', '/task/key'],
  ['a condition that nothing meets', { '/task/filter': [{ column: 'a', in: [] }] }, 'list-empty', '/task/filter/0/in'],
  ['polling all the time', { '/task/changes': { by: 'polling', everySeconds: 0 } }, 'number-too-small', '/task/changes/everySeconds'],
  [
    'a share above everything',
    { '/task/changes': { by: 'polling', deletions: { share: 10 } } },
    'number-too-large',
    '/task/changes/deletions/share',
  ],
  ['neither kind', { '/appointment': null, '/task': null }, 'kinds-missing', '/appointment'],
  ['a table of another database', { '/employees/table': 'hr.dbo.employee' }, 'table-name-unclear', '/employees/table'],
  ['a table without a name', { '/task/table': 'dbo.' }, 'table-name-unclear', '/task/table'],
  ["the sync's own table", { '/task/table': 'dbo.SYNC_task' }, 'name-reserved', '/task/table'],
  [
    "the sync's own procedure",
    { '/task/procedures/delete': { name: 'sync_x', parameters: { ID: { column: 'id' } } } },
    'name-reserved',
    '/task/procedures/delete/name',
  ],
  ['two fields in one column', { '/task/fields/body/column': 'SUBJECT' }, 'column-double', '/task/fields/body/column'],
  ['a field in the column of the key', { '/task/fields/body/column': 'id' }, 'column-double', '/task/fields/body/column'],
  ['one column twice in the key', { '/task/key/1': { column: 'Id', generated: 'guid' } }, 'column-double', '/task/key/1/column'],
  ['a written column that is a field', { '/task/update/subject': 'x' }, 'column-double', '/task/update/subject'],
  ['a written column that is the key', { '/task/insert/id': 5 }, 'column-double', '/task/insert/id'],
  ['a stamp that is a field', { '/task/changeStamp/column': 'due_date' }, 'column-double', '/task/changeStamp/column'],
  [
    'a deletion mark that is a field',
    { '/task/deleted': { column: 'status', deleted: 'x', present: 'y' } },
    'column-double',
    '/task/deleted/column',
  ],
  [
    'participants: record and employee in one column',
    { '/appointment/participants/employee': 'appointment_id' },
    'column-double',
    '/appointment/participants/employee',
  ],
  [
    'participants: a written column that names the employee',
    { '/appointment/participants/insert': { Employee_Id: 1 } },
    'column-double',
    '/appointment/participants/insert/Employee_Id',
  ],
  ['start and end in one column', { '/appointment/fields/end/column': 'start_at' }, 'column-double', '/appointment/fields/end/column'],
  [
    'two columns that number themselves',
    { '/task/key/1': { column: 'nr', generated: 'identity' } },
    'identity-double',
    '/task/key/1/generated',
  ],
  [
    'participants that name half a key',
    { '/appointment/key/1': { column: 'nr', generated: 'guid' }, '/appointment/exceptions': null, '/appointment/equipment': null },
    'participants-key-length',
    '/appointment/participants/record',
  ],
  ['nobody whose record it is', { '/task/employee': null }, 'employee-missing', '/task/employee'],
  [
    'one code twice for one meaning',
    {
      '/appointment/fields/freeBusy/codes': [
        { code: '1', value: 'busy' },
        { code: 1, value: 'busy' },
      ],
    },
    'code-double',
    '/appointment/fields/freeBusy/codes/1',
  ],
  [
    'no code for what codes mean otherwise',
    { '/appointment/fields/freeBusy': { column: 'fb', codes, otherwise: 'tentative' } },
    'otherwise-without-code',
    '/appointment/fields/freeBusy/otherwise',
  ],
  [
    'no code for the neutral value',
    { '/task/fields/priority': { column: 'p', codes: [{ code: 'A', value: 1 }] } },
    'otherwise-without-code',
    '/task/fields/priority/otherwise',
  ],
  [
    'yes and no alike',
    { '/appointment/fields/allDay': { column: 'all_day', yes: 'j', no: 'J ' } },
    'flag-same',
    '/appointment/fields/allDay/no',
  ],
  ['present and deleted alike', { '/task/deleted': { column: 'gone', deleted: 1, present: true } }, 'flag-same', '/task/deleted/present'],
  ['NULL for yes', { '/employees/active/yes': null }, 'null-not-told', '/employees/active/yes'],
  ['NULL for deleted', { '/task/deleted': { column: 'gone', deleted: null, present: 0 } }, 'null-not-told', '/task/deleted/deleted'],
  ['NULL in a list', { '/task/filter': [{ column: 'branch', in: ['W', null] }] }, 'condition-null', '/task/filter/0/in/1'],
  [
    'NULL in a list of the employees',
    { '/employees/filter': [{ column: 'branch', notIn: [null] }] },
    'condition-null',
    '/employees/filter/0/notIn/0',
  ],
  ['activity types of nowhere', { '/activityTypes': null }, 'activity-types-missing', '/activityTypes'],
  ['polling without stamp', { '/task/changeStamp': null, '/task/changes': { by: 'polling' } }, 'stamp-missing', '/task/changeStamp'],
  [
    'a written rowversion',
    { '/task/changeStamp/as': 'rowversion', '/task/update': {}, '/task/insert': { Updated_At: 1 } },
    'rowversion-written',
    '/task/insert/Updated_At',
  ],
  [
    'occurrences of a composite key',
    {
      '/appointment/key/1': { column: 'nr', generated: 'guid' },
      '/appointment/participants': null,
      '/appointment/exceptions': null,
      '/appointment/equipment': null,
      '/appointment/fields/recurrenceRule': { occurrencesOf: 'first' },
    },
    'occurrences-composite-key',
    '/appointment/fields/recurrenceRule/occurrencesOf',
  ],
  ['start local, end UTC', { '/appointment/fields/end/as': 'utc' }, 'as-differs', '/appointment/fields/end/as'],
  [
    'a spelling that contradicts itself',
    { '/task/fields/dueDate/format': 'yyyy-MM-dd-ooo-kkkk' },
    'format-unreadable',
    '/task/fields/dueDate/format',
  ],
  ['minutes for months', { '/task/fields/dueDate/format': 'yyyymmdd' }, 'format-without-date', '/task/fields/dueDate/format'],
  ['no time of day', { '/task/fields/reminderAt/format': 'yyyyMMdd' }, 'format-without-time', '/task/fields/reminderAt/format'],
  ['half a day', { '/appointment/fields/start/format': 'yyyyMMdd hhmm' }, 'format-without-time', '/appointment/fields/start/format'],
  [
    'no offset',
    { '/task/fields/reminderAt': { column: 'r', as: 'offset', format: 'yyyyMMddHHmm' } },
    'format-without-offset',
    '/task/fields/reminderAt/format',
  ],
  [
    'a time of day without column',
    { '/task/fields/reminderAt/timeFormat': 'HHmm' },
    'time-format-without-column',
    '/task/fields/reminderAt/timeFormat',
  ],
  [
    'an argument of an unknown column',
    { '/task/key/0/generated': 'guid', '/task/procedures/insert': procedure(['id', 'employee_id', 'colour', ...taskContents]) },
    'parameter-column-unknown',
    '/task/procedures/insert/parameters/P_colour/column',
  ],
  [
    'an update without the body',
    { '/task/procedures/update': procedure(['id', ...taskContents.filter((name) => name !== 'body')]) },
    'parameter-missing',
    '/task/procedures/update/parameters',
  ],
  [
    'a deletion without the key',
    { '/task/procedures/delete': procedure(['updated_by']) },
    'parameter-missing',
    '/task/procedures/delete/parameters',
  ],
  [
    'an insert without the employee',
    { '/task/key/0/generated': 'guid', '/task/procedures/insert': procedure(['id', ...taskContents]) },
    'parameter-missing',
    '/task/procedures/insert/parameters',
  ],
  [
    'a procedure that numbers, unsaid',
    { '/task/procedures/insert': procedure(['employee_id', ...taskContents]) },
    'identity-with-procedure',
    '/task/key/0/generated',
  ],
  ['a key of a procedure that is not there', { '/task/key/0/generated': 'procedure' }, 'returns-missing', '/task/procedures/insert'],
  [
    'a key that no procedure tells',
    { '/task/key/0/generated': 'procedure', '/task/procedures/insert': procedure(['employee_id', ...taskContents]) },
    'returns-missing',
    '/task/procedures/insert/returns/id',
  ],
  [
    'a deletion that tells a key',
    { '/task/procedures/delete': procedure(['id'], { id: { output: 'ID' } }) },
    'returns-unknown',
    '/task/procedures/delete/returns/id',
  ],
];

const engineMistakes: readonly Mistake[] = [
  [
    'a sequence',
    { '/task/key/0': { column: 'id', generated: 'sequence', sequence: 'task_no' } },
    'sequence-needs-sql-server',
    '/task/key/0/generated',
  ],
  ['a rowversion', { '/task/changeStamp': { column: 'rv', as: 'rowversion' } }, 'rowversion-needs-sql-server', '/task/changeStamp/as'],
  ['Change Tracking', { '/task/changes': { by: 'change-tracking' } }, 'change-tracking-needs-sql-server', '/task/changes/by'],
];

const assertReads = (fault: MappingFault | undefined, code: string, place: string): void => {
  assert.ok(fault);
  assert.deepEqual([fault.code, fault.place], [code, place]);
  const german = fillIn(germanTexts().get(code) ?? '', fault.params);
  for (const text of [fault.message, german]) {
    assert.ok(text.includes(place), `${text} names ${place}`);
    assert.doesNotMatch(text, /__|undefined|\[object/);
    // Place and mistake, then what to do.
    assert.match(text, /[.?] ?.*[.?]$/s);
  }
};

describe('readMapping', () => {
  describe('one mistake is one fault that names place and remedy in both languages:', () => {
    for (const [what, changes, code, place] of mistakes) {
      it(`${what}: ${code}`, () => {
        const faults = faultsOf(edited(changes));
        assertReads(faults[0], code, place);
        assert.equal(faults.length, 1, JSON.stringify(faults, null, 1));
      });
    }

    for (const [what, changes, code, place] of engineMistakes) {
      it(`SQLite, ${what}: ${code}`, () => {
        const mapping = requireMapping(edited(changes));
        assert.deepEqual(checkForEngine(mapping, 'mssql'), []);
        const faults = checkForEngine(mapping, 'sqlite');
        assertReads(faults[0], code, place);
        assert.equal(faults.length, 1);
      });
    }

    for (const [text, line, column] of [
      ['{\n  "version": 1,\n  "name": "ERP",\n}', 4, 1],
      ['{\r\n  "version": 1\r\n  "name": "ERP"\r\n}', 3, 3],
      ['{ "version": 01 }', 1, 15],
      ['{ "name": "ERP }', 1, 11],
      ['{ "name": "a\tb" }', 1, 11],
      ["{ 'name': 1 }", 1, 3],
      ['{ "a": [1, 2 }', 1, 14],
      ['{ "a": }', 1, 8],
      ['{ "a" 1 }', 1, 7],
      ['[1,]', 1, 4],
      ['{} {}', 1, 4],
      ['\n', 2, 1],
    ] as const) {
      it(`no JSON, line ${line} and column ${column} of ${JSON.stringify(text)}`, () => {
        const [fault] = faultsOf(text);
        assert.equal(fault?.code, 'json-invalid');
        assert.deepEqual([fault.params['line'], fault.params['column']], [line, column]);
        const german = fillIn(germanTexts().get('json-invalid') ?? '', fault.params);
        for (const said of [fault.message, german]) assert.match(said, new RegExp(`${line}, \\w+ ${column} `));
      });
    }

    it('nothing at all, and what JSON cannot hold', () => {
      const cycle: Record<string, unknown> = {};
      cycle['itself'] = cycle;
      for (const source of [undefined, cycle, { version: 1n }, () => 1]) assert.equal(faultsOf(source)[0]?.code, 'json-missing');
    });

    it('all of them at once', () => {
      const faults = faultsOf(edited({ '/task/table': 5, '/name': '', '/appointment/fields/end/as': 'cet' }));
      assert.deepEqual(faults.map(({ code }) => code).sort(), ['text-empty', 'type-wrong', 'value-not-allowed']);
    });

    it('every code has its mistake here', () => {
      const shown = new Set([...mistakes, ...engineMistakes].map(([, , code]) => code));
      assert.deepEqual(
        faultCodes.filter((code) => !shown.has(code)),
        ['json-invalid', 'json-missing'],
      );
    });

    it('every code has a German text, and no text is left over', () => {
      assert.deepEqual([...germanTexts().keys()], faultCodes);
    });
  });

  it('a misspelt property suggests the one that was meant', () => {
    assert.match(faultsOf(edited({ '/task/fields/subject': { Colum: 'subject' } }))[0]?.message ?? '', /Did you mean "column"\?/);
  });

  it('accepts a text with byte order mark and the address of its JSON Schema, and leaves the source as it is', () => {
    const source = { $schema: './x.json', ...referenceMapping };
    const before = jsonOf(source);
    assert.deepEqual(readMapping(source), { mapping: referenceMapping });
    assert.deepEqual(source, before);
    assert.deepEqual(readMapping(`\uFEFF${JSON.stringify(source)}`), { mapping: referenceMapping });
  });

  it('fills in what is not said', () => {
    const shared = {
      readFrom: null,
      participants: null,
      insert: {},
      update: {},
      changeStamp: null,
      deleted: null,
      filter: [],
      procedures: { insert: null, update: null, delete: null },
    };
    const polling = { everySeconds: 10, deletionsEveryMinutes: 15, deletions: { count: 10, share: 0.1 } };
    const expected: SchemaMapping = {
      version: 1,
      name: 'Small',
      author: 'exchange-sync',
      employees: { table: 'E', key: 'ID', name: 'NAME', email: 'MAIL', active: null, filter: [] },
      activityTypes: null,
      appointment: {
        ...shared,
        table: 'A',
        key: [{ column: 'ID', generated: 'identity' }],
        employee: 'EMP',
        changes: { by: 'triggers' },
        fields: {
          subject: { column: 'S', format: 'plain' },
          start: { column: 'V', as: 'utc' },
          end: { column: 'B', as: 'utc', allDayEnd: 'day-after' },
          allDay: { column: 'G', yes: 1, no: 0 },
          freeBusy: { column: 'F', codes: [], otherwise: 'busy' },
          categories: { column: 'K', separator: ';' },
          reminderMinutes: { column: 'M', none: null },
          recurrenceRule: { occurrencesOf: 'HEAD', days: 400 },
        },
        exceptions: null,
        equipment: null,
      },
      task: {
        ...shared,
        table: 'T',
        key: [{ column: 'ID', generated: 'guid' }],
        employee: 'EMP',
        changeStamp: { column: 'STAMP', as: 'utc' },
        changes: { by: 'polling', ...polling },
        fields: {
          subject: { column: 'S', format: 'plain' },
          sensitivity: { column: 'P', codes: [], otherwise: 'normal' },
          priority: { column: 'Q', codes: [], otherwise: 3 },
          status: { column: 'R', codes: [], otherwise: 'notStarted' },
        },
      },
    };
    const mapping = requireMapping({
      version: 1,
      name: 'Small',
      employees: { table: 'E', key: 'ID', name: 'NAME', email: 'MAIL' },
      appointment: {
        table: 'A',
        key: [{ column: 'ID', generated: 'identity' }],
        employee: 'EMP',
        fields: {
          subject: { column: 'S' },
          start: { column: 'V', as: 'utc' },
          end: { column: 'B', as: 'utc' },
          allDay: { column: 'G' },
          freeBusy: { column: 'F' },
          categories: { column: 'K' },
          reminderMinutes: { column: 'M' },
          recurrenceRule: { occurrencesOf: 'HEAD' },
        },
      },
      task: {
        table: 'T',
        key: [{ column: 'ID', generated: 'guid' }],
        employee: 'EMP',
        changeStamp: { column: 'STAMP', as: 'utc' },
        changes: { by: 'polling' },
        fields: { subject: { column: 'S' }, sensitivity: { column: 'P' }, priority: { column: 'Q' }, status: { column: 'R' } },
      },
    });
    assert.deepEqual(mapping, expected);
  });

  it('accepts everything that the format has, as it is', () => {
    const everything: SchemaMapping = {
      version: 1,
      name: 'All',
      author: 'SYNC',
      employees: {
        table: { schema: 'hr.x', name: 'E.1' },
        key: 'ID',
        name: 'NAME',
        email: 'MAIL',
        active: { column: 'OK', yes: 'J', no: null },
        filter: [{ column: 'BRANCH', in: ['W', 5, true] }],
      },
      activityTypes: { table: 'dbo.TYPES', key: 'ID', no: 'NR', description: 'TEXT', colour: 'HUE' },
      appointment: {
        table: { name: 'A' },
        readFrom: 'dbo.A_VIEW',
        key: [
          { column: 'CLIENT', generated: 'constant', value: '01' },
          { column: 'NR', generated: 'expression', expression: '(SELECT 1)' },
          { column: 'PART', generated: 'sequence', sequence: { schema: 'dbo', name: 'S' } },
        ],
        employee: null,
        participants: { table: 'AP', record: ['C', 'N', 'P'], employee: 'EMP', insert: { ROLE: 'x', ID: { from: 'guid' } } },
        insert: { A: 'x', B: 1, C: true, D: null, E: { from: 'employee' }, F: { from: 'now-local' } },
        update: { G: { from: 'author' }, H: { from: 'now-utc' } },
        changeStamp: { column: 'H', as: 'offset' },
        deleted: { column: 'GONE', deleted: 'J', present: 'N' },
        filter: [
          { column: 'BRANCH', notIn: [1] },
          { column: 'OF', isNull: true },
        ],
        procedures: { insert: null, update: null, delete: null },
        changes: {
          by: 'change-tracking',
          everySeconds: 5,
          deletionsEveryMinutes: 60,
          deletions: { count: 0, share: 1 },
        },
        fields: {
          subject: { column: 'SUBJECT', format: 'plain' },
          body: { column: 'BODY', format: 'rtf' },
          sensitivity: { column: 'SENS', codes: [{ code: 0, value: 'normal' }], otherwise: 'normal' },
          priority: { column: 'PRIO', codes: [{ code: 'A', value: 1 }], otherwise: 1 },
          activityTypeId: { column: 'TYPE' },
          categories: { column: 'CATS', separator: ',' },
          start: { column: 'DAY', timeColumn: 'FROM', as: 'local', format: 'dd.MM.yyyy', timeFormat: 'HH:mm' },
          end: { column: 'DAY', timeColumn: 'TO', as: 'local', format: 'dd.MM.yyyy', timeFormat: 'Hmm', allDayEnd: 'last-day' },
          allDay: { column: 'WHOLE', yes: true, no: false },
          location: { column: 'LOC', format: 'html' },
          timeZone: { column: 'ZONE' },
          reminderMinutes: { column: 'REM', none: -1 },
          freeBusy: { column: 'FB', codes: [{ code: 'B', value: 'busy' }], otherwise: 'busy' },
          recurrenceRule: { column: 'RULE', prefix: true },
        },
        equipment: { table: 'AE', record: ['C', 'N', 'P'], equipment: 'EQ', names: { table: 'dbo.EQ', key: 'ID', name: 'NAME' } },
        exceptions: {
          table: 'AX',
          record: ['C', 'N', 'P'],
          originalStart: { column: 'DAY', as: 'local', format: 'yyyyMMdd' },
          deleted: { column: 'GONE', yes: 'J', no: null },
          insert: { BY: { from: 'author' } },
          fields: { location: { column: 'LOC', format: 'rtf' } },
        },
      },
      task: {
        table: 'T',
        readFrom: null,
        key: [{ column: 'ID', generated: 'procedure' }],
        employee: 'EMP',
        participants: null,
        insert: {},
        update: {},
        changeStamp: { column: 'RV', as: 'rowversion' },
        deleted: null,
        filter: [],
        procedures: {
          insert: {
            name: 'dbo.P_INSERT',
            parameters: Object.fromEntries(
              ['EMP', 'SUBJECT', 'BEGIN', 'DUE', 'STATUS', 'PERCENT', 'REM'].map((column) => [column, { column }]),
            ),
            returns: { ID: { output: 'NEW_ID' } },
          },
          update: {
            name: 'P_UPDATE',
            parameters: {
              ...Object.fromEntries(
                ['ID', 'SUBJECT', 'BEGIN', 'DUE', 'STATUS', 'PERCENT', 'REM'].map((column) => [column, { column }] as const),
              ),
              WHO: { value: { from: 'author' } },
            },
            returns: {},
          },
          delete: { name: 'P_DELETE', parameters: { ID: { column: 'ID' }, REASON: { value: 7 } }, returns: {} },
        },
        changes: { by: 'triggers' },
        fields: {
          subject: { column: 'SUBJECT', format: 'plain' },
          startDate: { column: 'BEGIN', as: 'local', format: 'yyMMdd' },
          dueDate: { column: 'DUE', as: 'utc' },
          status: { column: 'STATUS', codes: [{ code: 1, value: 'notStarted' }], otherwise: 'notStarted' },
          percentComplete: { column: 'PERCENT', none: '' },
          reminderAt: { column: 'REM', as: 'offset', format: "yyyy-MM-dd'T'HH:mmZZ" },
          completedAt: { column: 'DONE', as: 'local' },
        },
      },
    };
    assert.deepEqual(readMapping(jsonOf(everything)), { mapping: everything });
  });

  it('accepts codes that differ in case alone or stand for two values, procedures that take what stands in other columns, and one that enters the participant', () => {
    const accepted = [
      {
        '/task/fields/priority': {
          column: 'p',
          codes: [
            { code: 'a', value: 3 },
            { code: 'A', value: 1 },
            { code: 'A', value: 2 },
          ],
        },
      },
      { '/task/procedures/delete': procedure(['id', 'project']) },
      { '/task/procedures/update': procedure(['id', 'project', 'employee_id', ...taskContents]) },
      {
        '/task/key/0/generated': 'guid',
        '/task/employee': null,
        '/task/participants': { table: 'task_participant', record: ['task_id'], employee: 'person' },
        '/task/deleted': { column: 'gone', deleted: 1, present: 0 },
        '/task/procedures/insert': procedure(['id', 'person', 'gone', 'created_by', ...taskContents]),
      },
    ];
    for (const changes of accepted) assert.deepEqual(faultsOf(edited(changes)), []);
  });

  it('gives minutes as the end no end of an all-day appointment', () => {
    const read = requireMapping(edited({ '/appointment/fields/end': { column: 'minutes', as: 'minutes' } }));
    assert.deepEqual(read.appointment?.fields.end, { column: 'minutes', as: 'minutes' });
  });

  it('whatever is changed, answers a mapping or faults with known codes, never throws', () => {
    const places = (value: Json, place = ''): readonly string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([step, inner]) => [`${place}/${step}`, ...places(inner, `${place}/${step}`)])
        : [];
    const everywhere = places(jsonOf(referenceMapping));
    const replacement = fc.oneof(
      fc.jsonValue().map(jsonOf),
      fc.constantFrom<Json>('', 'sync_x', 'a.b.c', 'x'.repeat(300), -1, 0.5, {}, [], null, '__proto__', { column: 'id' }, [{}]),
    );
    const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'colum', 'in', 'timeColumn', 'as'));
    fc.assert(
      fc.property(fc.constantFrom(...everywhere), fc.option(names), fc.option(replacement, { nil: undefined }), (place, name, value) => {
        // A new name goes beside the place, so that objects get properties they do not know.
        const at = name === null ? place : `${place.slice(0, place.lastIndexOf('/'))}/${name.replaceAll('/', '')}`;
        const read = readMapping(edited({ [at]: value }));
        if ('mapping' in read) return;
        assert.ok(read.faults.length > 0);
        for (const fault of read.faults) {
          assert.ok(faultCodes.includes(fault.code));
          for (const [, name = ''] of (germanTexts().get(fault.code) ?? '').matchAll(/__(\w+?)__/g))
            assert.ok(Object.hasOwn(fault.params, name));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('whatever is changed in the text, answers a mapping or faults, never throws', () => {
    const text = JSON.stringify(referenceMapping, null, 1);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 4 }), (from, length, put) => {
        const read = readMapping(`${text.slice(0, from)}${put}${text.slice(from + length)}`);
        assert.ok('mapping' in read || read.faults.length > 0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('requireMapping', () => {
  it('lists all faults in one error of the configuration', () => {
    assert.throws(
      () => requireMapping(edited({ '/task/table': 5, '/name': '' })),
      (error) => {
        assert.ok(error instanceof SyncError);
        assert.deepEqual([error.code, error.scope, error.params['count']], ['erp-mapping-invalid', 'configuration', 2]);
        assert.match(error.message, /\/name is empty.*\/task\/table must be/s);
        return true;
      },
    );
  });
});
