/**
 * `@exchange-erp/node-red-sync/testing`: for tests of flows. `startTestSite` starts both sides in one call, `startSimulator` the simulated
 * Exchange alone. See docs/testing-your-flow.md.
 */
export * from '../simulator/testing';
export { createTestErp } from './erp';
export type { ErpAppointmentForm, ErpForm, ErpTaskForm, ErpView, TestErp } from './erp';
export { startTestSite } from './site';
export type { FlowNode, JournalRow, TestSite, TestSiteOptions, Wanted } from './site';
export { until, untilQuiet } from './wait';
