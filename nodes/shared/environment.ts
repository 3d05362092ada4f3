/** Environment variables, as Node-RED sees them: of the process, the flow and its groups, the global settings. */
import type { Node, NodeAPI } from 'node-red';

/** Value of a variable; empty when it is not set. `node`: null for a node that was not deployed yet. */
export const environment = (RED: NodeAPI, node: Node | null, name: string): string => {
  // Typed as a string, but a variable that is not set is undefined.
  const value: unknown = node === null ? process.env[name] : RED.util.getSetting(node, name);
  return typeof value === 'string' ? value : '';
};

/** A value with `${NAME}` replaced as Node-RED does it on deploy; left as it stands when the variable is not set. */
export const substituted = (RED: NodeAPI, node: Node | null, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const name = /^\$\{([^}]+)\}$/.exec(value.trim())?.[1];
  const found = name === undefined ? '' : environment(RED, node, name);
  return found === '' ? value : found;
};

/** A stored password, or the value of the variable named in `passwordEnv`: so a shared flow holds no secret. */
export const passwordOr = (RED: NodeAPI, node: Node | null, stored: unknown, passwordEnv: unknown): string => {
  if (typeof stored === 'string' && stored !== '') return stored;
  return typeof passwordEnv === 'string' && passwordEnv.trim() !== '' ? environment(RED, node, passwordEnv.trim()) : '';
};
