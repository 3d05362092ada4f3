/** What the dialog of `item-map` asks: its standard, and what the rules in it, stored or not, make of a sample. */
import type { NodeAPI } from 'node-red';
import { categoryOf, requireCategoryPattern } from '../../lib/mapping/categories';
import { defaultRules } from '../../lib/mapping/field-rules';
import { fieldTypes } from '../../lib/mapping/fields';
import type { MappingContext } from '../../lib/mapping/mapping';
import { preview } from '../../lib/mapping/preview';
import { defaultPriorities } from '../../lib/mapping/priority';
import { edited, type Samples, samplesOf } from '../../lib/mapping/samples';
import type { ActivityType } from '../../lib/model/activity-type';
import { SyncError } from '../../lib/model/error';
import { kinds } from '../../lib/model/kind';
import { type DialogFields, told } from './admin';
import { jsonata } from './expressions';
import { mappingOptions } from './mapping-settings';
import { oneOf, optionalText } from './settings';

/** What the tenant of a deployed node tells; null for a node that is not deployed or not connected. */
export type TenantContext = Pick<MappingContext, 'timeZone' | 'activityTypes'> | null;

/** Stands for the ERP's activity types where they are not known. */
const sampleType: ActivityType = { id: '1', no: '1', description: 'Visit', colour: null };

const contextOf = (tenant: TenantContext): Pick<MappingContext, 'timeZone' | 'activityTypes'> => ({
  timeZone: tenant?.timeZone ?? 'Europe/Vienna',
  activityTypes: tenant === null || tenant.activityTypes.length === 0 ? [sampleType] : tenant.activityTypes,
});

const standardPattern = 'ES_{no}_{description}';

const samplesFor = (tenant: TenantContext, pattern: string): Samples => {
  const [type = sampleType] = contextOf(tenant).activityTypes;
  return samplesOf(type, categoryOf(pattern, type));
};

/** The standard, the fields of both sides, samples, and the ERP's activity types. */
export const presetOf = (tenant: TenantContext): object => ({
  rules: defaultRules,
  priorities: defaultPriorities,
  fields: fieldTypes,
  samples: samplesFor(tenant, standardPattern),
  activityTypes: tenant?.activityTypes ?? [],
});

const sampleFaulty = (field: string): SyncError =>
  new SyncError('sample-invalid', 'item', `The sample cannot be read at "${field}": take its value as in the sample that was there.`, {
    field,
  });

const parsed = (text: unknown): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(typeof text === 'string' ? text : '');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    throw sampleFaulty('JSON');
  }
  throw sampleFaulty('JSON');
};

/** Answers what the rules of a dialog make of its sample. Rejects with a SyncError when settings or sample cannot be read. */
export const previewOf = async (RED: NodeAPI, fields: DialogFields, tenant: TenantContext): Promise<object> => {
  const side = oneOf(fields['side'], 'side', ['exchange', 'erp']);
  const options = mappingOptions(fields);
  const before = samplesFor(tenant, requireCategoryPattern(optionalText(fields['categoryPattern']) || standardPattern))[
    oneOf(fields['kind'], 'kind', [...kinds])
  ][side];
  const sample = edited(before, side, parsed(fields['sample']));
  if (!sample.ok) throw sampleFaulty(sample.field);
  const { shown, faults } = await preview({ options, compile: jsonata(RED, null), context: contextOf(tenant), item: sample.item, before });
  return { shown, faults: faults.map(({ row, error }) => ({ row, ...told(error) })) };
};
