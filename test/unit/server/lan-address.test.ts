import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { addressesOf, hostInUrl, isPublicAddress, lanCandidates } from '../../../src/server/lan-address.ts';

const info = (address: string): NetworkInterfaceInfo => {
  const internal = address === '127.0.0.1' || address === '::1';
  const rest = { address, internal, netmask: '', mac: '', cidr: null };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
};

const LAPTOP = addressesOf({
  lo: [info('127.0.0.1'), info('::1')],
  wlan0: [info('fe80::1'), info('2001:db8::5'), info('192.168.1.5'), info('192.168.1.6')],
  docker0: [info('172.17.0.1')],
  'br-0123456789ab': [info('172.18.0.1')],
});
const DOCKED = [...LAPTOP, ...addressesOf({ eth0: [info('fd00::7')] })];

const chosen = (word: string | undefined, addresses = LAPTOP): string[] =>
  lanCandidates(word, addresses).map(({ address }) => address);

function codeOf(word: string | undefined, addresses = LAPTOP): string {
  try {
    return chosen(word, addresses).join();
  } catch (error) {
    return isDevcaError(error) ? error.code : String(error);
  }
}

describe('the address for phones', () => {
  it('is the one of the only network, and IPv4 where there is a choice', () => {
    expect(chosen(undefined)).toEqual(['192.168.1.5']);
  });

  it('is one of several where there are several networks, and none of loopback or containers', () => {
    expect(chosen(undefined, DOCKED)).toEqual(['192.168.1.5', 'fd00::7']);
  });

  it.each([
    ['wlan0', '192.168.1.5'],
    ['192.168.1.6', '192.168.1.6'],
    ['2001:DB8::5', '2001:db8::5'],
    ['[2001:db8::5]', '2001:db8::5'],
    ['docker0', '172.17.0.1'],
    ['lo', '127.0.0.1'],
    ['::1', '::1'],
  ])('is what "%s" names', (word, address) => {
    expect(chosen(word)).toEqual([address]);
  });

  it.each(['0.0.0.0', '::', 'wlan1', '10.9.8.7', 'fe80::1', 'fe80::1%wlan0', 'WLAN0', '192.168.1.5:80', '*'])(
    'is never "%s", which is not of this machine: DEVCA_SERVER_ADDRESS_UNKNOWN',
    (word) => {
      expect(codeOf(word)).toBe('DEVCA_SERVER_ADDRESS_UNKNOWN');
    },
  );

  it('is missing where there is loopback alone: DEVCA_SERVER_LAN_NONE', () => {
    expect(codeOf(undefined, addressesOf({ lo: [info('127.0.0.1')] }))).toBe('DEVCA_SERVER_LAN_NONE');
    expect(codeOf(undefined, addressesOf({ eth0: [info('fe80::1')], docker0: [info('172.17.0.1')] }))).toBe(
      'DEVCA_SERVER_LAN_NONE',
    );
  });

  it('stands in brackets in a URL where it is IPv6', () => {
    expect(['192.168.1.5', 'fd00::7'].map(hostInUrl)).toEqual(['192.168.1.5', '[fd00::7]']);
  });

  it.each([
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['172.32.0.1', true],
    ['192.168.0.1', false],
    ['192.169.0.1', true],
    ['169.254.9.9', false],
    ['100.64.0.1', false],
    ['100.128.0.1', true],
    ['203.0.113.9', true],
    ['::1', false],
    ['fd00::7', false],
    ['2001:db8::5', true],
  ])('%s is of the Internet: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});
