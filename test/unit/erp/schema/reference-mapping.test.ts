import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { referenceMapping } from '../../../../lib/erp/schema/reference-mapping';

describe('the mapping of the reference schema', () => {
  it('is the same in the program and in docs/mappings/reference.json', () => {
    const file: unknown = JSON.parse(readFileSync(path.join(__dirname, '../../../../docs/mappings/reference.json'), 'utf8'));
    assert.deepEqual(file, { $schema: '../../lib/erp/schema/erp-mapping.schema.json', ...referenceMapping });
  });
});
