import { EwsError } from '../../errors';
import { findMailbox } from '../../storage/mailboxes';
import { childText, m } from '../../xml/element';
import { failed, succeeded } from '../response-message';
import type { Operation } from '../operation';

/** GetInboxRules: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getinboxrules-operation; nobody has any. */
export const getInboxRules: Operation = (request, { session }) => {
  const address = childText(request, 'MailboxSmtpAddress')?.trim();
  const mailbox = address === undefined ? session.mailbox : findMailbox(session.database, address);
  if (!mailbox) return failed('GetInboxRulesResponse', new EwsError('ErrorNonExistentMailbox'));
  if (!session.isService && mailbox.id !== session.mailbox?.id) return failed('GetInboxRulesResponse', new EwsError('ErrorAccessDenied'));
  return succeeded('GetInboxRulesResponse', [m('OutlookRuleBlobExists', false), m('InboxRules')]);
};

/** GetUserRetentionPolicyTags: no policy is in force. */
export const getUserRetentionPolicyTags: Operation = () => succeeded('GetUserRetentionPolicyTagsResponse', [m('RetentionPolicyTags')]);

/** GetAppManifests: no app is installed. */
export const getAppManifests: Operation = () => succeeded('GetAppManifestsResponse', [m('Manifests')]);

/** GetUserPhoto: nobody has a photo. */
export const getUserPhoto: Operation = (request, { session }) => {
  const isKnown = findMailbox(session.database, childText(request, 'Email')?.trim() ?? '') !== undefined;
  return failed('GetUserPhotoResponse', new EwsError(isKnown ? 'ErrorItemNotFound' : 'ErrorNonExistentMailbox'), [m('HasChanged', false)]);
};

/** GetPasswordExpirationDate: passwords do not expire. */
export const getPasswordExpirationDate: Operation = (request, { session }) => {
  const address = childText(request, 'MailboxSmtpAddress')?.trim() ?? '';
  if (address === '' ? !session.mailbox : !findMailbox(session.database, address)) throw new EwsError('ErrorNonExistentMailbox');
  return succeeded('GetPasswordExpirationDateResponse', [m('PasswordExpirationDate', '9999-12-31T23:59:59Z')]);
};
