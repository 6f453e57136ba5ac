import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { describeWith } from '../../support/tools.ts';
import { formatLab, type Lab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await formatLab();
});

/** Issues for a request, and gives what `openssl` and Node say of the certificate. */
async function issue(request: string, ...flags: readonly string[]) {
  const out = lab.path(`out-${request}`);
  const line = ['issue', '--csr', lab.path(request), '--out', out, '--json', ...flags];
  const { files, warnings, certificate } = JSON.parse(await lab.devca(...line));
  const leaf = new X509Certificate(readFileSync(files.cert));
  const root = join(lab.home, 'ca/ca/root.pem');
  const verified = lab.tool(
    'openssl',
    'verify',
    '-x509_strict',
    '-CAfile',
    root,
    '-untrusted',
    files.fullchain,
    files.cert,
  );
  expect(verified).toContain(': OK');
  expect(files.key).toBeUndefined();
  return { leaf, warnings, certificate, files };
}

const SAN = 'subjectAltName=DNS:api.test,IP:127.0.0.1,IP:::1';

describeWith(['openssl'], 'requests of openssl', () => {
  it.each([
    ['p256', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], 'ec-p256'],
    ['p384', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'], 'ec-p384'],
    ['rsa', ['rsa:2560'], 'rsa-2560'],
    ['ed25519', ['ed25519'], 'ed25519'],
  ])('with a key of %s are certified for it', async (name, newKey, algorithm) => {
    const key = lab.path(`${name}-key.pem`);
    const common = ['-nodes', '-keyout', key, '-subj', '/', '-addext', SAN];
    lab.tool('openssl', 'req', '-new', '-newkey', ...newKey, ...common, '-out', lab.path(`${name}.csr`));
    const { leaf, files } = await issue(`${name}.csr`);
    expect(leaf.subject).toBe('CN=api.test');
    expect(leaf.subjectAltName).toBe('DNS:api.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    const [own, certified] = [
      lab.tool('openssl', 'pkey', '-in', key, '-pubout'),
      lab.tool('openssl', 'x509', '-in', files.cert, '-pubkey', '-noout'),
    ];
    expect(certified).toBe(own);
    const { certificates } = JSON.parse(await lab.devca('list', '--json'));
    expect(certificates[0].keyAlgorithm).toBe(algorithm);
  });

  it('in DER, with PSS or SHA-1, with an authority in mind', async () => {
    const key = lab.path('rsa-key.pem');
    const make = (name: string, ...args: readonly string[]) =>
      lab.tool(
        'openssl',
        'req',
        '-new',
        '-key',
        key,
        '-subj',
        '/CN=api.test',
        '-addext',
        SAN,
        '-out',
        lab.path(name),
        ...args,
      );
    make('der.csr', '-outform', 'DER');
    await issue('der.csr');
    make('sha1.csr', '-sha1');
    await issue('sha1.csr');
    make('pss.csr', '-sigopt', 'rsa_padding_mode:pss');
    await issue('pss.csr');
    make('ca.csr', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=keyCertSign');
    await expect(issue('ca.csr')).rejects.toThrow(/basicConstraints with CA:TRUE; keyUsage keyCertSign/);
  });

  it('that were signed by another key are refused', async () => {
    const der = readFileSync(lab.path('der.csr'));
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    writeFileSync(lab.path('broken.csr'), der);
    expect(
      lab.attempt('openssl', 'req', '-verify', '-noout', '-inform', 'DER', '-in', lab.path('broken.csr'))
        .text,
    ).toMatch(/fail/i);
    await expect(issue('broken.csr')).rejects.toThrow(/DEVCA_CSR_SIGNATURE/);
  });
});

describeWith(['keytool'], 'requests of keytool', () => {
  it('are answered by a chain that keytool takes back', async () => {
    const store = ['-keystore', lab.path('own.p12'), '-storepass:file', lab.passwordFile, '-alias', 'web'];
    const subject = 'CN=web.test,OU=Lab,O=Example,C=DE';
    lab.tool(
      'keytool',
      '-genkeypair',
      '-keyalg',
      'EC',
      '-groupname',
      'secp256r1',
      '-dname',
      subject,
      ...store,
    );
    lab.tool('keytool', '-certreq', '-file', lab.path('keytool.csr'), '-ext', 'san=dns:web.test', ...store);
    const { leaf, warnings, files } = await issue('keytool.csr', '--format', 'pem,p7b');
    expect(leaf.subject).toBe('CN=web.test');
    expect(warnings.join()).not.toContain('BasicConstraints');
    const reply = lab.attempt(
      'keytool',
      '-importcert',
      '-noprompt',
      '-trustcacerts',
      '-file',
      files.p7b,
      ...store,
    );
    expect(reply).toMatchObject({ status: 0, text: expect.stringContaining('was installed') });
    const listed = lab.tool('keytool', '-list', '-v', ...store);
    expect(listed).toContain('Certificate chain length: 3');
  });

  it('need no subjectAltName where the common name is a host', async () => {
    const store = ['-keystore', lab.path('own.p12'), '-storepass:file', lab.passwordFile, '-alias', 'web'];
    lab.tool('keytool', '-certreq', '-file', lab.path('bare.csr'), ...store);
    expect((await issue('bare.csr')).certificate.names).toEqual(['web.test']);
  });
});

describeWith(['certtool', 'openssl'], 'requests of GnuTLS certtool', () => {
  it('are certified for their names', async () => {
    writeFileSync(
      lab.path('template'),
      'cn = "tls.test"\ndns_name = "tls.test"\nip_address = "10.1.2.3"\ntls_www_server\nsigning_key\n',
    );
    lab.tool(
      'certtool',
      '--generate-privkey',
      '--key-type',
      'ecdsa',
      '--curve',
      'secp256r1',
      '--outfile',
      lab.path('gnutls.pem'),
    );
    const args = [
      '--generate-request',
      '--load-privkey',
      lab.path('gnutls.pem'),
      '--template',
      lab.path('template'),
    ];
    lab.tool('certtool', ...args, '--outfile', lab.path('gnutls.csr'));
    expect((await issue('gnutls.csr')).certificate.names).toEqual(['tls.test', '10.1.2.3']);
  });
});

describe('requests of @peculiar/x509', () => {
  it('are certified for a client', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name: 'CN=alice',
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'email', value: 'alice@example.test' }]),
      ],
      attributes: [new x509.ChallengePasswordAttribute('a secret')],
    });
    writeFileSync(lab.path('x509.csr'), request.toString('pem'));
    const { leaf, certificate } = await issue('x509.csr', '--profile', 'client');
    expect(certificate.names).toEqual(['alice.dev.internal', 'alice@example.test']);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });
});
