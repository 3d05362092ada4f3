/** Entry of the editor code: what the dialogs call, as `ExchangeErpSync`. */
import { erpConfig } from './erp-config';
import { ewsConfig } from './ews-config';
import { openItemMap, saveItemMap } from './item-map';

Object.assign(window, { ExchangeErpSync: { ewsConfig, erpConfig, itemMap: { open: openItemMap, save: saveItemMap } } });
