/** What the tests of faults send. */
import { authorization, folder, getItem, owner, soap, startClient, syncFolderItems, task, type Client } from '../harness';
import type { SimulatorOptions } from '../../../../simulator/testing';

export interface FaultClient extends Client {
  readonly raw: (body: string, as?: { readonly address: string; readonly password: string }) => Promise<Response>;
  readonly create: () => Promise<Response>;
  readonly stored: () => number;
}

/** One request with n new tasks. */
export const tasks = (count: number): string =>
  task('<t:Subject>0</t:Subject>').replace(
    /(<m:Items>).*(<\/m:Items>)/,
    (_, open: string, close: string) =>
      open + Array.from({ length: count }, (__, index) => `<t:Task><t:Subject>${index}</t:Subject></t:Task>`).join('') + close,
  );

export const getFolder = `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folder('tasks')}</m:FolderIds></m:GetFolder>`;

export { getItem, syncFolderItems };

export const startFaultClient = async (options: SimulatorOptions = {}): Promise<FaultClient> => {
  const client = await startClient(options);
  const raw: FaultClient['raw'] = (body, as = owner) =>
    fetch(client.simulator.url, {
      method: 'POST',
      headers: { authorization: authorization(as), 'content-type': 'text/xml; charset=utf-8' },
      body: soap(body),
      redirect: 'manual',
    });
  return {
    ...client,
    raw,
    create: () => raw(tasks(1)),
    stored: () => client.simulator.items(owner.address, 'tasks').length,
  };
};
