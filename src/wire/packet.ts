import { formatIpAddress } from '../pki/ip-address.ts';

/** A TCP segment as it stood in a frame. */
export interface TcpSegment {
  /** `address:port`, comparable as text. */
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly reset: boolean;
  readonly payload: Uint8Array;
}

/** Finds the TCP segment in a frame; `undefined` for everything else, fragments of IP packets included. */
export function tcpSegmentOf(frame: Uint8Array, linkType: number): TcpSegment | undefined {
  const start = networkOffset(frame, linkType);
  if (start === undefined) return undefined;
  const packet = frame.subarray(start);
  const version = (packet[0] ?? 0) >> 4;
  return version === 4 ? fromIpv4(packet) : version === 6 ? fromIpv6(packet) : undefined;
}

/** https://www.tcpdump.org/linktypes.html */
const LINK = {
  null: 0,
  ethernet: 1,
  rawOpenBsd: 12,
  rawOld: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const IP_TYPES: ReadonlySet<number> = new Set([0x0800, 0x86dd]);

const VLAN_TYPES: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

function networkOffset(frame: Uint8Array, linkType: number): number | undefined {
  switch (linkType) {
    case LINK.ethernet: {
      let offset = 12;
      // Two tags in a row are the most that 802.1ad has.
      for (let tags = 0; tags < 2 && VLAN_TYPES.has(uint16(frame, offset)); tags++) offset += 4;
      return IP_TYPES.has(uint16(frame, offset)) ? offset + 2 : undefined;
    }
    case LINK.null:
    case LINK.loop:
      return 4;
    case LINK.raw:
    case LINK.rawOld:
    case LINK.rawOpenBsd:
    case LINK.ipv4:
    case LINK.ipv6:
      return 0;
    case LINK.linuxCooked:
      return IP_TYPES.has(uint16(frame, 14)) ? 16 : undefined;
    case LINK.linuxCooked2:
      return IP_TYPES.has(uint16(frame, 0)) ? 20 : undefined;
    default:
      return undefined;
  }
}

const TCP = 6;

function fromIpv4(packet: Uint8Array): TcpSegment | undefined {
  const header = ((packet[0] ?? 0) & 0x0f) * 4;
  const fragment = uint16(packet, 6) & 0x3fff;
  if (header < 20 || packet[9] !== TCP || fragment !== 0) return undefined;
  // A network card that splits packets itself (TSO) leaves a length of 0.
  const total = uint16(packet, 2) || packet.length;
  return fromTcp(packet.subarray(header, total), packet.subarray(12, 16), packet.subarray(16, 20));
}

/** Hop-by-hop options, routing, destination options: each with its length in its second byte. */
const SKIPPED_HEADERS: ReadonlySet<number> = new Set([0, 43, 60]);

function fromIpv6(packet: Uint8Array): TcpSegment | undefined {
  let next = packet[6] ?? 0;
  let offset = 40;
  for (let headers = 0; headers < 8 && SKIPPED_HEADERS.has(next); headers++) {
    next = packet[offset] ?? 0;
    offset += ((packet[offset + 1] ?? 0) + 1) * 8;
  }
  if (next !== TCP) return undefined;
  const length = uint16(packet, 4);
  const end = length === 0 ? packet.length : 40 + length;
  return fromTcp(packet.subarray(offset, end), packet.subarray(8, 24), packet.subarray(24, 40));
}

function fromTcp(segment: Uint8Array, source: Uint8Array, destination: Uint8Array): TcpSegment | undefined {
  const header = ((segment[12] ?? 0) >> 4) * 4;
  if (header < 20 || segment.length < header) return undefined;
  const flags = segment[13] ?? 0;
  const [fromPort, toPort] = [uint16(segment, 0), uint16(segment, 2)];
  return {
    from: endpoint(source, fromPort),
    to: endpoint(destination, toPort),
    fromPort,
    toPort,
    sequence: ((uint16(segment, 4) << 16) | uint16(segment, 6)) >>> 0,
    syn: (flags & 2) !== 0,
    ack: (flags & 16) !== 0,
    fin: (flags & 1) !== 0,
    reset: (flags & 4) !== 0,
    payload: segment.subarray(header),
  };
}

function endpoint(address: Uint8Array, port: number): string {
  if (address.length === 4) return `${address[0]}.${address[1]}.${address[2]}.${address[3]}:${port}`;
  return `[${formatIpAddress(address)}]:${port}`;
}

const uint16 = (bytes: Uint8Array, offset: number): number =>
  ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
