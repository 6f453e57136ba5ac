import { EXTENSIONS } from './tables/code-points.ts';

/** What a client_hello of our own offers. Codes as in the registries. */
export interface HelloOffer {
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** Offered versions; the highest below TLS 1.3 goes into the legacy field. */
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly groups: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly serverName?: string;
  readonly alpn?: readonly string[];
  /** Public keys for TLS 1.3; without any a server answers with a hello_retry_request. */
  readonly keyShares?: readonly { readonly group: number; readonly key: Uint8Array }[];
  /** Offers DEFLATE too, which no client should. */
  readonly compression?: boolean;
}

/** A client_hello as one record (RFC 8446 section 4.1.2), for questions that the runtime's TLS cannot ask. */
export function encodeClientHello(offer: HelloOffer): Uint8Array {
  const older = offer.versions.filter((version) => version < 0x0304);
  const tls13 = offer.versions.includes(0x0304);
  const legacy = older.length > 0 ? Math.max(...older) : 0x0303;
  const body = Buffer.concat([
    uint16(legacy),
    offer.random,
    // Servers that work around middleboxes want a session id in TLS 1.3.
    vector(1, tls13 ? offer.random : new Uint8Array()),
    vector(2, codes(offer.cipherSuites)),
    vector(1, Buffer.from(offer.compression === true ? [1, 0] : [0])),
    // SSL 3.0 knows no extensions.
    ...(legacy === 0x0300 ? [] : [vector(2, extensions(offer, tls13))]),
  ]);
  const message = Buffer.concat([Buffer.from([1]), vector(3, body)]);
  return Buffer.concat([Buffer.from([22]), uint16(Math.min(legacy, 0x0301)), vector(2, message)]);
}

function extensions(offer: HelloOffer, tls13: boolean): Uint8Array {
  const { serverName, alpn, groups, signatureSchemes, versions, keyShares = [] } = offer;
  const list: Uint8Array[] = [];
  const add = (name: string, contents: Uint8Array): void => {
    list.push(uint16(codeOf(name)), vector(2, contents));
  };
  if (serverName !== undefined)
    add('server_name', vector(2, Buffer.concat([Buffer.from([0]), vector(2, Buffer.from(serverName))])));
  add('renegotiation_info', Buffer.from([0]));
  if (groups.length > 0) {
    add('supported_groups', vector(2, codes(groups)));
    add('ec_point_formats', Buffer.from([1, 0]));
  }
  add('session_ticket', new Uint8Array());
  add('extended_master_secret', new Uint8Array());
  if (signatureSchemes.length > 0) add('signature_algorithms', vector(2, codes(signatureSchemes)));
  if (alpn !== undefined && alpn.length > 0)
    add(
      'application_layer_protocol_negotiation',
      vector(2, Buffer.concat(alpn.map((protocol) => vector(1, Buffer.from(protocol))))),
    );
  if (tls13) {
    add('supported_versions', vector(1, codes(versions)));
    add('psk_key_exchange_modes', Buffer.from([1, 1]));
    const shares = keyShares.map(({ group, key }) => Buffer.concat([uint16(group), vector(2, key)]));
    add('key_share', vector(2, Buffer.concat(shares)));
  }
  return Buffer.concat(list);
}

function codeOf(name: string): number {
  for (const [code, known] of EXTENSIONS) if (known === name) return code;
  throw new TypeError(`no extension ${name}`);
}

const uint16 = (value: number): Uint8Array => Buffer.from([value >> 8, value & 0xff]);

const codes = (values: readonly number[]): Uint8Array => Buffer.concat(values.map(uint16));

function vector(prefixBytes: 1 | 2 | 3, contents: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUIntBE(contents.length, 0, prefixBytes);
  return Buffer.concat([prefix, contents]);
}
