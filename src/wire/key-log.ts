import { DevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';

/** The secrets of one connection by label, such as `CLIENT_HANDSHAKE_TRAFFIC_SECRET` (RFC 9850). */
export type ConnectionSecrets = ReadonlyMap<string, Uint8Array>;

/** Finds the secrets of a connection by the random of its client_hello. */
export interface KeyLog {
  secretsFor(clientRandom: Uint8Array): ConnectionSecrets | undefined;
  /** How many connections it knows. */
  readonly size: number;
}

/** More connections than any capture that a person explains; keeps a hostile file from filling the memory. */
const CONNECTION_LIMIT = 200_000;

/** A key log that grows while a connection runs or a capture is read. */
export class GrowingKeyLog implements KeyLog {
  readonly #connections = new Map<string, Map<string, Uint8Array>>();
  readonly #lines: string[] = [];

  get size(): number {
    return this.#connections.size;
  }

  secretsFor(clientRandom: Uint8Array): ConnectionSecrets | undefined {
    return this.#connections.get(bytesToHex(clientRandom));
  }

  /** Takes lines in SSLKEYLOGFILE form. `source` names them in errors. */
  add(text: string, source = 'key log'): void {
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const trimmed = line.trim();
      if (trimmed !== '' && !trimmed.startsWith('#')) this.#addLine(trimmed, source, index + 1);
    }
  }

  /** Everything that was added, in SSLKEYLOGFILE form. */
  toText(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  #addLine(line: string, source: string, number: number): void {
    const parsed = parseLine(line, source, number);
    if (parsed === undefined) return;
    const { label, random, secret } = parsed;
    let secrets = this.#connections.get(random);
    if (secrets === undefined) {
      const size = this.#connections.size + 1;
      if (size > CONNECTION_LIMIT)
        throw new DevcaError('DEVCA_WIRE_LIMIT', {
          what: source,
          size,
          limit: CONNECTION_LIMIT,
          unit: 'connections',
        });
      secrets = new Map();
      this.#connections.set(random, secrets);
    }
    secrets.set(label, Buffer.from(secret, 'hex'));
    this.#lines.push(`${label} ${random} ${secret}`);
  }
}

export function parseKeyLog(text: string, source: string): KeyLog {
  const log = new GrowingKeyLog();
  log.add(text, source);
  return log;
}

function parseLine(
  line: string,
  source: string,
  number: number,
): { label: string; random: string; secret: string } | undefined {
  const [label, random, secret, ...more] = line.split(/\s+/);
  if (label === undefined || random === undefined || secret === undefined || more.length > 0)
    throw invalid(source, number, 'a line is not LABEL, client random and secret');
  if (!/^[A-Z0-9_]{1,64}$/.test(label)) throw invalid(source, number, 'the label is not in capital letters');
  // `RSA <first 8 bytes of the encrypted premaster secret>` has no client random and is of no use here.
  if (label === 'RSA') return undefined;
  if (!/^[0-9a-f]{64}$/i.test(random))
    throw invalid(source, number, 'the client random is not 32 bytes in hexadecimal');
  if (!/^([0-9a-f]{2}){1,128}$/i.test(secret))
    throw invalid(source, number, 'the secret is not in hexadecimal');
  return { label, random: random.toLowerCase(), secret: secret.toLowerCase() };
}

function invalid(source: string, line: number, reason: string): DevcaError {
  return new DevcaError('DEVCA_WIRE_KEY_LOG_INVALID', { source, line, reason });
}
