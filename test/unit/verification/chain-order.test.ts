import { describe, expect, it } from '@jest/globals';
import { checkServedOrder } from '../../../src/verification/chain-order.ts';
import { endEntityIndex } from '../../../src/verification/end-entity.ts';
import { type TestCertificate, testAuthority, testServer } from '../../support/test-pki.ts';
import { codesOf, intermediate, root, server, subjectOf } from './lab.ts';

const lower = testAuthority({ subject: 'lower', issuer: intermediate });
const deep = testServer({ subject: 'deep.test', issuer: lower });

function findings(certificates: readonly TestCertificate[], form: 'pem' | 'server' | 'pkcs7' = 'pem') {
  const subject = subjectOf(certificates, { form });
  return checkServedOrder(subject, endEntityIndex(subject));
}

describe('the order of a chain', () => {
  it('is right where each certifies the one before it', () => {
    expect(findings([deep, lower, intermediate])).toEqual([]);
    expect(findings([server])).toEqual([]);
  });

  it('finds the end entity wherever it stands, and says that servers look for it first: DEVCA_CHAIN_END_ENTITY_NOT_FIRST', () => {
    expect(findings([root, intermediate, server])).toMatchObject([
      { code: 'DEVCA_CHAIN_END_ENTITY_NOT_FIRST', context: { position: 3, first: 'CN=root' } },
      { code: 'DEVCA_CHAIN_ROOT_SENT', context: { position: 1 } },
    ]);
  });

  it('takes the first for the end entity where a server has sent it', () => {
    expect(endEntityIndex(subjectOf([intermediate, server], { form: 'server' }))).toBe(0);
  });

  it('takes the one that a key beside it belongs to', () => {
    const key = { source: 'chain.pem', subjectPublicKeyInfo: deep.key.subjectPublicKeyInfo };
    expect(endEntityIndex(subjectOf([server, deep, lower], { keys: [key] }))).toBe(1);
  });

  it('names what is out of place: DEVCA_CHAIN_MISPLACED', () => {
    expect(findings([deep, intermediate, lower])).toMatchObject([
      { code: 'DEVCA_CHAIN_MISPLACED', context: { positions: [2, 3] } },
    ]);
  });

  it('names what is there twice, and what belongs nowhere: DEVCA_CHAIN_DUPLICATE, DEVCA_CHAIN_UNRELATED', () => {
    const stranger = testAuthority({ subject: 'stranger' });
    expect(findings([server, intermediate, intermediate, stranger])).toMatchObject([
      { code: 'DEVCA_CHAIN_DUPLICATE', context: { positions: [3] } },
      { code: 'DEVCA_CHAIN_UNRELATED', context: { positions: [4] } },
    ]);
  });

  it('means nothing in a set, such as PKCS#7', () => {
    expect(findings([intermediate, server], 'pkcs7')).toEqual([]);
  });

  it('says of a chain that no client takes that it is too large: DEVCA_CHAIN_TOO_LARGE', () => {
    expect(codesOf(findings([server, ...Array.from({ length: 400 }, () => intermediate)]))).toEqual([
      'DEVCA_CHAIN_TOO_LARGE',
    ]);
  });
});
