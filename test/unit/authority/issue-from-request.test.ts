import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type IssueRequest, issueCertificate } from '../../../src/authority/issue.ts';
import { LARGEST_REQUEST, requestFromCsr } from '../../../src/authority/issue-from-request.ts';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import {
  concatBytes,
  encodeContext,
  encodeOid,
  encodeSequence,
  encodeUtf8String,
} from '../../../src/pki/der-writer.ts';
import { encodeBasicConstraints } from '../../../src/pki/extensions/basic-constraints.ts';
import { encodeExtendedKeyUsage } from '../../../src/pki/extensions/extended-key-usage.ts';
import type { Extension } from '../../../src/pki/extensions/extension.ts';
import { encodeKeyUsage, type KeyUsage } from '../../../src/pki/extensions/key-usage.ts';
import { type GeneralName, ipGeneralName } from '../../../src/pki/general-name.ts';
import { generateKey } from '../../../src/pki/key.ts';
import { OID } from '../../../src/pki/oid.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { codeOf } from '../../support/coded.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { dns, type RequestFields, testRequest } from '../../support/test-request.ts';
import { testWorld } from '../../support/test-world.ts';

const home = scratchFolder();
const world = testWorld({ home });

const read = (bytes: Uint8Array, base: Partial<IssueRequest> = {}) =>
  requestFromCsr(bytes, 'r.pem', { names: [], ...base }, home, world);
const asked = (fields: RequestFields, base: Partial<IssueRequest> = {}) =>
  read(testRequest(fields), base).request;
const refusal = (fields: RequestFields, base: Partial<IssueRequest> = {}) =>
  codeOf(() => asked(fields, base));
const cn = (value: string) => [{ type: 'commonName', value } as const];
const uri = (value: string): GeneralName => ({ kind: 'uniformResourceIdentifier', value });
const mail = (value: string): GeneralName => ({ kind: 'rfc822Name', value });

function reasons(fields: RequestFields, base: Partial<IssueRequest> = {}): readonly string[] {
  try {
    asked(fields, base);
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_CSR_REFUSED')) return error.context.reasons;
    throw error;
  }
  return [];
}

const extension = (oid: string, value: Uint8Array, critical = false): Extension => ({ oid, value, critical });
const keyUsage = (...usages: KeyUsage[]) => extension(OID.keyUsage, encodeKeyUsage(usages), true);
const extKeyUsage = (...oids: string[]) => extension(OID.extKeyUsage, encodeExtendedKeyUsage(oids));

