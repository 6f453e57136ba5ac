import { describe, expect, it } from '@jest/globals';
import { encodeNull, encodeOid, encodeSequence, encodeTagged } from '../../../src/pki/der-writer.ts';
import {
  encodeGeneralName,
  formatGeneralName,
  type GeneralName,
  ipGeneralName,
  parseGeneralName,
} from '../../../src/pki/general-name.ts';
import { buildName } from '../../../src/pki/name.ts';

const otherName = encodeTagged(0xa0, encodeOid('1.2.3'), encodeTagged(0xa0, encodeNull()));

const directoryName: GeneralName = {
  kind: 'directoryName',
  name: buildName([{ type: 'commonName', value: 'api' }]),
};

describe('general names', () => {
  it.each<[string, GeneralName | undefined]>([
    ['DNS:*.api.test', { kind: 'dNSName', value: '*.api.test' }],
    ['email:a@b.test', { kind: 'rfc822Name', value: 'a@b.test' }],
    ['URI:spiffe://dev.internal/a', { kind: 'uniformResourceIdentifier', value: 'spiffe://dev.internal/a' }],
    ['IP:127.0.0.1', ipGeneralName('127.0.0.1')],
    ['IP:::1', ipGeneralName('0:0::1')],
    ['DirName:CN=api', directoryName],
    ['registeredID:#88032a0304', { kind: 'registeredID', der: Uint8Array.of(0x88, 3, 0x2a, 3, 4) }],
    ['otherName:#a00806022a03a0020500', { kind: 'otherName', der: otherName }],
    ['x400Address:#a300', { kind: 'x400Address', der: Uint8Array.of(0xa3, 0) }],
    ['ediPartyName:#a500', { kind: 'ediPartyName', der: Uint8Array.of(0xa5, 0) }],
  ])('%s is read back as it was written', (text, name) => {
    if (name === undefined) throw new Error('no name');
    expect(formatGeneralName(name)).toBe(text);
    expect(parseGeneralName(encodeGeneralName(name))).toEqual(name);
  });

  it('have no address for text that is none', () => {
    expect(ipGeneralName('localhost')).toBeUndefined();
  });

  it.each([
    ['a universal tag', encodeTagged(0x16, Buffer.from('a'))],
    ['a constructed dNSName', encodeTagged(0xa2, Buffer.from('a'))],
    ['an otherName without a value', encodeTagged(0xa0, encodeOid('1.2.3'))],
    [
      'an otherName with two values',
      encodeTagged(0xa0, encodeOid('1.2.3'), encodeTagged(0xa0, encodeNull(), encodeNull())),
    ],
    ['a registeredID that does not end', encodeTagged(0x88, Uint8Array.of(0x2a, 0x80))],
    ['an address of five octets', encodeTagged(0x87, new Uint8Array(5))],
    ['a dNSName outside ASCII', encodeTagged(0x82, Buffer.from('ü'))],
    ['a directoryName without its explicit tag', encodeTagged(0xa4, encodeTagged(0x31))],
    ['two names in one directoryName', encodeTagged(0xa4, encodeSequence(), encodeSequence())],
  ])('are refused with %s', (_, der) => {
    expect(() => parseGeneralName(der)).toThrow(expect.objectContaining({ code: 'DEVCA_DER_INVALID' }));
  });
});
