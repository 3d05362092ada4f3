/** Exchange Web Services as an adapter of the port `ExchangeConnection`. */
export { createEwsConnection } from './connection';
export { ewsDefaults } from './options';
export type { EwsOptions, EwsSettings } from './options';
