import type { Output } from '../cli/output.ts';
import { formatFields } from '../cli/table.ts';
import type { NamedFault } from '../diagnosis/named-fault.ts';
import { forTerminal } from '../platform/escape.ts';
import type { HandshakeReport, ReportedMessage, TranscriptReport } from '../wire/handshake-report.ts';
import type { JsonValue } from '../wire/message-fields.ts';
import type { Phase } from '../wire/phases.ts';
import type { ServedReport } from '../wire/served-report.ts';
import type { Finding } from '../wire/tables/finding-table.ts';

type Styled = Pick<Output, 'style'>;

/** A handshake as a person reads it: what was agreed, the times, the three phases, the chain, what is wrong. */
export function handshakeText(report: HandshakeReport, verbose: boolean, output: Styled): string {
  const { dns, tcp, prelude, hello, authentication, finished } = report.phases;
  const times = [
    time('DNS', dns),
    time('TCP', tcp),
    time('before TLS', prelude),
    time('hello', hello),
    time('authentication', authentication),
    time('finished', finished),
    report.roundTrips === 0
      ? undefined
      : `${report.roundTrips} round ${report.roundTrips === 1 ? 'trip' : 'trips'}`,
  ];
  return [
    headline(`${report.target} (${report.address})`, report.established, output),
    agreement(report),
    times.filter((part) => part !== undefined).join(' · '),
    ...timeline(report.messages, verbose, output),
    ...chainSection('chain as served', report.chain, output),
    ...verificationSection(report, output),
    ...clientCertificateSection(report, output),
    ...findingsSection(report.findings, output),
  ].join('\n');
}

/** The same from a server's side. */
export function servedText(report: ServedReport, verbose: boolean, output: Styled): string {
  return [
    headline(`client ${report.client}`, report.established, output),
    agreement(report),
    ...timeline(report.messages, verbose, output),
    ...chainSection("client's chain", report.clientChain, output),
    ...findingsSection(report.findings, output),
  ].join('\n');
}

/** A connection of a capture: nobody's side. */
export function transcriptText(
  title: string,
  report: TranscriptReport,
  verbose: boolean,
  output: Styled,
): string {
  return [
    output.style('bold', forTerminal(title)),
    agreement(report),
    ...timeline(report.messages, verbose, output),
    ...chainSection('chain as served', report.chain, output),
    ...chainSection("client's chain", report.clientChain, output),
  ].join('\n');
}

export function findingsSection(findings: readonly Finding[], output: Styled): string[] {
  if (findings.length === 0) return [];
  const lines = findings.flatMap(({ code, severity, message, fix, fault }) => [
    `  ${output.style(SEVERITY_STYLE[severity], severity)}: ${forTerminal(message)} [${code}]`,
    ...faultLines(fault, message),
    `    ${forTerminal(fix)}`,
  ]);
  return ['', output.style('bold', 'findings'), ...lines];
}

/** The fault by its name, unless the message has it, and why it happens most often. */
export function faultLines(fault: NamedFault | undefined, message: string): string[] {
  if (fault === undefined) return [];
  const { code, title, cause } = fault;
  return [`    fault: ${message.includes(title) ? '' : `${title} `}[${code}]`, `    likely: ${cause}`];
}

const SEVERITY_STYLE = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

const PHASES: readonly (readonly [Phase, string])[] = [
  ['hello', '1 hello and cipher suite'],
  ['authentication', '2 certificates and authentication'],
  ['finished', '3 key exchange and Finished'],
];

function headline(title: string, established: boolean, output: Styled): string {
  const word = established ? output.style('green', 'established') : output.style('red', 'not established');
  return `${output.style('bold', forTerminal(title))}  ${word}`;
}

function agreement(report: TranscriptReport): string {
  const { protocol, cipherSuite, group, signatureScheme, alpn, resumed, negotiation } = report;
  const parts = [
    protocol,
    cipherSuite,
    group,
    signatureScheme,
    alpn === null ? undefined : `ALPN ${alpn}`,
    negotiation.serverName === null ? undefined : `SNI ${negotiation.serverName}`,
    resumed ? 'resumed' : undefined,
    negotiation.ocspStapleBytes > 0 ? 'OCSP staple' : undefined,
    negotiation.scts > 0 ? `${negotiation.scts} SCTs` : undefined,
  ].filter((part): part is string => typeof part === 'string');
  return parts.length === 0 ? 'nothing was agreed on' : forTerminal(parts.join(' · '));
}

