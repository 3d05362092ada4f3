/**
 * The program that `node-red-process.ts` starts: Node-RED as `npm start` runs it. Prints `running` when the flows run, and ends with the
 * process that started it.
 */
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { startNodeRed } from '../../demo/node-red';

const [userFolder = '', packageFolder = '', port = ''] = process.argv.slice(2);

process.stdin.resume().once('end', () => process.exit(1));

startNodeRed({
  host: '127.0.0.1',
  port: Number(port),
  portVariable: 'PORT',
  userFolder,
  flowFile: path.join(userFolder, 'flows.json'),
  packageFolder,
  mount: () => undefined,
}).then(
  () => {
    console.log('running');
    // A process that is killed writes nothing at its end; the next one shall start as fast as it can.
    flushCompileCache();
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
