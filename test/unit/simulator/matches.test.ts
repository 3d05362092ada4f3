import assert from 'node:assert/strict';
import { refile } from '../../../simulator/items/filing';
import { passes } from '../../../simulator/search/passes';
import { readPath } from '../../../simulator/items/path';
import { readRestriction, sortedProperty } from '../../../simulator/search/restriction';
import { deleteItem } from '../../../simulator/items/delete';
import { moveItem } from '../../../simulator/items/move';
import { createItem } from '../../../simulator/items/write';
import { findMatches, valuesIn } from '../../../simulator/search/matches';
import { clauseOf } from '../../../simulator/search/sql';
import { openDatabase, type Database } from '../../../simulator/storage/database';
import { distinguishedFolder, type Folder } from '../../../simulator/storage/folders';
import { itemById, itemsOfFolder } from '../../../simulator/storage/items';
import { itemCount, placeOf } from '../../../simulator/storage/keys';
import { addMailbox } from '../../../simulator/storage/mailboxes';
import { userSession } from '../../../simulator/user/mailbox-user';
import { t, type XmlElement } from '../../../simulator/xml/element';

const field = (uri: string): XmlElement => t('FieldURI', '', { FieldURI: uri });
const rank = t('ExtendedFieldURI', '', { DistinguishedPropertySetId: 'PublicStrings', PropertyName: 'Rank', PropertyType: 'Integer' });
const objectId = t('ExtendedFieldURI', '', { DistinguishedPropertySetId: 'Meeting', PropertyId: 3, PropertyType: 'Binary' });
const compare = (operator: string, path: XmlElement, value: string): XmlElement =>
  t(operator, [path, t('FieldURIOrConstant', [t('Constant', '', { Value: value })])]);
const not = (part: XmlElement): XmlElement => t('Not', [part]);

const operators = ['IsEqualTo', 'IsNotEqualTo', 'IsGreaterThan', 'IsGreaterThanOrEqualTo', 'IsLessThan', 'IsLessThanOrEqualTo'];
const comparisons: readonly (readonly [XmlElement, string])[] = [
  [field('item:Subject'), 'beta'],
  [field('item:DateTimeReceived'), '2026-01-02T00:00:30Z'],
  [field('item:LastModifiedTime'), '2026-01-02T00:00:30Z'],
  [field('item:ItemClass'), 'IPM.Note'],
  [field('item:Importance'), 'Normal'],
  [field('item:Sensitivity'), 'Private'],
  [field('message:IsRead'), 'false'],
  [field('calendar:Start'), '2026-03-01T09:00:00Z'],
  [field('calendar:End'), '2026-03-01T10:00:00Z'],
  [field('task:DueDate'), '2026-05-01T22:00:00Z'],
];

const items: readonly XmlElement[] = [
  t('Message', [t('Subject', 'Beta'), t('ExtendedProperty', [t('ExtendedFieldURI', '', rank.attributes), t('Value', 7)])]),
  t('Message', [t('Subject', 'Bêta'), t('Importance', 'High'), t('IsRead', true)]),
  t('Message', [t('Sensitivity', 'Private'), t('ExtendedProperty', [t('ExtendedFieldURI', '', rank.attributes), t('Value', 12)])]),
  t('CalendarItem', [t('Subject', 'alpha'), t('UID', 'meeting'), t('Start', '2026-03-01T09:00:00Z'), t('End', '2026-03-01T10:00:00Z')]),
  t('CalendarItem', [t('Subject', 'gamma'), t('Start', '2026-03-01T10:00:00Z'), t('End', '2026-03-01T11:00:00Z')]),
  t('Task', [t('Subject', 'beta'), t('DueDate', '2026-05-02T00:00:00')]),
  t('Task', [t('Subject', 'delta')]),
];