describe('the names of a request', () => {
  it('are its subjectAltName, with an empty subject too', () => {
    const ip = ipGeneralName('::1');
    const names = [dns('API.test'), dns('*.app.test'), ...(ip === undefined ? [] : [ip])];
    expect(asked({ names }).names).toEqual(['api.test', '*.app.test', '::1']);
    expect(asked({ names, subject: cn('API.test') })).toMatchObject({ commonName: 'API.test' });
    expect(asked({ names, subject: cn('My server') })).toMatchObject({ commonName: 'My server' });
    expect(asked({ names, subject: cn('::1') }).commonName).toBeUndefined();
  });

  it('are its common name where it has no other, for a server that is one', () => {
    expect(asked({ subject: cn('api.test') }).names).toEqual(['api.test']);
    expect(refusal({ subject: cn('My server') })).toBe('DEVCA_CSR_NAMES');
    expect(refusal({})).toBe('DEVCA_CSR_NAMES');
    expect(refusal({}, { profile: 'client' })).toBe('DEVCA_CSR_NAMES');
  });

  it('give way to names that are given, but its key does not', () => {
    const key = generateKey('ec-p384');
    const request = asked(
      { key, names: [dns('other.test')], subject: cn('other.test') },
      { names: ['api.test'] },
    );
    expect(request).toMatchObject({ names: ['api.test'], publicKey: { type: 'ec-p384' } });
    expect(request.commonName).toBeUndefined();
  });

  it('may not hide a host in the common name', () => {
    const fields = { names: [dns('api.test')], subject: cn('www.google.com') };
    expect(reasons(fields)).toEqual(['the common name "www.google.com", which is not in the subjectAltName']);
    expect(asked(fields, { commonName: 'api' })).toMatchObject({ names: ['api.test'], commonName: 'api' });
  });

  it('must be what they say they are', () => {
    expect(refusal({ names: [dns('127.0.0.1')] })).toBe('DEVCA_NAME_INVALID');
    expect(refusal({ names: [dns('api_.test/x')] })).toBe('DEVCA_NAME_INVALID');
    expect(refusal({ names: [mail('not a mail')] })).toBe('DEVCA_NAME_INVALID');
  });

  it('may be of no kind that nobody can check', () => {
    const upn = encodeContext(
      0,
      concatBytes(
        encodeOid('1.3.6.1.4.1.311.20.2.3'),
        encodeContext(0, encodeUtf8String('root@corp'), { constructed: true }),
      ),
      { constructed: true },
    );
    expect(reasons({ names: [{ kind: 'otherName', der: upn }] })[0]).toMatch(/^the name otherName:#/);
  });

  it('may not be thousands', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => dns(`a${i}.test`));
    expect(refusal({ names })).toBe('DEVCA_CSR_TOO_MANY_NAMES');
  });

  it('of a client or service are a label and what the profile makes of it', () => {
    const service = { profile: 'service' };
    const made = [dns('orders.dev.internal'), uri('spiffe://dev.internal/orders'), dns('orders.test')];
    expect(asked({ subject: cn('orders'), names: made }, service).names).toEqual(['orders', 'orders.test']);
    expect(asked({ names: made }, service).names).toEqual(['orders', 'orders.test']);
    const lab = { ...service, trustDomain: 'lab.test' };
    expect(asked({ names: [dns('pay.lab.test')] }, lab).names).toEqual(['pay']);
    const client = { profile: 'client' };
    expect(asked({ subject: cn('Alice'), names: [mail('a@x.test')] }, client).names).toEqual([
      'Alice',
      'a@x.test',
    ]);
    expect(asked({ subject: cn('a@x.test') }, client).names).toEqual(['a@x.test']);
    expect(asked({ subject: cn('Alice Smith'), names: [mail('a@x.test')] }, client)).toMatchObject({
      names: ['a@x.test'],
      commonName: 'Alice Smith',
    });
  });
});

describe('what a request asks for besides', () => {
  const names = [dns('api.test')];

  it('is refused, all at once and by name, where it would give power', () => {
    const extensions = [
      extension(OID.basicConstraints, encodeBasicConstraints({ cA: true }), true),
      keyUsage('digitalSignature', 'keyCertSign', 'cRLSign'),
      extKeyUsage(OID.serverAuth, OID.codeSigning, OID.anyExtendedKeyUsage),
      extension(OID.nameConstraints, encodeSequence(), true),
      extension(OID.precertificatePoison, Uint8Array.of(5, 0), true),
      extension('1.2.3.4', encodeSequence(), true),
    ];
    expect(reasons({ names, extensions })).toEqual([
      'basicConstraints with CA:TRUE',
      'keyUsage keyCertSign',
      'keyUsage cRLSign',
      'extended key usage codeSigning, which the profile "server" has not',
      'extended key usage anyExtendedKeyUsage, which the profile "server" has not',
      'nameConstraints',
      'precertificatePoison',
      '1.2.3.4, which is critical',
    ]);
  });

  it('is left out with a warning where it is harmless', () => {
    const extensions = [
      extension(OID.basicConstraints, encodeBasicConstraints({ cA: false })),
      keyUsage('digitalSignature', 'keyEncipherment', 'nonRepudiation'),
      extKeyUsage(OID.serverAuth),
      extension(OID.tlsFeature, encodeSequence()),
      extension('1.2.3.4', encodeSequence()),
    ];
    const subject = [...cn('api.test'), { type: 'organizationName', value: 'Example' } as const];
    expect(read(testRequest({ names, subject, extensions })).warnings).toEqual([
      'left out of the request: organizationName, since the subject has a common name alone',
      'left out of the request: nonRepudiation, tlsFeature, 1.2.3.4, since what the certificate may be used for comes from the profile "server"',
    ]);
  });
});

