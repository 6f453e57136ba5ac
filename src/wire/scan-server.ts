import type { HelloOffer } from './client-hello-builder.ts';
import { hasExtension } from './extension-list.ts';
import { clientSettings, type InspectOptions } from './inspect-handshake.ts';
import { negotiationOf } from './negotiation.ts';
import { observeHandshake, serverNameFor } from './observe-handshake.ts';
import { type ProbeAnswer, probe, probeKeyShares } from './probe.ts';
import { scanFindings } from './scan-findings.ts';
import type { ScanReport } from './scan-report.ts';
import { startTlsPort } from './starttls.ts';
import { cipherSuite, isTls13Suite, knownCipherSuites } from './tables/cipher-suites.ts';
import { codePoint, GROUPS, SIGNATURE_SCHEMES, VERSIONS } from './tables/code-points.ts';
import { parseTarget, type Target } from './target.ts';

/** A scan makes no more connections, one at a time. */
export const SCAN_LIMIT = 250;

const PROBE_TIMEOUT_MS = 3000;

const TLS13 = 0x0304;
const TLS12 = 0x0303;

/** Highest first. */
const SCANNED_VERSIONS = [TLS13, TLS12, 0x0302, 0x0301, 0x0300] as const;

const SCANNED_GROUPS = [
  0x11ec, 0x11eb, 0x11ed, 0x001d, 0x001e, 0x0017, 0x0018, 0x0019, 0x001a, 0x001b, 0x001c, 0x0100, 0x0101,
  0x0102,
];

const SCANNED_SCHEMES = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x0401, 0x0501, 0x0601, 0x0904,
  0x0905, 0x0906, 0x0201, 0x0203,
];

const SCANNED_ALPN = ['h2', 'http/1.1', 'http/1.0', 'acme-tls/1'];

interface ScanWorld {
  readonly clock: { now(): Date };
  readonly random: (length: number) => Uint8Array;
}

/** Asks a server what it accepts. Throws as `inspectHandshake` does where it cannot be reached at all. */
export async function scanServer(
  text: string,
  options: InspectOptions,
  world: ScanWorld,
): Promise<ScanReport> {
  const target = parseTarget(text, options.starttls === undefined ? 443 : startTlsPort(options.starttls));
  const scan = new Scan(target, options, world);
  const versions = await scan.versions();
  const cipherSuites = await scan.cipherSuites(versions);
  const facts = {
    target: text,
    versions: versions.map(versionName),
    cipherSuites,
    serverPreference: await scan.serverPreference(versions),
    groups: await scan.groups(versions),
    signatureSchemes: await scan.signatureSchemes(versions),
    ...(await scan.behaviour(versions)),
    dhBits: scan.dhBits,
    compression: await scan.compression(versions),
    secureRenegotiation: scan.secureRenegotiation,
    connections: scan.connections,
    unanswered: scan.unanswered,
  };
  return { ...facts, connections: scan.connections, ...scanFindings(facts, scan.connections >= SCAN_LIMIT) };
}

const versionName = (code: number): string => codePoint(VERSIONS, code).name;

class Scan {
  readonly #target: Target;
  readonly #options: InspectOptions;
  readonly #world: ScanWorld;
  readonly #timeoutMs: number;
  connections = 0;
  unanswered = 0;
  dhBits: number | null = null;
  secureRenegotiation: boolean | null = null;

  constructor(target: Target, options: InspectOptions, world: ScanWorld) {
    this.#target = target;
    this.#options = options;
    this.#world = world;
    this.#timeoutMs = options.timeoutMs ?? PROBE_TIMEOUT_MS;
  }

  async versions(): Promise<number[]> {
    const found: number[] = [];
    for (const version of SCANNED_VERSIONS) {
      const answer = await this.#ask({ versions: [version], cipherSuites: suitesFor(version) });
      if (answer?.hello?.version.code === version) found.push(version);
      if (answer?.hello !== undefined && version <= TLS12 && version > 0x0300)
        this.secureRenegotiation =
          (this.secureRenegotiation ?? true) && hasExtension(answer.hello.extensions, 'renegotiation_info');
    }
    return found;
  }

  /** Offers all, takes out what the server chose, and asks again until it refuses. */
  async cipherSuites(versions: readonly number[]): Promise<Record<string, string[]>> {
    const all: Record<string, string[]> = {};
    for (const version of versions) {
      let left = suitesFor(version);
      const chosen: string[] = [];
      while (left.length > 0) {
        const answer = await this.#ask({ versions: [version], cipherSuites: left });
        const suite = answer?.hello?.cipherSuite;
        if (suite === undefined || !left.includes(suite.code)) break;
        chosen.push(suite.name);
        const bits = answer?.exchange?.primeBits;
        if (bits !== undefined) this.dhBits = Math.min(this.dhBits ?? bits, bits);
        left = left.filter((code) => code !== suite.code);
      }
      all[versionName(version)] = chosen;
    }
    return all;
  }

  async serverPreference(versions: readonly number[]): Promise<boolean | null> {
    const [version] = versions.filter((code) => code <= TLS12).concat(versions);
    if (version === undefined) return null;
    const suites = suitesFor(version);
    const forward = await this.#ask({ versions: [version], cipherSuites: suites });
    const backward = await this.#ask({ versions: [version], cipherSuites: suites.toReversed() });
    const [first, second] = [forward?.hello?.cipherSuite.code, backward?.hello?.cipherSuite.code];
    return first === undefined || second === undefined ? null : first === second;
  }