describe('simulator search by columns', () => {
  let database: Database;
  let folder: Folder;
  let session: ReturnType<typeof userSession>;
  beforeEach(() => {
    let now = Date.UTC(2026, 0, 2);
    database = openDatabase();
    refile(database);
    addMailbox(database, { address: 'a@x.test', password: 'x' }, '2026-01-01T00:00:00Z');
    session = userSession({ database, now: () => new Date((now += 10_000)) }, 'a@x.test', 'Europe/Vienna');
    const inbox = distinguishedFolder(database, session.mailbox?.id ?? 0, 'inbox');
    assert.ok(inbox);
    folder = inbox;
    for (const item of items) createItem(session, item, folder);
  });
  afterEach(() => database.close());

  const countIn = (counted: Folder): number => itemCount(database, placeOf(counted.id, false));

  const searched = (expression: XmlElement): readonly number[] => {
    const condition = readRestriction(expression, session.zone);
    const matches = findMatches(session, { folder: folder.id, isAssociated: false, condition, order: [] });
    const ids = matches.between(0, 100);
    assert.equal(matches.total, ids.length);
    return [...ids].sort((one, two) => one - two);
  };
  const looked = (expression: XmlElement): readonly number[] =>
    itemsOfFolder(database, folder.id)
      .filter((item) => passes(valuesIn(item, session), readRestriction(expression, session.zone), session.zone))
      .map(({ id }) => id);

  const expressions: readonly (readonly [string, XmlElement])[] = [
    ...comparisons.flatMap(([path, value]) =>
      operators.map((operator) => [`${operator} ${path.attributes['FieldURI'] ?? ''}`, compare(operator, path, value)] as const),
    ),
    ...comparisons.map(([path]) => [`Exists ${path.attributes['FieldURI'] ?? ''}`, t('Exists', [path])] as const),
    ['IsEqualTo of an extended property', compare('IsEqualTo', rank, '7.0')],
    ['Exists of an extended property', t('Exists', [rank])],
    ['Exists of an object id', t('Exists', [objectId])],
    ['Not of what is absent', not(compare('IsGreaterThan', field('calendar:Start'), '2026-03-01T09:30:00Z'))],
    ['Not of Not', not(not(compare('IsEqualTo', field('task:DueDate'), '2026-05-01T22:00:00Z')))],
    ['And', t('And', [compare('IsEqualTo', field('item:Subject'), 'beta'), t('Exists', [rank])])],
    ['Or', t('Or', [compare('IsEqualTo', field('item:Subject'), 'beta'), t('Exists', [rank])])],
  ];
  for (const [name, expression] of expressions)
    it(`finds by ${name} what looking at every item finds`, () => {
      const condition = readRestriction(expression, session.zone);
      assert.equal(clauseOf(condition, { folder: folder.id, zone: session.zone })?.isExact, true, 'the columns tell');
      assert.deepEqual(searched(expression), looked(expression));
    });

  it('looks at items only where the columns cannot tell', () => {
    const contains = t('Contains', [field('item:Subject'), t('Constant', '', { Value: 'êt' })], {
      ContainmentMode: 'Substring',
      ContainmentComparison: 'Exact',
    });
    for (const expression of [
      contains,
      not(contains),
      t('And', [contains, compare('IsEqualTo', field('message:IsRead'), 'true')]),
      t('Or', [contains, compare('IsGreaterThan', rank, '10')]),
      t('Excludes', [rank, t('Bitmask', '', { Value: '1' })]),
      compare('IsGreaterThan', rank, '10'),
    ]) {
      const condition = readRestriction(expression, session.zone);
      assert.notEqual(clauseOf(condition, { folder: folder.id, zone: session.zone })?.isExact, true);
      assert.deepEqual(searched(expression), looked(expression));
    }
  });

  it('sorts by a sparse column whether or not all items have it', () => {
    const order = [{ property: sortedProperty(readPath(field('calendar:Start'))), isDescending: false }];
    const subjects = (): readonly (string | undefined)[] =>
      findMatches(session, { folder: folder.id, isAssociated: false, condition: undefined, order })
        .between(0, 100)
        .map((id) => itemById(database, id)?.properties['Subject']?.text);
    assert.deepEqual(subjects(), ['Beta', 'Bêta', undefined, 'beta', 'delta', 'alpha', 'gamma']);
    for (const item of itemsOfFolder(database, folder.id)) if (item.element !== 'CalendarItem') deleteItem(session, item, 'HardDelete');
    assert.deepEqual(subjects(), ['alpha', 'gamma']);
  });

  it('counts items as they come, move and go', () => {
    const archive = distinguishedFolder(database, folder.mailbox, 'notes');
    assert.ok(archive);
    const [first, second] = itemsOfFolder(database, folder.id);
    assert.ok(first && second);
    moveItem(session, first, archive);
    deleteItem(session, second, 'HardDelete');
    assert.deepEqual([countIn(folder), countIn(archive)], [items.length - 2, 1]);
    assert.throws(() =>
      database.transaction(() => {
        createItem(session, t('Message'), archive);
        throw new Error('undone');
      }),
    );
    assert.equal(countIn(archive), 1);
  });

  it('files the items of a store anew that an earlier program filed otherwise', () => {
    const expression = compare('IsEqualTo', rank, '7');
    const before = searched(expression);
    assert.equal(before.length, 1);
    for (const table of ['item_key', 'item_count', 'extended']) database.statement(`DELETE FROM ${table}`).run();
    database.statement("DELETE FROM meta WHERE name = 'filing'").run();
    refile(database);
    assert.deepEqual(searched(expression), before);
    assert.equal(countIn(folder), items.length);
  });
});
