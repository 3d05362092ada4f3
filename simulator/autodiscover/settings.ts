import type { Mailbox } from '../storage/mailboxes';
import { casVersion, legacyName, mailboxServer, serverName, type Directory } from './target';

/** Names of user settings that Exchange knows (MS-OXWSADISC 2.2.4.12) beside those with a value here. */
const withoutValue = new Set(
  (
    'MobileMailboxPolicy MailboxVersion AlternateMailboxes InternalUMUrl InternalOABUrl ExternalOABUrl ExternalUMUrl PublicFolderServer ' +
    'ActiveDirectoryServer MobileMailboxPolicyInterop ExternalMailboxServerRequiresSSL ExternalMailboxServerAuthenticationMethods ' +
    'EcpVoicemailUrlFragment EcpEmailSubscriptionsUrlFragment EcpTextMessagingUrlFragment EcpDeliveryReportUrlFragment ' +
    'EcpRetentionPolicyTagsUrlFragment EcpPublishingUrlFragment EcpPhotoUrlFragment EcpConnectUrlFragment EcpTeamMailboxUrlFragment ' +
    'EcpTeamMailboxCreatingUrlFragment EcpTeamMailboxEditingUrlFragment EcpTeamMailboxHidingUrlFragment EcpExtensionInstallationUrlFragment ' +
    'InternalPop3Connections ExternalPop3Connections InternalImap4Connections ExternalImap4Connections InternalSmtpConnections ' +
    'ExternalSmtpConnections InternalServerExclusiveConnect ExternalServerExclusiveConnect ExchangeRpcUrl ShowGalAsDefaultView ' +
    'InternalPhotosUrl ExternalPhotosUrl DocumentSharingLocations CrossOrganizationSharingEnabled SPMySiteHostURL ' +
    'SiteMailboxCreationURL InternalRpcHttpServer ExternalRpcHttpServer InternalRpcHttpConnectivityRequiresSsl ' +
    'ExternalRpcHttpConnectivityRequiresSsl InternalRpcHttpAuthenticationMethod ExternalRpcHttpAuthenticationMethod UserMSOnline ' +
    'PublicFolderInformation MapiHttpEnabled InternalMapiHttpUrl ExternalMapiHttpUrl'
  ).split(' '),
);

/** What one mailbox's settings are, by name. */
export function userSettings(directory: Directory, mailbox: Mailbox): Readonly<Record<string, string>> {
  const base = directory.baseUrl();
  const ews = `${base}/EWS/Exchange.asmx`;
  const server = mailboxServer(directory, mailbox);
  return {
    UserDisplayName: mailbox.name,
    UserDN: legacyName(mailbox),
    UserDeploymentId: server.split('@')[0] ?? '',
    AutoDiscoverSMTPAddress: mailbox.address,
    InternalMailboxServer: server,
    InternalMailboxServerDN: `${serverName}/cn=${server}`,
    MailboxDN: `${serverName}/cn=${server}/cn=Microsoft Private MDB`,
    ExternalMailboxServer: new URL(base).hostname,
    InternalEwsUrl: ews,
    ExternalEwsUrl: ews,
    InternalEmwsUrl: ews,
    ExternalEmwsUrl: ews,
    InternalEcpUrl: `${base}/owa/`,
    ExternalEcpUrl: `${base}/owa/`,
    ExternalEwsVersion: casVersion(directory),
    CasVersion: casVersion(directory),
    EwsSupportedSchemas:
      'Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, Exchange2010_SP2, Exchange2013, Exchange2013_SP1, Exchange2016',
    GroupingInformation: 'Default-First-Site-Name',
  };
}

/** True for a setting that Exchange knows, whether or not it has a value here. */
export const isKnownSetting = (name: string): boolean => withoutValue.has(name);
