import { extensionValue, hasExtension } from './extension-list.ts';
import type { HandshakeMessage } from './handshake-message.ts';
import { offeredVersions, serverNameOf } from './hello-messages.ts';
import { describeServedChain } from './served-chain.ts';
import { type CodePoint, isGrease } from './tables/code-points.ts';
import type { Alert, TranscriptEntry } from './transcript.ts';

/** The one line that matters of a message. Foreign text in it is not escaped yet. */
export function entrySummary(entry: TranscriptEntry): string {
  const { content } = entry;
  if (content === undefined) return entry.type === 'encrypted' ? 'no secret at hand opens this record' : '';
  const summarize = SUMMARIES[content.type] as ((content: HandshakeMessage | Alert) => string) | undefined;
  return summarize?.(content) ?? '';
}

type Content<Type extends string, Member = HandshakeMessage | Alert> = Member extends {
  readonly type: infer Of;
}
  ? Type extends Of
    ? Member
    : never
  : never;

const SUMMARIES: {
  readonly [Type in (HandshakeMessage | Alert)['type']]?: (content: Content<Type>) => string;
} = {
  client_hello: (hello) => {
    const alpn = extensionValue(hello.extensions, 'application_layer_protocol_negotiation')?.protocols;
    const groups = extensionValue(hello.extensions, 'supported_groups')?.groups;
    const psk = extensionValue(hello.extensions, 'pre_shared_key');
    return joined(
      list(offeredVersions(hello)),
      `${named(hello.cipherSuites).length} cipher suites`,
      groups === undefined ? undefined : `groups ${list(groups, 3)}`,
      serverNameOf(hello) === undefined ? 'no SNI' : `SNI ${serverNameOf(hello)}`,
      alpn === undefined ? undefined : `ALPN ${alpn.join(', ')}`,
      psk === undefined ? undefined : 'offers to resume',
      hasExtension(hello.extensions, 'early_data') ? 'sends early data' : undefined,
    );
  },
  server_hello: (hello) => {
    const share = extensionValue(hello.extensions, 'key_share')?.shares[0];
    return joined(
      hello.version.name,
      hello.cipherSuite.name,
      share?.group.name,
      hasExtension(hello.extensions, 'pre_shared_key') ? 'resumes' : undefined,
    );
  },
  hello_retry_request: (hello) => {
    const share = extensionValue(hello.extensions, 'key_share')?.shares[0];
    return share === undefined
      ? 'asks for another client_hello'
      : `asks for a key share of ${share.group.name}`;
  },
  encrypted_extensions: ({ extensions }) => {
    const alpn = extensionValue(extensions, 'application_layer_protocol_negotiation')?.protocols[0];
    return joined(
      alpn === undefined ? 'no ALPN' : `ALPN ${alpn}`,
      hasExtension(extensions, 'early_data') ? 'accepts early data' : undefined,
    );
  },
  certificate: ({ certificates }) => chainSummary(certificates.map(({ der }) => der)),
  compressed_certificate: (message) =>
    joined(
      `${message.algorithm.name}, ${message.compressedBytes} of ${message.uncompressedBytes} bytes`,
      message.certificates.length === 0
        ? undefined
        : chainSummary(message.certificates.map(({ der }) => der)),
    ),
  certificate_request: ({ authorities, schemes }) =>
    joined(
      authorities.length === 0
        ? 'from any authority'
        : `from ${authorities[0]?.name}${authorities.length > 1 ? ` and ${authorities.length - 1} more` : ''}`,
      schemes.length === 0 ? undefined : `${schemes.length} signature schemes`,
    ),
  certificate_verify: ({ scheme, signatureBytes }) =>
    joined(scheme?.name, `signature of ${signatureBytes} bytes`),
  certificate_status: ({ responseBytes }) => `OCSP response of ${responseBytes} bytes`,
  server_key_exchange: ({ group, primeBits, scheme }) =>
    joined(group?.name ?? (primeBits === undefined ? undefined : `prime of ${primeBits} bits`), scheme?.name),
  client_key_exchange: ({ exchangeBytes, pskIdentity }) =>
    joined(`${exchangeBytes} bytes`, pskIdentity === undefined ? undefined : `identity ${pskIdentity}`),
  new_session_ticket: ({ ticketBytes, lifetimeSeconds, maxEarlyDataSize }) =>
    joined(
      `ticket of ${ticketBytes} bytes for ${lifetimeSeconds} s`,
      maxEarlyDataSize === undefined ? undefined : `early data up to ${maxEarlyDataSize} bytes`,
    ),
  key_update: ({ updateRequested }) => (updateRequested ? 'asks for the same in return' : ''),
  alert: ({ level, description }) => `${level} ${description.name} (${description.code})`,
};

function chainSummary(chain: readonly Uint8Array[]): string {
  if (chain.length === 0) return 'no certificate';
  const { certificates } = describeServedChain(chain);
  const [endEntity] = certificates;
  const subject = endEntity?.malformed === undefined ? endEntity?.subject || '(no subject)' : 'malformed';
  return joined(
    subject,
    endEntity?.key,
    chain.length > 1 ? `${chain.length} certificates` : undefined,
    endEntity?.notAfter === '' ? undefined : `until ${endEntity?.notAfter.slice(0, 10)}`,
  );
}

const named = (codes: readonly CodePoint[]): string[] =>
  codes.filter(({ code }) => !isGrease(code)).map(({ name }) => name);

function list(codes: readonly CodePoint[], most = 4): string {
  const all = named(codes);
  return all.length > most ? `${all.slice(0, most).join(', ')} ...` : all.join(', ');
}

const joined = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' · ');