function timeline(messages: readonly ReportedMessage[], verbose: boolean, output: Styled): string[] {
  return PHASES.flatMap(([phase, title]) => {
    const own = messages.filter((message) => message.phase === phase);
    if (own.length === 0) return [];
    return [
      '',
      output.style('bold', title),
      ...own.flatMap((message) => messageLines(message, verbose, output)),
    ];
  });
}

function messageLines(message: ReportedMessage, verbose: boolean, output: Styled): string[] {
  const { at, from, type, bytes, encrypted, summary } = message;
  const arrow = from === 'client' ? output.style('cyan', '->') : output.style('green', '<-');
  const milliseconds = (at / 1000).toFixed(3).padStart(10);
  const name = `${type}${encrypted ? ' *' : ''}`.padEnd(24);
  const line = `${milliseconds} ms ${arrow} ${name} ${String(bytes).padStart(6)} B  ${forTerminal(summary)}`;
  return [line.trimEnd(), ...(verbose ? fieldLines(message.fields, '                    ') : [])];
}

function fieldLines(fields: Readonly<Record<string, JsonValue>>, indent: string): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    Array.isArray(value) && value.some((item) => typeof item === 'object')
      ? [`${indent}${name}:`, ...value.map((item) => `${indent}  ${forTerminal(JSON.stringify(item))}`)]
      : [`${indent}${name}: ${forTerminal(typeof value === 'string' ? value : JSON.stringify(value))}`],
  );
}

function chainSection(title: string, chain: TranscriptReport['chain'], output: Styled): string[] {
  if (chain.length === 0) return [];
  const lines = chain.map(
    ({ position, subject, key, notAfter, names, malformed }) =>
      `  ${position}  ${forTerminal(
        malformed ??
          [subject || '(no subject)', key, `until ${notAfter.slice(0, 10)}`, names.join(', ')]
            .join('  ')
            .trimEnd(),
      )}`,
  );
  return ['', output.style('bold', title), ...lines];
}

function verificationSection({ verification, chain, findings }: HandshakeReport, output: Styled): string[] {
  const { valid, acceptedBy, problems, runtime } = verification;
  if (chain.length === 0) return [];
  // What a finding names need not be named twice.
  const named = new Set(findings.map(({ fault }) => fault?.code));
  const own =
    valid === null
      ? 'no roots to verify with'
      : valid
        ? `${output.style('green', 'valid')}, by the roots of: ${forTerminal(acceptedBy.join(', '))}`
        : output.style('red', 'not valid');
  const nodes =
    runtime === null ? undefined : runtime.authorized ? 'accepts it' : `refuses it: ${runtime.code}`;
  return [
    '',
    output.style('bold', 'verification'),
    `  devca: ${own}`,
    ...problems.flatMap(({ code, message, fix, fault }) => [
      `    ${forTerminal(message)} [${code}]`,
      ...(named.has(fault?.code) ? [] : faultLines(fault, message)),
      ...(fix === undefined ? [] : [`    ${forTerminal(fix)}`]),
    ]),
    ...(nodes === undefined ? [] : [`  the runtime's TLS: ${forTerminal(nodes)}`]),
  ];
}

function clientCertificateSection({ clientCertificate }: HandshakeReport, output: Styled): string[] {
  if (clientCertificate === null) return [];
  const { acceptableAuthorities, schemes, match } = clientCertificate;
  const fields = formatFields(
    [
      ['from', acceptableAuthorities.length === 0 ? 'any authority' : acceptableAuthorities.join('; ')],
      ['schemes', schemes.join(', ')],
      ...(match?.clients ?? []).map(({ client, sends, reason }): [string, string] => [
        client,
        sends ? 'sends the certificate' : `sends none: ${reason}`,
      ]),
    ],
    '  ',
  );
  return ['', output.style('bold', 'client certificate asked for'), fields];
}

const time = (name: string, microseconds: number | null): string | undefined =>
  microseconds === null ? undefined : `${name} ${(microseconds / 1000).toFixed(2)} ms`;
