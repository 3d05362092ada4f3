/** Requests as clients of Autodiscover write them. */
export const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';

export const pox = (address: string, schema = outlook): string =>
  `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>${address === '' ? '' : `<EMailAddress>${address}</EMailAddress>`}<AcceptableResponseSchema>${schema}</AcceptableResponseSchema></Request></Autodiscover>`;

const soap = (operation: string, content: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header><a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion><wsa:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/${operation}</wsa:Action></soap:Header><soap:Body><a:${operation}RequestMessage><a:Request>${content}</a:Request></a:${operation}RequestMessage></soap:Body></soap:Envelope>`;

const list = (name: string, parts: readonly string[]): string => `<a:${name}>${parts.join('')}</a:${name}>`;

const asked = (settings: readonly string[]): string =>
  list(
    'RequestedSettings',
    settings.map((name) => `<a:Setting>${name}</a:Setting>`),
  );

export const userSettings = (addresses: readonly string[], settings: readonly string[]): string => {
  const users = addresses.map((address) => `<a:User><a:Mailbox>${address}</a:Mailbox></a:User>`);
  return soap('GetUserSettings', list('Users', users) + asked(settings));
};

export const domainSettings = (domains: readonly string[], settings: readonly string[]): string => {
  const named = domains.map((domain) => `<a:Domain>${domain}</a:Domain>`);
  return soap('GetDomainSettings', list('Domains', named) + asked(settings));
};
