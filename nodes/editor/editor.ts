/** Entry of the editor code: what the dialogs call, as `ExchangeErpSync`. */
import { closeErpConfig, openErpConfig, saveErpConfig } from './erp-config';
import { ewsConfig } from './ews-config';
import { closeItemMap, openItemMap, saveItemMap } from './item-map';

Object.assign(window, {
  ExchangeErpSync: {
    ewsConfig,
    erpConfig: { open: openErpConfig, save: saveErpConfig, close: closeErpConfig },
    itemMap: { open: openItemMap, save: saveItemMap, close: closeItemMap },
  },
});
