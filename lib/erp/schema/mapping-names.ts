/** Whether the tables and procedures that a mapping names can be told apart from each other and from the sync's own. */
import { kinds } from '../../model/kind';
import { equipmentOf, type KindMapping, type SchemaMapping, type TableName } from './mapping';
import { faultAt, type MappingFault } from './mapping-faults';
import { tableParts } from './quote';

interface NamedTable {
  readonly place: string;
  readonly name: TableName | null | undefined;
}

const namesOf = (place: string, record: KindMapping, equipment = equipmentOf(record)): readonly NamedTable[] => [
  { place: `${place}/table`, name: record.table },
  { place: `${place}/readFrom`, name: record.readFrom },
  { place: `${place}/participants/table`, name: record.participants?.table },
  { place: `${place}/exceptions/table`, name: 'exceptions' in record ? record.exceptions?.table : null },
  ...(equipment === null
    ? []
    : [
        { place: `${place}/equipment/table`, name: equipment.table },
        { place: `${place}/equipment/names/table`, name: equipment.names.table },
      ]),
  ...record.key.map((part, index) => ({
    place: `${place}/key/${index}/sequence`,
    name: part.generated === 'sequence' ? part.sequence : null,
  })),
  ...(['insert', 'update', 'delete'] as const).map((procedure) => ({
    place: `${place}/procedures/${procedure}/name`,
    name: record.procedures[procedure]?.name,
  })),
];

const longest = 128;

const nameFaults = ({ place, name }: NamedTable): readonly MappingFault[] => {
  if (name === null || name === undefined) return [];
  if (typeof name === 'string' && !/^[^.]+(\.[^.]+)?$/.test(name)) return [faultAt(place, 'table-name-unclear', { found: name })];
  const parts = tableParts(name);
  if (parts.name.length > longest || (parts.schema ?? '').length > longest) return [faultAt(place, 'text-too-long', { limit: longest })];
  return /^sync_/i.test(parts.name) ? [faultAt(place, 'name-reserved', { found: parts.name })] : [];
};

/** Faults of all names of tables, views, sequences and procedures. */
export const namesFaults = (mapping: SchemaMapping): readonly MappingFault[] =>
  [
    { place: '/employees/table', name: mapping.employees.table },
    { place: '/activityTypes/table', name: mapping.activityTypes?.table },
    ...kinds.flatMap((kind) => {
      const record = mapping[kind];
      return record === null ? [] : namesOf(`/${kind}`, record);
    }),
  ].flatMap(nameFaults);
