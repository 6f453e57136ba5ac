import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { join } from 'node:path';
import { tlsServer } from './fault-servers.ts';
import {
  CLIENT_AUTH,
  extension,
  type Identity,
  nameConstraint,
  type Oddity,
  SERVER_AUTH,
} from './faulty-pki.ts';
import { fault, type Material, type Plan } from './scenario.ts';

/** Servers whose certificate, chain or authority has one fault. */
export function certificatePlans({ pki, root, intermediate }: Material): Plan[] {
  const serve = (leaf: Identity, chain: readonly Identity[], options: ServerOptions = {}) => {
    const { cert, key } = pki.write(leaf, chain);
    return () =>
      tlsServer({ cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2', ...options });
  };
  const odd = (id: string, faults: string[], oddity: Oddity, more: Partial<Plan> = {}): Plan => ({
    id,
    faults: faults.map(fault),
    start: serve(pki.issue(id, intermediate, oddity), [intermediate], weak(oddity)),
    ...more,
  });
  const under = (id: string, faults: string[], issuer: Oddity, leaf: Oddity = {}): Plan => {
    const authority = pki.issue(`${id} authority`, root, { ca: true, ...issuer });
    return {
      id,
      faults: faults.map(fault),
      start: serve(pki.issue(id, authority, leaf), [authority], weak(leaf)),
    };
  };
  const stranger = pki.issue('stranger root', undefined, { ca: true });
  const strangerIssuer = pki.issue('stranger intermediate', stranger, { ca: 0 });
  const impostor = pki.issue('devca fault root', undefined, { ca: true, withoutIdentifiers: true });
  const notCa = pki.issue('not-a-ca authority', root);
  const short = pki.issue('path-length authority', root, { ca: 0 });
  const long = pki.issue('path-length second', short, { ca: true });
  const revoked = pki.issue('revoked', intermediate);
  const crl = (name: string, lists: readonly string[]): string => {
    const path = join(pki.folder, `${name}.crl`);
    writeFileSync(path, lists.join(''));
    return path;
  };
  return [
    {
      id: 'unknown-ca',
      faults: [fault('UNKNOWN_CA')],
      start: serve(pki.issue('unknown-ca', strangerIssuer), [strangerIssuer]),
    },
    {
      id: 'root-sent',
      faults: [fault('ROOT_SENT'), fault('UNKNOWN_CA')],
      start: serve(pki.issue('root-sent', strangerIssuer), [strangerIssuer, stranger]),
    },
    { id: 'self-signed', faults: [fault('SELF_SIGNED')], start: serve(pki.issue('self-signed'), []) },
    {
      id: 'missing-intermediate',
      faults: [fault('MISSING_INTERMEDIATE')],
      start: serve(pki.issue('missing-intermediate', intermediate), []),
    },
    {
      id: 'other-root-same-name',
      faults: [fault('SIGNATURE_INVALID'), fault('UNKNOWN_CA')],
      start: serve(pki.issue('other-root-same-name', impostor, { withoutIdentifiers: true }), []),
    },
    odd('expired', ['EXPIRED'], { notBeforeDays: -40, notAfterDays: -10 }),
    under('expired-intermediate', ['ISSUER_EXPIRED', 'EXPIRED'], { notBeforeDays: -40, notAfterDays: -10 }),
    odd('not-yet-valid', ['NOT_YET_VALID'], { notBeforeDays: 10 }),
    odd('name-mismatch', ['NAME_MISMATCH'], { dns: ['other.test', 'another.test'], ip: [] }),
    odd('ip-mismatch', ['IP_MISMATCH', 'NAME_MISMATCH'], { ip: [[10, 0, 0, 1]] }, { host: '127.0.0.1' }),
    odd('ip-without-ip-san', ['IP_MISMATCH', 'NAME_MISMATCH'], { ip: [] }, { host: '127.0.0.1' }),
    odd('no-san', ['NO_SAN'], { dns: [], ip: [], commonName: 'localhost' }),
    odd(
      'wildcard-localhost',
      ['WILDCARD_LOCALHOST', 'NAME_MISMATCH'],
      { dns: ['*.localhost'], ip: [] },
      { host: 'app.localhost' },
    ),
    odd('wrong-eku', ['WRONG_EKU'], { eku: [CLIENT_AUTH] }),
    odd('weak-key', ['WEAK_KEY'], { key: 'rsa-1024' }),
    odd('sha1', ['WEAK_SIGNATURE'], { digest: 'sha1' }),
    under('name-constraint', ['NAME_CONSTRAINT'], { extensions: [nameConstraint('permitted.test')] }),
    {
      id: 'not-a-ca',
      faults: [fault('NOT_A_CA')],
      start: serve(pki.issue('not-a-ca', notCa), [notCa]),
    },
    {
      id: 'path-length',
      faults: [fault('PATH_LENGTH')],
      start: serve(pki.issue('path-length', long), [long, short]),
    },
    odd('critical-extension', ['CRITICAL_EXTENSION'], {
      extensions: [extension('1.3.6.1.4.1.99999.1', true, Buffer.from([0x05, 0x00]))],
    }),
    odd('ca-as-server', ['CA_AS_END_ENTITY', 'WRONG_EKU'], {
      ca: true,
      dns: ['localhost'],
      eku: [SERVER_AUTH],
      keyUsage: 0x86,
    }),
    odd('key-usage', ['WRONG_KEY_USAGE'], { keyUsage: 0x20 }),
    odd('ed25519', ['KEY_TYPE_UNSUPPORTED'], { key: 'ed25519' }),
    odd('p521', ['KEY_TYPE_UNSUPPORTED'], { key: 'p521' }),
    {
      id: 'revoked',
      faults: [fault('REVOKED')],
      crl: crl('revoked', [pki.crl(intermediate, [revoked]), pki.crl(root, [])]),
      start: serve(revoked, [intermediate]),
    },
    odd('crl-missing', ['CRL_MISSING'], {}, { crl: crl('crl-missing', [pki.crl(root, [])]) }),
    odd(
      'crl-expired',
      ['CRL_EXPIRED'],
      {},
      { crl: crl('crl-expired', [pki.crl(intermediate, [], 60), pki.crl(root, [], 60)]) },
    ),
  ];
}

/** OpenSSL will not load a weak certificate at its usual security level. */
const weak = (oddity: Oddity): ServerOptions =>
  oddity.key === 'rsa-1024' || oddity.digest === 'sha1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {};
