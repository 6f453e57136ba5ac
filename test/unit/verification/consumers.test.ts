import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseCrl } from '../../../src/pki/crl.ts';
import { generateKey, type PrivateKey } from '../../../src/pki/key.ts';
import { buildName } from '../../../src/pki/name.ts';
import { OID } from '../../../src/pki/oid.ts';
import { type ConsumerFacts, consumerNotes } from '../../../src/verification/consumers.ts';
import { presentedCertificate } from '../../../src/verification/container.ts';
import {
  commonName,
  daysFromNow,
  dns,
  email,
  extension,
  ip,
  ipRange,
  type TestCertificate,
  type TestFields,
  testAuthority,
  testCrl,
  testServer,
  uri,
} from '../../support/test-pki.ts';
import { intermediate, root } from './lab.ts';

const serverWith = (fields: Partial<Parameters<typeof testServer>[0]> = {}): TestCertificate =>
  testServer({ subject: 'api.test', issuer: intermediate, ...fields });

function notes(endEntity: TestCertificate, more: Partial<ConsumerFacts> = {}): string[] {
  const facts: ConsumerFacts = {
    endEntity: endEntity.certificate,
    path: [endEntity.certificate, intermediate.certificate, root.certificate],
    presented: [presentedCertificate(endEntity.der)],
    form: 'pem',
    hasKey: true,
    purpose: 'server',
    problems: [],
    crls: [],
    ...more,
  };
  return consumerNotes(facts).map(({ consumer, effect, message }) => `${consumer} ${effect}: ${message}`);
}

const authorityWith = (fields: Partial<TestFields>): TestCertificate =>
  testAuthority({ subject: 'limited', issuer: root, ...fields });