describe('the key of a request', () => {
  const names = [dns('api.test')];

  it('must have made its signature', () => {
    const other = generateKey('ec-p256').subjectPublicKeyInfo;
    expect(refusal({ names, subjectPublicKeyInfo: other })).toBe('DEVCA_CSR_SIGNATURE');
    const rsa = generateKey('rsa-2048').subjectPublicKeyInfo;
    expect(refusal({ names, subjectPublicKeyInfo: rsa })).toBe('DEVCA_CSR_SIGNATURE');
    const der = testRequest({ names });
    for (const at of [der.length - 1, 60]) {
      const changed = Uint8Array.from(der);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(codeOf(() => read(changed))).toMatch(/^DEVCA_(CSR_SIGNATURE|CSR_KEY|DER_INVALID)$/);
    }
  });

  it.each(['ec-p384', 'ed25519', 'rsa-2048'] as const)('may be %s', (type) => {
    expect(asked({ names, key: generateKey(type) }).publicKey?.type).toBe(type);
  });

  it('is refused where it is weak, or of a kind that clients refuse', () => {
    const spki = (pair: { publicKey: { export(o: { type: 'spki'; format: 'der' }): Buffer } }) =>
      pair.publicKey.export({ type: 'spki', format: 'der' });
    const weak = [
      spki(generateKeyPairSync('rsa', { modulusLength: 1024 })),
      spki(generateKeyPairSync('rsa', { modulusLength: 2044 })),
      spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
      spki(generateKeyPairSync('ec', { namedCurve: 'P-521' })),
      spki(generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })),
      spki(generateKeyPairSync('x25519')),
      spki(generateKeyPairSync('ed448')),
      spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 })),
      encodeSequence(encodeSequence(encodeOid(OID.rsaEncryption)), Uint8Array.of(3, 2, 0, 1)),
    ];
    for (const subjectPublicKeyInfo of weak)
      expect(refusal({ names, subjectPublicKeyInfo })).toBe('DEVCA_CSR_KEY');
  });

  it('is refused as a compressed point', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const whole = publicKey.export({ type: 'spki', format: 'der' });
    const point = Buffer.concat([Buffer.of(2 + ((whole.at(-1) ?? 0) & 1)), whole.subarray(-64, -32)]);
    const algorithm = encodeSequence(encodeOid(OID.ecPublicKey), encodeOid(OID.p256));
    const bits = Buffer.concat([Buffer.of(3, 34, 0), point]);
    expect(refusal({ names, subjectPublicKeyInfo: encodeSequence(algorithm, bits) })).toBe('DEVCA_CSR_KEY');
  });
});

describe('a file that is no request', () => {
  it('is a coded error, whatever is in it', () => {
    const pem = encodePem('CERTIFICATE REQUEST', testRequest({ names: [dns('api.test')] }));
    const files: readonly [string, Uint8Array][] = [
      ['DEVCA_FILE_TOO_LARGE', Buffer.from(encodePem('CERTIFICATE REQUEST', Buffer.alloc(786_432)))],
      ['DEVCA_FILE_TOO_LARGE', Buffer.alloc(LARGEST_REQUEST + 1, '#')],
      ['DEVCA_DER_INVALID', Buffer.from(encodePem('CERTIFICATE REQUEST', Buffer.alloc(100_000)))],
      ['DEVCA_PEM_INVALID', Buffer.from(pem.slice(0, -40))],
      ['DEVCA_CSR_NONE', Buffer.from('hello')],
    ];
    for (const [code, bytes] of files) expect(codeOf(() => read(bytes))).toBe(code);
  });
});

describe('a certificate from a request', () => {
  it('is recorded with its key, and no key file is delivered', async () => {
    await initialise({}, home, world);
    const key = generateKey('ec-p384');
    const { request } = read(testRequest({ key, names: [dns('csr.test')] }));
    const issued = await issueCertificate({ ...request, out: home }, { home }, world);
    expect(Object.keys(issued.files).sort()).toEqual(['cert', 'fullchain']);
    const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
    expect(inventory.certificates.bySha256(issued.sha256)).toMatchObject({ keyAlgorithm: 'ec-p384' });
    inventory.close();
  });

  it('is bound by constraint and profile like any other', async () => {
    const issue = (fields: RequestFields, base: Partial<IssueRequest> = {}) =>
      issueCertificate(asked(fields, base), { home }, world);
    await expect(issue({ names: [dns('www.google.com')] })).rejects.toMatchObject({
      code: 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT',
    });
    await expect(issue({ names: [dns('api.test')] }, { days: 900 })).rejects.toMatchObject({
      code: 'DEVCA_ISSUE_LIFE_TOO_LONG',
    });
    await expect(issue({ names: [mail('a@x.test')] })).rejects.toMatchObject({ code: 'DEVCA_NAME_INVALID' });
  });
});
