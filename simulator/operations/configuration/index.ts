import type { OperationGroup } from '../operation';
import { getUserOofSettings, setUserOofSettings } from './out-of-office';
import { createUserConfiguration, deleteUserConfiguration, getUserConfiguration, updateUserConfiguration } from './user-configuration';

/** Operations on the settings of folders and people (MS-OXWSUSRCFG, MS-OXWOOF). */
export const configurationOperations: OperationGroup = {
  CreateUserConfiguration: createUserConfiguration,
  DeleteUserConfiguration: deleteUserConfiguration,
  GetUserConfiguration: getUserConfiguration,
  GetUserOofSettingsRequest: getUserOofSettings,
  SetUserOofSettingsRequest: setUserOofSettings,
  UpdateUserConfiguration: updateUserConfiguration,
};
