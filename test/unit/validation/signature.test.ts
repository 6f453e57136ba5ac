import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type AlgorithmIdentifier, buildAlgorithm } from '../../../src/pki/algorithm.ts';
import { buildCertificate } from '../../../src/pki/certificate-builder.ts';
import { DerReader } from '../../../src/pki/der-reader.ts';
import {
  encodeBitString,
  encodeContext,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSequence,
} from '../../../src/pki/der-writer.ts';
import type { Extension } from '../../../src/pki/extensions/extension.ts';
import { keyIdentifier } from '../../../src/pki/key.ts';
import { OID } from '../../../src/pki/oid.ts';
import type { VerificationRequest } from '../../../src/validation/request.ts';
import { verifyChainSync } from '../../../src/validation/verify-chain.ts';
import { commonName, daysFromNow, dns, extension, NOW } from '../../support/test-pki.ts';

/** A key that signs in a way of its own. */
interface Signing {
  readonly publicKey: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  readonly sign: (tbs: Uint8Array) => Uint8Array;
}

const spki = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' });

/** A certificate by `by` for the public key of `of`. */
function certify(
  subject: string,
  of: Uint8Array,
  issuer: string,
  by: Signing,
  more: Extension[],
): Uint8Array {
  return buildCertificate(
    {
      serialNumber: '10',
      issuer: commonName(issuer),
      subject: commonName(subject),
      notBefore: daysFromNow(-1),
      notAfter: daysFromNow(1),
      subjectPublicKeyInfo: of,
      extensions: more,
    },
    { algorithm: by.algorithm, subjectPublicKeyInfo: by.publicKey, sign: by.sign },
  );
}

const authority = [extension.basicConstraints(), extension.keyUsage(['keyCertSign'])];
const server = [extension.subjectAltName([dns('api.test')])];
const leafKey = spki(generateKeyPairSync('ed25519').publicKey);

/** What is said of an end entity that a root with this key has signed. */
function codes(by: Signing, request: Partial<VerificationRequest> = {}): string[] {
  const root = certify('root', by.publicKey, 'root', by, authority);
  const endEntity = certify('api.test', leafKey, 'root', by, server);
  const result = verifyChainSync({ endEntity, trustAnchors: [root], at: NOW, ...request });
  expect(result.valid).toBe(result.problems.length === 0);
  return result.problems.map(({ code }) => code);
}

const anyPurpose: Partial<VerificationRequest> = { policy: 'rfc5280', purpose: 'any' };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const signing = (
  pair: { publicKey: KeyObject; privateKey: KeyObject },
  hash: string | null,
  oid: string,
  parameters?: Uint8Array,
): Signing => ({
  publicKey: spki(pair.publicKey),
  algorithm: buildAlgorithm(oid, parameters),
  sign: (tbs) => sign(hash, tbs, pair.privateKey),
});