  /** One group at a time and no key share: a server of TLS 1.3 that has the group asks for one. */
  async groups(versions: readonly number[]): Promise<string[]> {
    const [version] = versions;
    if (version === undefined || version < 0x0301) return [];
    const found: string[] = [];
    for (const group of SCANNED_GROUPS) {
      // Before TLS 1.3 the hybrid groups do not exist, and only ECDHE suites say whether a curve is there.
      if (version < TLS13 && group > 0x00ff) continue;
      const cipherSuites = version === TLS13 ? suitesFor(version) : suitesFor(version).filter(isEcdhe);
      const answer = await this.#ask({ versions: [version], cipherSuites, groups: [group], keyShares: [] });
      if (answer?.hello !== undefined) found.push(codePoint(GROUPS, group).name);
    }
    return found;
  }

  async signatureSchemes(versions: readonly number[]): Promise<string[]> {
    const [version] = versions;
    if (version === undefined || version < TLS12) return [];
    const found: string[] = [];
    for (const scheme of SCANNED_SCHEMES) {
      const cipherSuites = version === TLS13 ? suitesFor(version) : suitesFor(version).filter(isEcdhe);
      const keyShares = probeKeyShares(this.#world.random(32));
      const answer = await this.#ask({
        versions: [version],
        cipherSuites,
        signatureSchemes: [scheme],
        ...(version === TLS13 ? { keyShares, groups: [0x001d, 0x0017] } : {}),
      });
      // TLS 1.3 has no answer but a refusal where the scheme does not fit; before, the signature names its own.
      const accepted =
        version === TLS13
          ? answer?.hello?.type === 'server_hello'
          : answer?.exchange?.scheme?.code === scheme;
      if (accepted) found.push(codePoint(SIGNATURE_SCHEMES, scheme).name);
    }
    return found;
  }

  async compression(versions: readonly number[]): Promise<boolean> {
    const version = versions.find((code) => code <= TLS12);
    if (version === undefined) return false;
    const answer = await this.#ask({
      versions: [version],
      cipherSuites: suitesFor(version),
      compression: true,
    });
    return (answer?.hello?.compressionMethod.code ?? 0) !== 0;
  }

  /** What only whole handshakes show, by the runtime's own TLS. */
  async behaviour(
    versions: readonly number[],
  ): Promise<Pick<ScanReport, 'resumption' | 'clientCertificate' | 'alpn'>> {
    const resumption: Record<string, boolean> = {};
    let clientCertificate: ScanReport['clientCertificate'] = 'none';
    for (const version of versions.filter((code) => code >= TLS12)) {
      const name = versionName(version) as 'TLSv1.2' | 'TLSv1.3';
      const only = { minVersion: name, maxVersion: name };
      const first = await this.#handshake(only);
      if (first === undefined) continue;
      if (negotiationOf(first.transcript).clientCertificateRequested)
        clientCertificate = first.established ? 'optional' : 'required';
      const again =
        first.session === undefined ? undefined : await this.#handshake({ ...only, session: first.session });
      if (first.established)
        resumption[name] = again !== undefined && negotiationOf(again.transcript).resumed;
    }
    const alpn: string[] = [];
    for (const protocol of this.#options.starttls === undefined ? SCANNED_ALPN : []) {
      const seen = await this.#handshake({ alpn: [protocol] });
      if (seen !== undefined && negotiationOf(seen.transcript).alpn === protocol) alpn.push(protocol);
    }
    return { resumption, clientCertificate, alpn };
  }

  async #handshake(extra: Partial<InspectOptions>) {
    if (this.connections >= SCAN_LIMIT) return undefined;
    this.connections++;
    const settings = clientSettings({ ...this.#options, timeoutMs: this.#timeoutMs, ...extra });
    return observeHandshake(this.#target, settings, this.#world);
  }

  async #ask(
    offer: Partial<HelloOffer> & Pick<HelloOffer, 'versions' | 'cipherSuites'>,
  ): Promise<ProbeAnswer | undefined> {
    if (this.connections >= SCAN_LIMIT) return undefined;
    this.connections++;
    const serverName = serverNameFor(this.#target, this.#options);
    const { connect, proxy, starttls, family } = this.#options;
    const answer = await probe(
      this.#target,
      {
        random: this.#world.random(32),
        groups: SCANNED_GROUPS,
        signatureSchemes: SCANNED_SCHEMES,
        ...(serverName === undefined ? {} : { serverName }),
        ...offer,
      },
      {
        timeoutMs: this.#timeoutMs,
        ...(connect === undefined ? {} : { connect }),
        ...(proxy === undefined ? {} : { proxy }),
        ...(starttls === undefined ? {} : { starttls }),
        ...(family === undefined ? {} : { family }),
      },
    );
    if (answer.stalled && answer.hello === undefined) this.unanswered++;
    return answer;
  }
}

const isEcdhe = (code: number): boolean => /^TLS_ECDHE_(RSA|ECDSA)_/.test(cipherSuite(code).name);

/** Suites that are no offers but signals (RFC 5746, RFC 7507). */
const SIGNALS: ReadonlySet<number> = new Set([0x00ff, 0x5600, 0x0000]);

/** What may be offered for a version, strong ones first; drafts and national suites are left out. */
function suitesFor(version: number): number[] {
  const all = knownCipherSuites().filter((code) => !SIGNALS.has(code) && code < 0xd100 && code >> 8 !== 0xc1);
  if (version === TLS13) return all.filter(isTls13Suite);
  const older = all.filter((code) => !isTls13Suite(code));
  const aead = (code: number): number => (/_(GCM|CCM|POLY1305)/.test(cipherSuite(code).name) ? 0 : 1);
  return older.sort((a, b) => aead(a) - aead(b));
}
