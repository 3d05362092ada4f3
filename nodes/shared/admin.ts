/** Routes that the buttons of a dialog call; open only to people who may change flows. */
import type { Request } from 'express';
import type { Node, NodeAPI } from 'node-red';
import { type SyncError, toSyncError } from '../../lib/model/error';
import { passwordOr, substituted } from './environment';

/** Body of a request: the fields of a dialog as they stand in it. */
export type DialogFields = Readonly<Record<string, unknown>>;

const fieldsOf = (request: Request): DialogFields => {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null ? { ...body } : {};
};

/** A failure or finding for the dialog, which words it in the language of the editor. */
export const told = ({ code, params, message }: Pick<SyncError, 'code' | 'params' | 'message'>): object => ({ code, params, message });

/** Answers POST `/exchange-erp-sync/<type>/<action>` with JSON; a failure is an answer with `error`. */
export const adminAction = (RED: NodeAPI, type: string, action: string, answer: (fields: DialogFields) => Promise<object>): void => {
  const permission = RED.auth.needsPermission(`${type}.write`);
  RED.httpAdmin.post(`/exchange-erp-sync/${type}/${action}`, permission, (request, response) => {
    Promise.resolve()
      .then(() => answer(fieldsOf(request)))
      .then(
        (result) => response.json(result),
        (thrown: unknown) => response.json({ error: told(toSyncError(thrown)) }),
      );
  });
};

/** The deployed node that a dialog belongs to; null when it is new. */
const deployedNode = (RED: NodeAPI, fields: DialogFields): Node | null => {
  const id = fields['id'];
  return typeof id === 'string' ? RED.nodes.getNode(id) : null;
};

/** The fields of a dialog with environment variables in place, as Node-RED does it on deploy. */
export const substitutedFields = (RED: NodeAPI, fields: DialogFields): DialogFields => {
  const node = deployedNode(RED, fields);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, substituted(RED, node, value)]));
};

const storedCredential = (RED: NodeAPI, id: unknown, name: string): string => {
  // Node-RED answers undefined or null for a node that was not deployed yet.
  const stored: unknown = typeof id === 'string' ? RED.nodes.getCredentials(id) : undefined;
  const value: unknown = typeof stored === 'object' && stored !== null ? Reflect.get(stored, name) : undefined;
  return typeof value === 'string' ? value : '';
};

/** The password of a dialog: what was not touched is the stored one, what is empty comes from the named variable. */
export const dialogPassword = (RED: NodeAPI, fields: DialogFields): string => {
  const typed = fields['password'];
  const password = typeof typed === 'string' && typed !== '__PWRD__' ? typed : storedCredential(RED, fields['id'], 'password');
  return passwordOr(RED, deployedNode(RED, fields), password, fields['passwordEnv']);
};
