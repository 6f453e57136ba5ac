import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { opensslServer } from './fault-servers.ts';
import { CLIENT_AUTH, type Identity, type Oddity, SERVER_AUTH } from './faulty-pki.ts';
import { fault, type Material, type Plan } from './scenario.ts';

interface Pair {
  readonly cert?: string;
  readonly key?: string;
}

/** A server's files, and client certificates with one fault each. */
export interface MutualFiles {
  readonly server: { readonly cert: string; readonly key: string; readonly chain: string };
  readonly root: string;
  /** Complete, and with the intermediate's list alone. */
  readonly crl: string;
  readonly partialCrl: string;
  readonly clients: readonly (Pair & {
    readonly id: string;
    /** The true one first; then what one may call it that knows no more. */
    readonly faults: readonly string[];
    readonly crl?: string;
  })[];
}

export function mutualFiles({ pki, root, intermediate }: Material): MutualFiles {
  const client = (name: string, issuer: Identity, odd: Oddity = {}, chain: readonly Identity[] = [issuer]) =>
    pki.write(pki.issue(name, issuer, { eku: [CLIENT_AUTH], dns: [], ip: [], ...odd }), chain);
  const stranger = pki.issue('stranger client root', undefined, { ca: true });
  const revoked = pki.issue('client-revoked', intermediate, { eku: [CLIENT_AUTH] });
  const crl = join(pki.folder, 'client.crl');
  const partialCrl = join(pki.folder, 'client-partial.crl');
  writeFileSync(crl, pki.crl(intermediate, [revoked]) + pki.crl(root, []));
  writeFileSync(partialCrl, pki.crl(intermediate, []));
  // Clients that keep such a certificate back are told that it is missing.
  const unknown = [
    'CLIENT_CERT_UNKNOWN_ISSUER',
    'CLIENT_CERT_REFUSED',
    'CLIENT_CERT_NOT_SENT',
    'CLIENT_CERT_MISSING',
  ];
  const expired = { notBeforeDays: -9, notAfterDays: -2 };
  const { cert: chain } = pki.write({ ...intermediate, name: 'intermediate' });
  return {
    server: { ...pki.write(pki.issue('mutual', intermediate), [intermediate]), chain },
    root: join(pki.folder, 'root.pem'),
    crl,
    partialCrl,
    clients: [
      { id: 'client-missing', faults: ['CLIENT_CERT_MISSING'] },
      {
        id: 'client-unknown-ca',
        faults: unknown,
        ...client('client-unknown-ca', stranger),
      },
      {
        id: 'client-leaf-only',
        faults: unknown,
        ...client('client-leaf-only', intermediate, {}, []),
      },
      {
        id: 'client-expired',
        faults: ['CLIENT_CERT_EXPIRED', 'CLIENT_CERT_REFUSED'],
        ...client('client-expired', intermediate, expired),
      },
      {
        id: 'client-wrong-eku',
        faults: ['CLIENT_CERT_WRONG_EKU', 'CLIENT_CERT_REFUSED'],
        ...client('client-wrong-eku', intermediate, { eku: [SERVER_AUTH] }),
      },
      {
        id: 'client-revoked',
        faults: ['CLIENT_CERT_REVOKED', 'CLIENT_CERT_REFUSED'],
        ...pki.write(revoked, [intermediate]),
        crl,
      },
      {
        id: 'client-crl-missing',
        faults: ['CRL_MISSING', 'CLIENT_CERT_UNKNOWN_ISSUER', 'CLIENT_CERT_REFUSED'],
        ...client('client-crl-missing', intermediate),
        crl: partialCrl,
      },
    ],
  };
}

/** Servers that refuse the client's certificate, in TLS 1.3 (after the handshake) and in 1.2 (within it). */
export function clientPlans(material: Material): Plan[] {
  const { server, root, clients } = mutualFiles(material);
  const files = ['-cert', server.cert, '-key', server.key, '-cert_chain', server.chain, '-CAfile', root];
  return clients.flatMap(({ id, faults, crl, ...pair }) =>
    ['1.3', '1.2'].map((version) => ({
      id: `${id}-${version}`,
      faults: faults.map(fault),
      ...pair,
      start: () =>
        opensslServer([
          ...[`-tls${version.replace('.', '_')}`, ...files, '-Verify', '3', '-verify_return_error'],
          ...(crl === undefined ? [] : ['-CRL', crl, '-crl_check_all']),
        ]),
    })),
  );
}
