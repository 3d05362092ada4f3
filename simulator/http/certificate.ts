import { generate } from 'selfsigned';

/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const days = 86_400_000;

/** Makes a certificate for this machine and the given domains (themselves and `autodiscover.` of them), signed by itself. */
export async function createCertificate(domains: readonly string[]): Promise<Certificate> {
  const names = ['localhost', ...domains.flatMap((domain) => [`autodiscover.${domain}`, domain])];
  const made = await generate([{ name: 'commonName', value: 'Exchange simulator' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // Some clients refuse certificates that are good for longer.
    notAfterDate: new Date(Date.now() + 397 * days),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          { type: 7 as const, ip: '127.0.0.1' },
          { type: 7 as const, ip: '::1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
