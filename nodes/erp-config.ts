/** `erp-config`: one ERP database (tenant) with its sync tables. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import mapValues from 'lodash/mapValues';
import { applySchema, checkConnection, checkSchema, scriptNames, scriptText } from '../lib/erp/administration';
import { openErpDatabase } from '../lib/erp/open';
import { referenceMapping } from '../lib/erp/schema/reference-mapping';
import { createTenantRuntime } from '../lib/sync/create-runtime';
import { adminAction, type DialogFields, dialogPassword, substitutedFields, told } from './shared/admin';
import { offerTenant } from './shared/config-nodes';
import { passwordOr, substituted } from './shared/environment';
import { presentErpConfig } from './shared/erp-config-versions';
import { driverOf, encryptionOf, erpOptions, type FaultText, loginModeOf, mappingFaults, mappingOf } from './shared/erp-settings';
import { numberBetween, oneOf, requiredText } from './shared/settings';
import { shareConnection } from './shared/shared-connection';
import { claimTenant } from './shared/tenant-claims';
import { faultText, shownError } from './shared/texts';

type Credentials = Record<'password', unknown>;

const graceMs = 12_000;

export = (RED: NodeAPI): void => {
  const folder = RED.settings.userDir ?? '';
  const wordFault: FaultText = (fault) => faultText(RED, fault);

  function ErpConfig(this: Node<Credentials>, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const openTenant = async () => {
      // What an older version lacks was not there when Node-RED put the environment's values in place.
      const fields = mapValues(presentErpConfig({ ...definition }), (value) => substituted(RED, this, value));
      const settings = {
        name: requiredText(fields['name'], 'Name'),
        userFolder: folder,
        leaseMs: 1000 * numberBetween(fields['leaseSeconds'], 'Lease', { min: 5, max: 86_400, or: 120 }),
        maxAttempts: numberBetween(fields['maxAttempts'], 'Attempts', { min: 1, max: 100, or: 5 }),
      };
      const secret = passwordOr(RED, this, this.credentials.password, fields['passwordEnv']);
      const options = await erpOptions(fields, { secret, folder, faultText: wordFault });
      const release = claimTenant(settings.name, options.connection);
      try {
        const database = await openErpDatabase(options);
        const close = () => database.close().finally(release);
        const runtime = await createTenantRuntime(database, settings).catch(async (thrown: unknown) => {
          await database.close();
          throw thrown;
        });
        return { runtime, close };
      } catch (thrown) {
        release();
        throw thrown;
      }
    };
    const connection = shareConnection(openTenant, (error, witnesses) => {
      for (const witness of witnesses) witness.error(shownError(RED, error), {});
    });
    offerTenant(this, connection);
    this.on('close', (done: () => void) => {
      void connection.end(graceMs).finally(done);
    });
  }
  RED.nodes.registerType('erp-config', ErpConfig, { credentials: { password: { type: 'password' } } });

  const optionsOf = (dialog: DialogFields) =>
    erpOptions(substitutedFields(RED, dialog), { secret: dialogPassword(RED, dialog), folder, faultText: wordFault });

  adminAction(RED, 'erp-config', 'chosen', (dialog) => {
    const fields = substitutedFields(RED, dialog);
    return Promise.resolve({ driver: driverOf(fields), loginMode: loginModeOf(fields), ...encryptionOf(fields) });
  });

  adminAction(RED, 'erp-config', 'check', async (dialog) => checkConnection(await optionsOf(dialog)));

  adminAction(RED, 'erp-config', 'check-mapping', async (dialog) => ({
    faults: (await mappingFaults(substitutedFields(RED, dialog), folder)).map(told),
  }));

  adminAction(RED, 'erp-config', 'check-schema', async (dialog) => ({
    findings: (await checkSchema(await optionsOf(dialog))).map(({ severity, text, ...finding }) => ({
      ...told({ ...finding, message: text }),
      severity,
    })),
  }));

  adminAction(RED, 'erp-config', 'apply', async (dialog) => ({
    refusals: (await applySchema(await optionsOf(dialog))).map(({ purpose, reason }) => `${purpose}: ${reason}`),
  }));

  adminAction(RED, 'erp-config', 'script', async (dialog) => {
    const fields = substitutedFields(RED, dialog);
    const name = oneOf(fields['script'], 'Script', scriptNames);
    const driver = driverOf(fields);
    return { script: scriptText(driver, await mappingOf(fields, folder, wordFault), name), name: `exchange-erp-${name}-${driver}.sql` };
  });

  adminAction(RED, 'erp-config', 'reference-mapping', () => Promise.resolve({ mapping: JSON.stringify(referenceMapping, null, 2) }));
};
