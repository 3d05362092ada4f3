/** Imports into a mailbox over EWS, as another client would: the items carry no sync id. */
import { createEwsConnection } from '../../lib/exchange/ews';
import { serviceAccount, type DemoSettings } from '../settings';
import type { ImportTarget } from './target';

const settingOr = (value: string | undefined, standard: string): string => (value === undefined || value === '' ? standard : value);

/** EWS_URL, EWS_USER, EWS_PASSWORD and EWS_PLAIN_HTTP say where; without them it is the simulator of `npm start`. */
export const openExchangeTarget = (
  mailbox: string,
  settings: DemoSettings,
  environment: NodeJS.ProcessEnv,
  timeZone: string,
): ImportTarget => {
  const given = environment['EWS_URL'] ?? '';
  const connection = createEwsConnection({
    url: settingOr(given, `http://127.0.0.1:${settings.ewsPort}/EWS/Exchange.asmx`),
    user: settingOr(environment['EWS_USER'], serviceAccount.address),
    password: settingOr(environment['EWS_PASSWORD'], serviceAccount.password),
    allowPlainHttp: given === '' || environment['EWS_PLAIN_HTTP'] === 'true',
    timeZone,
  });
  return {
    write: async (items) => {
      const results = await connection.createMany(
        mailbox,
        items.map((item) => ({ item, syncId: null })),
      );
      return results.map((result) => (result.ok ? null : result.error.message));
    },
    close: () => connection.close(),
  };
};
