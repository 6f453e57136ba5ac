import { parseIpAddress } from '../pki/ip-address.ts';
import { keyLogOf } from './recording.ts';
import type { Recording } from './tap.ts';
import { parseTarget } from './target.ts';
import { otherSide, type Side } from './transcript.ts';

/** A recorded connection for a capture file. Addresses as `host:port`. */
export interface CapturedRecording {
  readonly client: string;
  readonly server: string;
  readonly startedAt: Date;
  readonly recording: Recording;
}

/**
 * A pcapng file with the secrets inside (Decryption Secrets Block), which Wireshark and tshark open decrypted.
 * The bytes of TLS and their times are the recorded ones; the TCP around them is made up, as a tap does not see it.
 */
export function encodeCapture(connections: readonly CapturedRecording[]): Uint8Array {
  const blocks: Uint8Array[] = [sectionHeader(), interfaceDescription()];
  for (const { recording } of connections) {
    const secrets = keyLogOf(recording).toText();
    if (secrets !== '') blocks.push(decryptionSecrets(secrets));
  }
  const packets = connections.flatMap(packetsOf).sort((a, b) => a.at - b.at);
  for (const { at, bytes } of packets) blocks.push(enhancedPacket(at, bytes));
  return Buffer.concat(blocks);
}

/** https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html */
const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 6, secrets: 10 } as const;

const LINKTYPE_RAW = 101;

/** `TLSK`: the secrets are a key log. */
const SECRETS_TLS = 0x544c534b;

/** What fits into an Ethernet frame; TCP hands over larger chunks, but a capture shows frames. */
const SEGMENT_BYTES = 1440;

function block(type: number, body: Uint8Array): Uint8Array {
  const padding = (4 - (body.length % 4)) % 4;
  const length = 12 + body.length + padding;
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(padding + 4);
  tail.writeUInt32LE(length, padding);
  return Buffer.concat([head, body, tail]);
}

function sectionHeader(): Uint8Array {
  const body = Buffer.alloc(16, 0xff);
  body.writeUInt32LE(0x1a2b3c4d, 0);
  body.writeUInt16LE(1, 4);
  body.writeUInt16LE(0, 6);
  return block(BLOCK.section, body);
}

function interfaceDescription(): Uint8Array {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(LINKTYPE_RAW, 0);
  body.writeUInt32LE(262_144, 4);
  return block(BLOCK.interface, body);
}

function decryptionSecrets(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt32LE(SECRETS_TLS, 0);
  head.writeUInt32LE(bytes.length, 4);
  return block(BLOCK.secrets, Buffer.concat([head, bytes]));
}

function enhancedPacket(at: number, packet: Uint8Array): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(Math.floor(at / 2 ** 32), 4);
  head.writeUInt32LE(at % 2 ** 32, 8);
  head.writeUInt32LE(packet.length, 12);
  head.writeUInt32LE(packet.length, 16);
  return block(BLOCK.packet, Buffer.concat([head, packet]));
}

interface Endpoint {
  readonly address: Uint8Array;
  readonly port: number;
}

const FLAG = { fin: 1, syn: 2, push: 8, ack: 16 } as const;

function packetsOf(connection: CapturedRecording): { at: number; bytes: Uint8Array }[] {
  const ends = { client: endpoint(connection.client), server: endpoint(connection.server) };
  const base = connection.startedAt.getTime() * 1000;
  const { chunks } = connection.recording;
  const next: Record<Side, number> = { client: 1000, server: 2000 };
  const packets: { at: number; bytes: Uint8Array }[] = [];
  const send = (at: number, from: Side, flags: number, data: Uint8Array): void => {
    const to = otherSide(from);
    const acknowledged = flags & FLAG.ack ? next[to] : 0;
    packets.push({
      at: base + at,
      bytes: ipPacket(
        ends[from],
        ends[to],
        tcpSegment(ends[from], ends[to], next[from], acknowledged, flags, data),
      ),
    });
    next[from] += data.length + (flags & (FLAG.syn | FLAG.fin) ? 1 : 0);
  };
  const nothing = new Uint8Array();
  const first = chunks[0]?.at ?? 0;
  send(first, 'client', FLAG.syn, nothing);
  send(first, 'server', FLAG.syn | FLAG.ack, nothing);
  send(first, 'client', FLAG.ack, nothing);
  for (const { at, from, bytes } of chunks)
    for (let offset = 0; offset < bytes.length; offset += SEGMENT_BYTES)
      send(at, from, FLAG.push | FLAG.ack, bytes.subarray(offset, offset + SEGMENT_BYTES));
  const last = chunks.at(-1)?.at ?? 0;
  send(last, 'client', FLAG.fin | FLAG.ack, nothing);
  send(last, 'server', FLAG.fin | FLAG.ack, nothing);
  send(last, 'client', FLAG.ack, nothing);
  return packets;
}

function endpoint(text: string): Endpoint {
  const { host, port } = parseTarget(text, 1);
  return { address: parseIpAddress(host) ?? Uint8Array.of(127, 0, 0, 1), port };
}

const TCP = 6;

function ipPacket(from: Endpoint, to: Endpoint, payload: Uint8Array): Uint8Array {
  if (from.address.length === 16) {
    const header = Buffer.alloc(8);
    header[0] = 0x60;
    header.writeUInt16BE(payload.length, 4);
    header[6] = TCP;
    header[7] = 64;
    return Buffer.concat([header, from.address, to.address, payload]);
  }
  const header = Buffer.alloc(12);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header[6] = 0x40;
  header[8] = 64;
  header[9] = TCP;
  const whole = Buffer.concat([header, from.address, to.address]);
  whole.writeUInt16BE(checksum(whole), 10);
  return Buffer.concat([whole, payload]);
}

function tcpSegment(
  from: Endpoint,
  to: Endpoint,
  sequence: number,
  acknowledged: number,
  flags: number,
  data: Uint8Array,
): Uint8Array {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt32BE(sequence >>> 0, 4);
  header.writeUInt32BE(acknowledged >>> 0, 8);
  header[12] = 0x50;
  header[13] = flags;
  header.writeUInt16BE(65_535, 14);
  const length = header.length + data.length;
  const pseudo = Buffer.concat([from.address, to.address, Buffer.from([0, TCP, length >> 8, length & 0xff])]);
  header.writeUInt16BE(checksum(Buffer.concat([pseudo, header, data])), 16);
  return Buffer.concat([header, data]);
}

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2)
    sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
