import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readMapping } from '../../../../lib/erp/schema/read-mapping';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';

const mappings = path.join(__dirname, '../../../../docs/mappings');

describe('the mapping of the reference schema', () => {
  it('is the same in the program and in docs/mappings/reference.json, which says everything', () => {
    const file: unknown = JSON.parse(readFileSync(path.join(mappings, 'reference.json'), 'utf8'));
    assert.deepEqual(file, { $schema: '../../dist/lib/erp/schema/erp-mapping.schema.json', ...referenceMapping });
    assert.deepEqual(readMapping(file), { mapping: referenceMapping });
  });
});
