import { isIPv6 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { DevcaError } from '../errors/devca-error.ts';

/** An address of this machine that a browser can be pointed at. */
export interface MachineAddress {
  readonly network: string;
  readonly address: string;
  /** Whether it is the machine's own loopback. */
  readonly internal: boolean;
}

/** The addresses of this machine, IPv4 first within each interface. */
export function machineAddresses(): readonly MachineAddress[] {
  return addressesOf(networkInterfaces());
}

/** Without link-local IPv6 addresses: browsers take no zone in a URL, and without one nobody can connect to them. */
export function addressesOf(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): readonly MachineAddress[] {
  return Object.entries(interfaces).flatMap(([network, addresses = []]) =>
    [...addresses]
      .filter(({ address }) => !/^fe[89ab]/i.test(address))
      .sort((one, other) => one.family.localeCompare(other.family))
      .map(({ address, internal }) => ({ network, address, internal })),
  );
}

/**
 * The addresses that are meant by the name of an interface or by an address: one, or several to choose from, one for each
 * interface. Without a word those of all interfaces but loopback and the bridges of containers and virtual machines.
 * Throws DEVCA_SERVER_ADDRESS_UNKNOWN and DEVCA_SERVER_LAN_NONE.
 */
export function lanCandidates(
  word: string | undefined,
  addresses: readonly MachineAddress[],
): readonly [MachineAddress, ...MachineAddress[]] {
  const found =
    word === undefined
      ? oneForEach(addresses.filter(({ network, internal }) => !internal && !VIRTUAL.test(network)))
      : named(word, addresses);
  const [first, ...others] = found;
  if (first !== undefined) return [first, ...others];
  const known = addresses.filter(({ internal }) => !internal).map(describeAddress);
  if (word === undefined) throw new DevcaError('DEVCA_SERVER_LAN_NONE', { known });
  throw new DevcaError('DEVCA_SERVER_ADDRESS_UNKNOWN', { word, known });
}

export const describeAddress = ({ network, address }: MachineAddress): string => `${address} (${network})`;

/** As it stands in a URL, and in the Host header of who asks for it. */
export const hostInUrl = (address: string): string => (isIPv6(address) ? `[${address}]` : address);

/** Whether everybody on the Internet could reach an address: neither private, shared, link-local nor loopback. */
export const isPublicAddress = (address: string): boolean =>
  isIPv6(address) ? /^[23]/.test(address) : !PRIVATE_IPV4.test(address);

/** RFC 1122, RFC 1918, RFC 3927, RFC 6598. */
const PRIVATE_IPV4 =
  /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** Interfaces behind which there are no phones, by the names that Docker, libvirt, WSL and others give them. */
const VIRTUAL = /^(docker|br-|veth|vEthernet|virbr|vnet|vmnet|vboxnet|cni|podman|lxc|lxd|flannel|cali)/;

function named(word: string, addresses: readonly MachineAddress[]): readonly MachineAddress[] {
  const wanted = word.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const exact = addresses.filter(({ address }) => address.toLowerCase() === wanted);
  return exact.length > 0
    ? exact.slice(0, 1)
    : oneForEach(addresses.filter(({ network }) => network === word));
}

function oneForEach(addresses: readonly MachineAddress[]): readonly MachineAddress[] {
  return addresses.filter(
    ({ network }, index) => addresses.findIndex((other) => other.network === network) === index,
  );
}
