/** Imports into a mailbox over EWS, as another client would: the items carry no sync id. */
import pick from 'lodash/pick';
import type { ItemIdentity } from '../../lib/exchange/connection';
import { createEwsConnection } from '../../lib/exchange/ews';
import type { ExchangeAppointment, ExchangeItem } from '../../lib/model/item';
import { serviceAccount, type DemoSettings } from '../settings';
import type { ImportTarget } from './target';

/** A series that is in the mailbox without its exceptions; `at`: its place among the items. */
interface CreatedSeries {
  readonly at: number;
  readonly item: ExchangeAppointment;
  readonly identity: ItemIdentity;
}

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
  const create = async (items: readonly ExchangeItem[]) =>
    connection.createMany(
      mailbox,
      items.map((item) => ({ item, syncId: null })),
    );
  /** Exchange takes the exceptions of a series only when it is there; one that it refuses goes again. */
  const bringExceptions = async (series: readonly CreatedSeries[]): Promise<ReadonlyMap<number, string>> => {
    // The subject goes along because an update of the series itself names at least one property.
    const updates = series.map(({ identity, item }) => ({ ...identity, item, changes: pick(item, 'subject', 'exceptions'), syncId: null }));
    const results = await connection.updateMany(mailbox, updates);
    const refused = series.flatMap(({ at, identity }, position) => {
      const result = results[position];
      return result?.ok === true ? [] : [{ at, identity, reason: result?.error.message ?? 'Exchange gave no answer' }];
    });
    await connection.deleteMany(
      mailbox,
      'appointment',
      refused.map(({ identity }) => ({ id: identity.id })),
    );
    return new Map(refused.map(({ at, reason }) => [at, reason]));
  };
  return {
    write: async (items) => {
      const results = await create(items);
      const series = items.flatMap((item, at): readonly CreatedSeries[] => {
        const result = results[at];
        if (item.kind === 'task' || item.exceptions.length === 0 || result?.ok !== true) return [];
        return [{ at, item, identity: result.value }];
      });
      const refused = series.length === 0 ? new Map<number, string>() : await bringExceptions(series);
      return results.map((result, at) => (result.ok ? (refused.get(at) ?? null) : result.error.message));
    },
    close: () => connection.close(),
  };
};
