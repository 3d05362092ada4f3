import type { ServerResponse } from 'node:http';
import { EwsError } from './errors';
import { faultEnvelope } from './soap';
import { t } from './xml/element';

/** What goes wrong: before the request is carried out, or (`dropAfter`, `truncate`, `delay`) with its answer. */
export type FaultAction =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'dropBefore' | 'dropAfter' | 'truncate' | 'html500' | 'html200' | 'unauthorized' | 'silentStream' }
  | { readonly kind: 'busy'; readonly backOffMs?: number }
  | { readonly kind: 'soapFault'; readonly code: string }
  | { readonly kind: 'run'; readonly run: () => void | Promise<void> };

/** When it goes wrong: at the n-th matching request from now (1 is the next), or always; of one operation, or any. */
export interface Fault {
  readonly operation?: string;
  readonly nth?: number;
  readonly always?: boolean;
  readonly action: FaultAction;
}

/** The switched-on faults of a server. */
export interface Faults {
  /** Switches a fault on until it has happened (or, with `always`, until the returned function is called). */
  readonly add: (fault: Fault) => () => void;
  readonly clear: () => void;
  /** The actions that concern this request; counts it. */
  readonly take: (operation: string) => readonly FaultAction[];
}

/** Starts without any fault. */
export function createFaults(): Faults {
  const active = new Map<symbol, { readonly fault: Fault; left: number }>();
  return {
    add: (fault) => {
      const key = Symbol('fault');
      active.set(key, { fault, left: fault.nth ?? 1 });
      return () => void active.delete(key);
    },
    clear: () => active.clear(),
    take: (operation) => {
      const actions: FaultAction[] = [];
      for (const [key, entry] of [...active]) {
        if (entry.fault.operation !== undefined && entry.fault.operation !== operation) continue;
        entry.left -= 1;
        if (entry.fault.always !== true && entry.left > 0) continue;
        if (entry.fault.always !== true) active.delete(key);
        actions.push(entry.fault.action);
      }
      return actions;
    },
  };
}

const busyFault = (backOffMs: number): string =>
  faultEnvelope(new EwsError('ErrorServerBusy', { messageXml: [t('Value', backOffMs, { Name: 'BackOffMilliseconds' })] }));

const page = '<!DOCTYPE html><html><body><h1>Not Exchange</h1><br>unclosed</html>';

/** Answers in place of the operation; false where the action leaves the request to be carried out. */
export function answerInstead(action: FaultAction, response: ServerResponse): boolean {
  const xml = { 'content-type': 'text/xml; charset=utf-8' };
  switch (action.kind) {
    case 'dropBefore':
      response.destroy();
      return true;
    case 'html500':
      response.writeHead(500, { 'content-type': 'text/html' }).end(page);
      return true;
    case 'html200':
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      return true;
    case 'unauthorized':
      response.writeHead(401, { 'www-authenticate': 'Basic realm="simulator"' }).end();
      return true;
    case 'busy':
      response.writeHead(503, xml).end(busyFault(action.backOffMs ?? 0));
      return true;
    case 'soapFault':
      response.writeHead(500, xml).end(faultEnvelope(new EwsError(action.code)));
      return true;
    case 'silentStream':
      response.writeHead(200, { ...xml, 'transfer-encoding': 'chunked' });
      response.flushHeaders();
      return true;
    default:
      return false;
  }
}