describe('signatures', () => {
  it.each<[string, Signing]>([
    ['RSA with SHA-256', signing(rsa, 'sha256', OID.sha256WithRSAEncryption, encodeNull())],
    ['RSA with SHA-512 and no parameters', signing(rsa, 'sha512', OID.sha512WithRSAEncryption)],
    ['ECDSA with P-256', signing(ec, 'sha256', OID.ecdsaWithSha256)],
    [
      'ECDSA with P-521',
      signing(generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'sha512', OID.ecdsaWithSha512),
    ],
    ['Ed25519', signing(generateKeyPairSync('ed25519'), null, OID.ed25519)],
    ['Ed448', signing(generateKeyPairSync('ed448'), null, OID.ed448)],
    ['RSASSA-PSS', pss('sha256', 32)],
    ['RSASSA-PSS with SHA-384', pss('sha384', 48)],
  ])('by %s are accepted', (_, by) => {
    expect(codes(by)).toEqual([]);
    expect(codes({ ...by, sign: (tbs) => flipped(by.sign(tbs)) })).toEqual(['DEVCA_PATH_SIGNATURE_INVALID']);
  });

  it('by RSASSA-PSS with another length of the salt than they say are refused', () => {
    expect(codes({ ...pss('sha256', 32), sign: pss('sha256', 20).sign })).toEqual([
      'DEVCA_PATH_SIGNATURE_INVALID',
    ]);
  });

  it('by another kind of key than they say are refused', () => {
    const by = signing(ec, 'sha256', OID.sha256WithRSAEncryption, encodeNull());
    expect(codes(by)).toEqual(['DEVCA_PATH_SIGNATURE_INVALID']);
  });

  it.each<[string, Signing]>([
    [
      'an algorithm that nobody knows',
      { ...signing(ec, 'sha256', OID.ecdsaWithSha256), algorithm: buildAlgorithm('1.2.3') },
    ],
    ['MD2', signing(rsa, 'sha256', OID.md2WithRSAEncryption, encodeNull())],
    ['ECDSA with parameters', signing(ec, 'sha256', OID.ecdsaWithSha256, encodeNull())],
    ['RSASSA-PSS without parameters', { ...pss('sha256', 32), algorithm: buildAlgorithm(OID.rsassaPss) }],
    [
      'RSASSA-PSS with two hashes',
      { ...pss('sha256', 32), algorithm: pssAlgorithm(OID.sha256, OID.sha384, 32) },
    ],
    [
      'RSASSA-PSS with parameters that are malformed',
      { ...pss('sha256', 32), algorithm: buildAlgorithm(OID.rsassaPss, encodeNull()) },
    ],
  ])('by %s are not understood', (_, by) => {
    expect(codes(by)).toEqual(['DEVCA_PATH_ALGORITHM_UNSUPPORTED']);
  });

  it('with MD5 are refused for every purpose, with SHA-1 for TLS and on the web', () => {
    const md5 = signing(rsa, 'md5', OID.md5WithRSAEncryption, encodeNull());
    const sha1 = signing(rsa, 'sha1', OID.sha1WithRSAEncryption, encodeNull());
    expect(codes(md5, anyPurpose)).toEqual(['DEVCA_PATH_ALGORITHM_WEAK']);
    expect(codes(sha1, anyPurpose)).toEqual([]);
    expect(codes(sha1, { policy: 'rfc5280' })).toEqual(['DEVCA_PATH_ALGORITHM_WEAK']);
    expect(codes(sha1)).toEqual(['DEVCA_PATH_ALGORITHM_WEAK']);
  });

  it('on a certificate of version 1 hold, but such an end entity says nothing about its use', () => {
    const by = signing(ec, 'sha256', OID.ecdsaWithSha256);
    const version3 = certify('api.test', leafKey, 'root', by, []);
    const [tbs = version3] = new DerReader(version3, 'certificate').enter().readAll((r) => r.read().der);
    const fields = new DerReader(tbs, 'tbs').enter().readAll((r) => r.read().der);
    const version1 = encodeSequence(...fields.slice(1));
    const endEntity = encodeSequence(version1, by.algorithm.der, encodeBitString(by.sign(version1)));
    const root = certify('root', by.publicKey, 'root', by, authority);
    const verify = (request: Partial<VerificationRequest>): string[] =>
      verifyChainSync({ endEntity, trustAnchors: [root], at: NOW, ...request }).problems.map(
        ({ code }) => code,
      );
    expect(verify({})).toEqual(['DEVCA_CERTIFICATE_VERSION']);
    expect(verify(anyPurpose)).toEqual([]);
  });

  it('must name the same algorithm inside and outside', () => {
    const by = signing(ec, 'sha256', OID.ecdsaWithSha256);
    const root = certify('root', by.publicKey, 'root', by, authority);
    const der = certify('api.test', leafKey, 'root', by, server);
    const [tbs = der, , signature = der] = new DerReader(der, 'certificate')
      .enter()
      .readAll((r) => r.read().der);
    const endEntity = encodeSequence(tbs, buildAlgorithm(OID.ecdsaWithSha384).der, signature);
    const { problems } = verifyChainSync({ endEntity, trustAnchors: [root], at: NOW });
    expect(problems.map(({ code }) => code)).toEqual([
      'DEVCA_PATH_SIGNATURE_INVALID',
      'DEVCA_CERTIFICATE_ALGORITHM_MISMATCH',
    ]);
  });
});