describe('what clients do differently', () => {
  it('is nothing but limits for what devca issues', () => {
    expect(notes(serverWith()).every((note) => note.includes(' limits: '))).toBe(true);
  });

  it('has the 825 days of Apple, to the day', () => {
    const days = (count: number) => ({
      notBefore: daysFromNow(0),
      notAfter: new Date(daysFromNow(count).getTime() - 1000),
    });
    expect(notes(serverWith(days(825))).join('\n')).not.toContain('Apple');
    expect(notes(serverWith(days(826))).join('\n')).toContain(
      'Apple refuses: Safari, iOS and macOS take a server certificate for at most 825 days, and this one is valid for 826',
    );
    expect(notes(serverWith(days(826)), { purpose: 'client' }).join('\n')).not.toContain('Apple');
  });

  it('has the extended key usage that Apple wants', () => {
    expect(notes(serverWith({ without: [OID.extKeyUsage] })).join('\n')).toContain(
      'want an extended key usage',
    );
  });

  it('has the keys that browsers lack', () => {
    const ed25519 = notes(serverWith({ key: generateKey('ed25519') })).join('\n');
    expect(ed25519).toContain('Chromium refuses: Chrome and Edge offer no signatures by Ed25519 keys');
    expect(ed25519).toContain('Firefox refuses: Firefox offers no signatures by Ed25519 keys');
    const p521 = notes(serverWith({ key: p521Key() })).join('\n');
    expect(p521).toContain('Chromium refuses: Chrome and Edge offer no signatures by P-521 keys');
    expect(p521).not.toContain('Firefox refuses');
  });

  it('has wildcards directly above one label', () => {
    expect(notes(serverWith({ names: [dns('*.localhost')] })).join('\n')).toContain(
      '"*.localhost" matches nothing there',
    );
    expect(notes(serverWith({ names: [dns('*.app.test')] })).join('\n')).not.toContain('matches nothing');
  });

  it('has hosts that stand in the common name alone, for both camps', () => {
    const bare = notes(serverWith({ without: [OID.subjectAltName] })).join('\n');
    expect(bare).toContain('Chromium, Firefox, Go refuses: the common name is not read');
    expect(bare).toContain('OpenSSL, curl, Java, Node, Python accepts');
  });

  it('has an authority as end entity', () => {
    expect(notes(intermediate).join('\n')).toContain('Firefox, rustls refuses');
  });

  it('has constraints on URIs and on addresses, which some refuse whatever they say', () => {
    const uris = authorityWith({ extensions: [extension.nameConstraints([uri('example.test')])] });
    const spiffe = serverWith({ issuer: uris, names: [uri('spiffe://example.test/api')] });
    const spiffePath = [spiffe, uris, root].map(({ certificate }) => certificate);
    expect(notes(spiffe, { path: spiffePath }).join('\n')).toContain('such as a SPIFFE id');
    const addresses = authorityWith({ extensions: [extension.nameConstraints([ipRange('10.0.0.0/8')])] });
    const host = serverWith({ issuer: addresses, names: [ip('10.1.2.3')] });
    const hostPath = [host, addresses, root].map(({ certificate }) => certificate);
    expect(notes(host, { path: hostPath }).join('\n')).toContain(
      'BoringSSL (Bun, gRPC wheels, Envoy, Electron) refuses',
    );
  });

  it('has an e-mail address in the subject that only OpenSSL holds to the constraint', () => {
    const limited = authorityWith({ extensions: [extension.nameConstraints([dns('test'), email('test')])] });
    const withAddress = (value: string) => {
      const subject = buildName([
        { type: 'commonName', value: 'api.test' },
        { type: 'emailAddress', value },
      ]);
      const server = serverWith({ issuer: limited, subject, names: [dns('api.test')] });
      const path = [server, limited, root].map(({ certificate }) => certificate);
      return notes(server, { path }).join('\n');
    };
    expect(withAddress('ada@elsewhere.example')).toContain('OpenSSL refuses: the e-mail address');
    expect(withAddress('ada@test')).not.toContain('e-mail address');
  });

  it('has constraints of the root, which Java does not apply', () => {
    const limited = testAuthority({
      subject: 'limited root',
      extensions: [extension.nameConstraints([dns('test')])],
    });
    const outside = serverWith({ issuer: limited, names: [dns('a.example')] });
    const problems = [{ code: 'DEVCA_CONSTRAINT_NOT_PERMITTED', message: '' }];
    const path = [outside.certificate, limited.certificate];
    expect(notes(outside, { path, problems }).join('\n')).toContain(
      'Java accepts: constraints in the root itself',
    );
  });

  it('has trust stores that Java takes for empty', () => {
    const trustStore = { form: 'pkcs12', hasKey: false } as const;
    expect(notes(root, trustStore).join('\n')).toContain('2.16.840.1.113894.746875.1.1');
    const presented = [presentedCertificate(root.der, { isTrusted: true })];
    expect(notes(root, { ...trustStore, presented }).join('\n')).not.toContain('2.16.840.1');
  });

  it("has what Python's strict default refuses", () => {
    const bare = serverWith({ without: [OID.authorityKeyIdentifier] });
    expect(notes(bare).join('\n')).toContain('Python 3.13 refuses');
  });

  it('has client certificates that PostgreSQL cannot map', () => {
    const client = (subject: string) =>
      serverWith({
        subject: commonName(subject),
        names: [dns('ada.test')],
        extensions: [extension.extendedKeyUsage([OID.clientAuth])],
      });
    expect(notes(client(''), { purpose: 'client' }).join('\n')).toContain('PostgreSQL refuses');
    expect(notes(client('ada'), { purpose: 'client' }).join('\n')).not.toContain('PostgreSQL');
  });

  it('has browsers that remember a missing intermediate', () => {
    const alone = serverWith();
    const problems = [{ code: 'DEVCA_PATH_MISSING_INTERMEDIATE', message: '' }];
    expect(notes(alone, { path: [alone.certificate], problems }).join('\n')).toContain(
      'Firefox, Chromium accepts',
    );
  });

  it('has the small keys that OpenSSL refuses by default', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const key: PrivateKey = {
      type: 'rsa-2048',
      keyObject: privateKey,
      subjectPublicKeyInfo: publicKey.export({ type: 'spki', format: 'der' }),
    };
    const small = serverWith({ key });
    expect(notes(small, { path: [small.certificate, root.certificate] }).join('\n')).toContain(
      'one key here has 1024',
    );
  });

  it('has servers that want a list of every authority, where one is missing', () => {
    const own = parseCrl(testCrl({ signer: intermediate }));
    const top = parseCrl(testCrl({ signer: root }));
    expect(notes(serverWith(), { crls: [own] }).join('\n')).toContain('have none of "CN=root"');
    expect(notes(serverWith(), { crls: [own, top] }).join('\n')).not.toContain('have none of');
  });

  it('has the 14 days of WebTransport, where they are not kept', () => {
    const short = serverWith({ notBefore: daysFromNow(-1), notAfter: daysFromNow(13) });
    expect(notes(serverWith()).join('\n')).toContain('serverCertificateHashes');
    expect(notes(short).join('\n')).not.toContain('serverCertificateHashes');
  });
});

/** Not one of devca's own kinds, so the type it claims is another. */
function p521Key(): PrivateKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
  return {
    type: 'ec-p256',
    keyObject: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    subjectPublicKeyInfo: publicKey.export({ type: 'spki', format: 'der' }),
  };
}
