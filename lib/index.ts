/** What other programs may import of this package: the types of the messages on the wires. */
export type { SyncContext, SyncMessage, Decision } from './model/message';
export type { ErpAppointment, ErpRecord, ErpTask, ExchangeAppointment, ExchangeItem, ExchangeTask } from './model/item';