describe('keys', () => {
  it.each<[string, () => Signing, string[]]>([
    ['RSA of 1024 bits', () => ofRsa(1024), []],
    ['RSA of 2047 bits', () => ofRsa(2047), []],
    [
      'P-192',
      () => signing(generateKeyPairSync('ec', { namedCurve: 'prime192v1' }), 'sha256', OID.ecdsaWithSha256),
      [],
    ],
    ['RSA of 512 bits', () => ofRsa(512), ['DEVCA_PATH_KEY_UNACCEPTABLE']],
    [
      'a curve that is written out',
      () =>
        signing(
          generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }),
          'sha256',
          OID.ecdsaWithSha256,
        ),
      ['DEVCA_PATH_KEY_UNACCEPTABLE'],
    ],
  ])('%s are refused on the web', (_, make, elsewhere) => {
    const by = make();
    expect(codes(by)).toEqual(['DEVCA_PATH_KEY_UNACCEPTABLE']);
    expect(codes(by, anyPurpose)).toEqual(elsewhere);
  });

  it('with a modulus or an exponent that takes too long are refused everywhere', () => {
    const by = signing(ec, 'sha256', OID.ecdsaWithSha256);
    const root = certify('root', by.publicKey, 'root', by, authority);
    const key = (modulusBytes: number, exponentBytes: number): string[] => {
      const numbers = encodeSequence(
        encodeInteger(new Uint8Array(modulusBytes).fill(0xff)),
        encodeInteger(new Uint8Array(exponentBytes).fill(0xff)),
      );
      const publicKey = encodeSequence(
        encodeSequence(encodeOid(OID.rsaEncryption), encodeNull()),
        encodeBitString(numbers),
      );
      const endEntity = certify('api.test', publicKey, 'root', by, server);
      const { problems } = verifyChainSync({ endEntity, trustAnchors: [root], at: NOW, ...anyPurpose });
      return problems.map(({ code }) => code);
    };
    expect(key(256, 3)).toEqual([]);
    expect(key(2048, 3)).toEqual(['DEVCA_PATH_KEY_UNACCEPTABLE']);
    expect(key(256, 256)).toEqual(['DEVCA_PATH_KEY_UNACCEPTABLE']);
  });
});

describe('DSA', () => {
  let pair: { publicKey: KeyObject; privateKey: KeyObject };
  beforeAll(() => {
    pair = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  });

  it('takes the parameters that a certificate leaves out from its issuer, and is refused on the web', () => {
    const by = signing(pair, 'sha1', OID.dsaWithSha1);
    const bits = new DerReader(by.publicKey, 'key').enter();
    bits.read();
    const bare = encodeSequence(encodeSequence(encodeOid(OID.dsa)), bits.read().der);
    const root = certify('root', by.publicKey, 'root', by, authority);
    const middle = certify('middle', bare, 'root', by, authority);
    const endEntity = certify('api.test', leafKey, 'middle', by, server);
    const verify = (request: Partial<VerificationRequest>): string[] =>
      verifyChainSync({
        endEntity,
        intermediates: [middle],
        trustAnchors: [root],
        at: NOW,
        ...request,
      }).problems.map(({ code }) => code);
    expect(keyIdentifier(bare)).toEqual(keyIdentifier(by.publicKey));
    expect(verify(anyPurpose)).toEqual([]);
    expect(verify({ ...anyPurpose, trustAnchors: [middle] })).toEqual(['DEVCA_PATH_ALGORITHM_UNSUPPORTED']);
    expect(verify({})).toContain('DEVCA_PATH_KEY_UNACCEPTABLE');
    const forged = certify(
      'api.test',
      leafKey,
      'middle',
      { ...by, sign: (tbs) => by.sign(flipped(tbs)) },
      server,
    );
    const request = {
      endEntity: forged,
      intermediates: [middle],
      trustAnchors: [root],
      at: NOW,
      ...anyPurpose,
    };
    expect(verifyChainSync(request).problems).toMatchObject([{ code: 'DEVCA_PATH_SIGNATURE_INVALID' }]);
  });
});

function ofRsa(modulusLength: number): Signing {
  return signing(
    generateKeyPairSync('rsa', { modulusLength }),
    'sha256',
    OID.sha256WithRSAEncryption,
    encodeNull(),
  );
}

function pss(hash: 'sha256' | 'sha384', saltLength: number): Signing {
  const { privateKey } = rsa;
  return {
    publicKey: spki(rsa.publicKey),
    algorithm: pssAlgorithm(OID[hash], OID[hash], saltLength),
    sign: (tbs) => sign(hash, tbs, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }),
  };
}

function pssAlgorithm(hash: string, maskHash: string, saltLength: number): AlgorithmIdentifier {
  const constructed = { constructed: true };
  const mask = buildAlgorithm(OID.mgf1, buildAlgorithm(maskHash).der);
  return buildAlgorithm(
    OID.rsassaPss,
    encodeSequence(
      encodeContext(0, buildAlgorithm(hash).der, constructed),
      encodeContext(1, mask.der, constructed),
      encodeContext(2, encodeInteger(saltLength), constructed),
    ),
  );
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}
