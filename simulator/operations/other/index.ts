import type { OperationGroup } from '../operation';
import { getAppManifests, getInboxRules, getPasswordExpirationDate, getUserPhoto, getUserRetentionPolicyTags } from './empty';
import { getMailTips, getServiceConfiguration } from './mail-tips';
import { refusedOperations } from './refused';

/** The rest: operations with nothing to tell, and those that need what this server has not. */
export const otherOperations: OperationGroup = {
  ...refusedOperations,
  GetAppManifests: getAppManifests,
  GetInboxRules: getInboxRules,
  GetMailTips: getMailTips,
  GetPasswordExpirationDate: getPasswordExpirationDate,
  GetServiceConfiguration: getServiceConfiguration,
  GetUserPhoto: getUserPhoto,
  GetUserRetentionPolicyTags: getUserRetentionPolicyTags,
};
