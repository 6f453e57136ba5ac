import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bitString, context, integer, octets, oid, sequence, set, text, time, tlv } from './der.ts';

export type KeyKind = 'p256' | 'p521' | 'rsa' | 'rsa-1024' | 'ed25519';

/** What is odd about one certificate; everything left out is as it should be. */
export interface Oddity {
  readonly dns?: readonly string[];
  readonly ip?: readonly (readonly number[])[];
  readonly commonName?: string;
  readonly notBeforeDays?: number;
  readonly notAfterDays?: number;
  readonly eku?: readonly string[];
  readonly key?: KeyKind;
  readonly digest?: 'sha1' | 'sha256';
  /** First octet of the key usage bits, where it is not the usual one. */
  readonly keyUsage?: number;
  /** `true`, or the path length of the authority. */
  readonly ca?: boolean | number;
  readonly serial?: Uint8Array;
  /** Further extensions, ready encoded. */
  readonly extensions?: readonly Uint8Array[];
  readonly withoutIdentifiers?: boolean;
}

export interface Identity {
  readonly name: string;
  readonly subject: Uint8Array;
  readonly serial: Uint8Array;
  readonly der: Uint8Array;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const DAY_MS = 86_400_000;

/** Makes certificates with exactly the faults that a test asks for, by other code than devca's own. */
export class FaultyPki {
  readonly folder: string;
  readonly #now: number;

  constructor(folder: string, now: Date) {
    this.folder = folder;
    this.#now = now.getTime();
    mkdirSync(folder, { recursive: true });
  }

  issue(name: string, issuer?: Identity, odd: Oddity = {}): Identity {
    const { privateKey, publicKey } = makeKey(odd.key ?? 'p256');
    const subject = nameOf(odd.commonName ?? name);
    const serial = odd.serial ?? Buffer.from([0x40, ...randomBytes(15)]);
    const signer = issuer?.key ?? privateKey;
    const algorithm = signatureAlgorithm(signer, odd.digest ?? 'sha256');
    const tbs = sequence(
      context(0, integer([2])),
      integer(serial),
      algorithm,
      issuer?.subject ?? subject,
      sequence(time(this.#at(odd.notBeforeDays ?? -1)), time(this.#at(odd.notAfterDays ?? 90))),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      context(3, sequence(...extensionsOf(odd, publicKey, issuer?.publicKey ?? publicKey))),
    );
    return {
      name,
      subject,
      serial,
      der: signed(tbs, algorithm, signer, odd.digest),
      key: privateKey,
      publicKey,
    };
  }

  /** Writes `NAME.pem` with the chain and `NAME.key` beside it. */
  write(
    identity: Identity,
    chain: readonly Identity[] = [],
  ): { readonly cert: string; readonly key: string } {
    const cert = join(this.folder, `${identity.name}.pem`);
    const key = join(this.folder, `${identity.name}.key`);
    writeFileSync(cert, [identity, ...chain].map((one) => pem('CERTIFICATE', one.der)).join(''));
    writeFileSync(key, identity.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return { cert, key };
  }

  crl(issuer: Identity, revoked: readonly Identity[], ageDays = 0): string {
    const algorithm = signatureAlgorithm(issuer.key, 'sha256');
    const entries = revoked.map((one) => sequence(integer(one.serial), time(this.#at(-1))));
    const tbs = sequence(
      integer([1]),
      algorithm,
      issuer.subject,
      time(this.#at(-ageDays - 1)),
      time(this.#at(30 - ageDays)),
      ...(entries.length === 0 ? [] : [sequence(...entries)]),
      context(0, sequence(extension('2.5.29.20', false, integer([1 + ageDays])))),
    );
    return pem('X509 CRL', signed(tbs, algorithm, issuer.key, 'sha256'));
  }

  #at(days: number): Date {
    return new Date(this.#now + days * DAY_MS);
  }
}

export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export function extension(type: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(oid(type), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), octets(value));
}

/** A critical constraint that permits one domain. */
export const nameConstraint = (domain: string): Uint8Array =>
  extension('2.5.29.30', true, sequence(context(0, sequence(tlv(0x82, Buffer.from(domain))))));

function extensionsOf(odd: Oddity, own: KeyObject, issuer: KeyObject): Uint8Array[] {
  const isCa = odd.ca !== undefined && odd.ca !== false;
  const constraints = isCa ? sequence(tlv(0x01, Buffer.from([0xff])), ...pathLength(odd.ca)) : sequence();
  const names = [
    ...(odd.dns ?? (isCa ? [] : ['localhost'])).map((name) => tlv(0x82, Buffer.from(name))),
    ...(odd.ip ?? (isCa ? [] : [[127, 0, 0, 1]])).map((address) => tlv(0x87, Buffer.from(address))),
  ];
  return [
    extension('2.5.29.19', true, constraints),
    extension(
      '2.5.29.15',
      true,
      bitString([odd.keyUsage ?? (isCa ? 0x06 : 0x80)], odd.keyUsage === undefined && !isCa ? 7 : 1),
    ),
    ...(isCa && odd.eku === undefined
      ? []
      : [extension('2.5.29.37', false, sequence(...(odd.eku ?? [SERVER_AUTH]).map(oid)))]),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...names))]),
    ...(odd.withoutIdentifiers === true
      ? []
      : [
          extension('2.5.29.14', false, octets(keyIdentifier(own))),
          extension('2.5.29.35', false, sequence(tlv(0x80, keyIdentifier(issuer)))),
        ]),
    ...(odd.extensions ?? []),
  ];
}

const pathLength = (ca: boolean | number | undefined): Uint8Array[] =>
  typeof ca === 'number' ? [integer([ca])] : [];

const nameOf = (commonName: string): Uint8Array =>
  sequence(
    set(sequence(oid('2.5.4.10'), text('devca fault test'))),
    ...(commonName === '' ? [] : [set(sequence(oid('2.5.4.3'), text(commonName)))]),
  );

const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();

function makeKey(kind: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  if (kind === 'p256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (kind === 'p521') return generateKeyPairSync('ec', { namedCurve: 'P-521' });
  return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa' ? 2048 : 1024 });
}

function signatureAlgorithm(key: KeyObject, digest: 'sha1' | 'sha256'): Uint8Array {
  if (key.asymmetricKeyType === 'ed25519') return sequence(oid('1.3.101.112'));
  if (key.asymmetricKeyType === 'ec') {
    return sequence(oid(digest === 'sha1' ? '1.2.840.10045.4.1' : '1.2.840.10045.4.3.2'));
  }
  return sequence(oid(digest === 'sha1' ? '1.2.840.113549.1.1.5' : '1.2.840.113549.1.1.11'), tlv(0x05));
}

function signed(tbs: Uint8Array, algorithm: Uint8Array, key: KeyObject, digest = 'sha256'): Uint8Array {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : digest;
  return sequence(tbs, algorithm, bitString([...sign(hash, tbs, key)], 0));
}
