import { ExchangeService, ExchangeVersion, Uri, WebCredentials } from 'ews-javascript-api';
import type { Simulator } from '../../../../simulator/testing';

/** The library's connection of an account to a simulator. */
export function serviceOf(
  simulator: Simulator,
  { address, password }: { readonly address: string; readonly password: string },
): ExchangeService {
  const service = new ExchangeService(ExchangeVersion.Exchange2013);
  service.Credentials = new WebCredentials(address, password);
  service.Url = new Uri(simulator.url);
  return service;
}
