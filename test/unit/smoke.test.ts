import assert from 'node:assert/strict';
import { topicOf } from '../../lib/model/message';
describe('message', () => {
  it('names direction, kind and operation in its topic', () => assert.equal(topicOf('inbound', 'task', 'delete'), 'inbound/task/delete'));
});
