/** The program that `node-red-process.ts` starts: Node-RED with the flow of a user folder, as `npm start` runs it. Says `running` when the flows run. */
import path from 'node:path';
import { startNodeRed } from '../../demo/node-red';

const [userFolder = '', packageFolder = '', port = ''] = process.argv.slice(2);

startNodeRed({
  host: '127.0.0.1',
  port: Number(port),
  portVariable: 'PORT',
  userFolder,
  flowFile: path.join(userFolder, 'flows.json'),
  packageFolder,
  mount: () => undefined,
}).then(
  () => console.log('running'),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
