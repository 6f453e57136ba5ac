import { extensionValue, hasExtension } from './extension-list.ts';
import type { NewSessionTicket } from './handshake-message.ts';
import { offeredVersions, serverNameOf } from './hello-messages.ts';
import { isTls13Suite, suiteKeyExchange } from './tables/cipher-suites.ts';
import { type CodePoint, isGrease } from './tables/code-points.ts';
import { firstEntry, firstMessage, type Transcript } from './transcript.ts';

/** What one side offered and the other chose. `null` where nothing was chosen (yet). */
export interface Negotiation {
  readonly protocol: string | null;
  readonly cipherSuite: string | null;
  /** The group of the key exchange; `rsa` where the client's secret is encrypted under the certificate's key. */
  readonly group: string | null;
  /** With which the server proved that it has the key of its certificate. */
  readonly signatureScheme: string | null;
  readonly clientSignatureScheme: string | null;
  readonly alpn: string | null;
  readonly serverName: string | null;
  readonly resumed: boolean;
  readonly retried: boolean;
  readonly clientCertificateRequested: boolean;
  readonly clientCertificateSent: boolean;
  /** Bytes of the OCSP response that was stapled to the end entity; 0 for none. */
  readonly ocspStapleBytes: number;
  /** Signed certificate timestamps that came beside the certificate, in TLS. */
  readonly scts: number;
  readonly certificateCompression: string | null;
  readonly encryptThenMac: boolean;
  readonly extendedMasterSecret: boolean;
  readonly earlyDataAccepted: boolean;
  /** The server says that the handshake was pushed below what it can do (RFC 8446 section 4.1.3). */
  readonly downgrade: string | null;
  readonly tickets: readonly TicketFacts[];
  readonly offered: Offered;
}

export interface TicketFacts {
  readonly lifetimeSeconds: number;
  readonly bytes: number;
  readonly maxEarlyDataSize: number | null;
}

export interface Offered {
  readonly versions: readonly string[];
  readonly cipherSuites: readonly string[];
  readonly groups: readonly string[];
  readonly keyShares: readonly string[];
  readonly signatureSchemes: readonly string[];
  readonly alpn: readonly string[];
}

/** Reads what was offered and chosen out of a transcript. */
export function negotiationOf(transcript: Transcript): Negotiation {
  const hello = firstMessage(transcript, 'client_hello');
  const answer = firstMessage(transcript, 'server_hello');
  const encrypted = firstMessage(transcript, 'encrypted_extensions');
  const exchange = firstMessage(transcript, 'server_key_exchange');
  const compressed = firstMessage(transcript, 'compressed_certificate', 'server');
  const certificates =
    firstMessage(transcript, 'certificate', 'server')?.certificates ?? compressed?.certificates ?? [];
  const endEntity = certificates[0]?.extensions;
  const serverExtensions = [...(answer?.extensions ?? []), ...(encrypted?.extensions ?? [])];
  const scts = endEntity ?? serverExtensions;
  return {
    protocol: answer?.version.name ?? null,
    cipherSuite: answer?.cipherSuite.name ?? null,
    group: groupOf(transcript),
    signatureScheme:
      exchange?.scheme?.name ??
      firstMessage(transcript, 'certificate_verify', 'server')?.scheme?.name ??
      null,
    clientSignatureScheme: firstMessage(transcript, 'certificate_verify', 'client')?.scheme?.name ?? null,
    alpn: extensionValue(serverExtensions, 'application_layer_protocol_negotiation')?.protocols[0] ?? null,
    serverName: hello === undefined ? null : (serverNameOf(hello) ?? null),
    resumed: isResumed(transcript),
    retried: firstMessage(transcript, 'hello_retry_request') !== undefined,
    clientCertificateRequested: firstMessage(transcript, 'certificate_request') !== undefined,
    clientCertificateSent: (firstMessage(transcript, 'certificate', 'client')?.certificates.length ?? 0) > 0,
    ocspStapleBytes:
      extensionValue(endEntity, 'status_request')?.response ??
      firstMessage(transcript, 'certificate_status')?.responseBytes ??
      0,
    scts:
      extensionValue(scts, 'signed_certificate_timestamp')?.timestamps ??
      extensionValue(serverExtensions, 'signed_certificate_timestamp')?.timestamps ??
      0,
    certificateCompression: compressed?.algorithm.name ?? null,
    encryptThenMac: hasExtension(serverExtensions, 'encrypt_then_mac'),
    extendedMasterSecret: hasExtension(serverExtensions, 'extended_master_secret'),
    earlyDataAccepted: hasExtension(encrypted?.extensions, 'early_data'),
    downgrade: answer?.downgrade ?? null,
    tickets: ticketsOf(transcript),
    offered: offeredBy(transcript),
  };
}

function offeredBy(transcript: Transcript): Offered {
  const hello = firstMessage(transcript, 'client_hello');
  const extensions = hello?.extensions;
  return {
    versions: names(hello === undefined ? [] : offeredVersions(hello)),
    cipherSuites: names(hello?.cipherSuites),
    groups: names(extensionValue(extensions, 'supported_groups')?.groups),
    keyShares: names(extensionValue(extensions, 'key_share')?.shares.map(({ group }) => group)),
    signatureSchemes: names(extensionValue(extensions, 'signature_algorithms')?.schemes),
    alpn: extensionValue(extensions, 'application_layer_protocol_negotiation')?.protocols ?? [],
  };
}

function groupOf(transcript: Transcript): string | null {
  const answer = firstMessage(transcript, 'server_hello');
  const share = extensionValue(answer?.extensions, 'key_share')?.shares[0];
  if (share !== undefined) return share.group.name;
  const exchange = firstMessage(transcript, 'server_key_exchange');
  if (exchange?.group !== undefined) return exchange.group.name;
  if (exchange?.primeBits !== undefined) return `dh ${exchange.primeBits} bits`;
  if (answer === undefined || isTls13Suite(answer.cipherSuite.code) || isResumed(transcript)) return null;
  return suiteKeyExchange(answer.cipherSuite.code) === 'rsa' ? 'rsa' : null;
}

/** By the identity that the server selected in TLS 1.3; before, by a server that finishes without a key exchange. */
function isResumed(transcript: Transcript): boolean {
  const answer = firstMessage(transcript, 'server_hello');
  if (answer === undefined) return false;
  if (answer.version.code >= 0x0304) return hasExtension(answer.extensions, 'pre_shared_key');
  return (
    firstEntry(transcript, 'change_cipher_spec', 'server') !== undefined &&
    firstEntry(transcript, 'server_hello_done') === undefined
  );
}

function ticketsOf(transcript: Transcript): TicketFacts[] {
  return transcript.entries
    .map(({ content }) => content)
    .filter((content): content is NewSessionTicket => content?.type === 'new_session_ticket')
    .map(({ lifetimeSeconds, ticketBytes, maxEarlyDataSize }) => ({
      lifetimeSeconds,
      bytes: ticketBytes,
      maxEarlyDataSize: maxEarlyDataSize ?? null,
    }));
}

/** GREASE is noise on purpose and left out. */
const names = (codes: readonly CodePoint[] = []): string[] =>
  codes.filter(({ code }) => !isGrease(code)).map(({ name }) => name);
