/** XML namespaces of Exchange Web Services ([MS-OXWSCDATA]) and the prefixes under which requests use them. */

/** SOAP 1.1 envelope. */
export const soapNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';
/** Types, prefix `t`. */
export const typesNamespace = 'http://schemas.microsoft.com/exchange/services/2006/types';
/** Messages, prefix `m`. */
export const messagesNamespace = 'http://schemas.microsoft.com/exchange/services/2006/messages';
