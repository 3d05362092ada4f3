/** What went wrong below HTTP, as a SyncError. Neither address nor credentials of a request are ever part of it, only the host. */
import { SyncError } from '../../../model/error';

/** Codes of Node's TLS and OpenSSL for a certificate that is not accepted. */
const isCertificateCode = (code: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|UNABLE_TO_DECRYPT|UNABLE_TO_DECODE|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH/.test(
    code,
  );

const isTimeoutCode = (code: string): boolean => /TIMEOUT|ETIMEDOUT/.test(code);

/** Code of an error, or of the errors it was made from. */
const codeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return '';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if (thrown instanceof AggregateError) return thrown.errors.map(codeOf).find((code) => code !== '') ?? '';
  if (thrown.name === 'TimeoutError') return 'TIMEOUT';
  return codeOf(thrown.cause);
};

const reachText = (host: string, code: string): string => {
  if (isTimeoutCode(code))
    return `The Exchange server ${host} did not answer in time. Check network and firewall, or raise the time limit.`;
  if (code === 'ENOTFOUND') return `The name ${host} is not known. Check the address of the Exchange server and the DNS.`;
  if (code === 'ECONNREFUSED') return `The server ${host} refused the connection. Check the port and whether Exchange runs.`;
  return `The connection to the Exchange server ${host} failed${code === '' ? '' : ` (${code})`}. It is tried again.`;
};

/**
 * Any error of the HTTP client as SyncError: `certificate-not-trusted`, or `server-unreachable` whose `params.reason` is the network's
 * code or `TIMEOUT`.
 */
export const networkFailure = (thrown: unknown, host: string): SyncError => {
  if (thrown instanceof SyncError) return thrown;
  const code = codeOf(thrown);
  if (isCertificateCode(code)) {
    return new SyncError(
      'certificate-not-trusted',
      'configuration',
      `The certificate of ${host} is not trusted (${code}). Add the certificate of your authority to the connection, or have the server's one renewed.`,
      { host, reason: code },
      { cause: thrown },
    );
  }
  const reason = isTimeoutCode(code) ? 'TIMEOUT' : code;
  return new SyncError('server-unreachable', 'connection', reachText(host, code), { host, reason }, { cause: thrown });
};
