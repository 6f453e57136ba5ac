import { forTerminal } from '../platform/escape.ts';
import type { HandshakeReport, ReportedMessage } from '../wire/handshake-report.ts';
import { formatTarget, parseTarget } from '../wire/target.ts';

/** A handshake in the manner of `curl -v`, for those who know where to look in that. */
export function curlText(report: HandshakeReport): string {
  const { target, address, protocol, cipherSuite, group, signatureScheme, alpn, negotiation, chain } = report;
  const peer = parseTarget(address);
  const name = parseTarget(target, peer.port);
  const offered = negotiation.offered.alpn;
  const [endEntity] = chain;
  const lines = [
    `*   Trying ${formatTarget(peer)}...`,
    `* Connected to ${name.host} (${peer.host}) port ${peer.port}`,
    ...(offered.length === 0 ? [] : [`* ALPN: offers ${offered.join(',')}`]),
    ...report.messages.map((message) => messageLine(message, protocol)),
    ...(report.established
      ? [
          `* SSL connection using ${protocol} / ${cipherSuite} / ${group} / ${signatureScheme}`,
          `* ALPN: ${alpn === null ? 'server did not agree on a protocol' : `server accepted ${alpn}`}`,
        ]
      : []),
    ...(endEntity === undefined
      ? []
      : [
          '* Server certificate:',
          `*  subject: ${endEntity.subject}`,
          `*  start date: ${endEntity.notBefore}`,
          `*  expire date: ${endEntity.notAfter}`,
          `*  subjectAltName: ${endEntity.names.join(', ')}`,
          `*  issuer: ${endEntity.issuer}`,
          `*  ${verifyLine(report)}`,
        ]),
    ...report.findings.filter(({ severity }) => severity === 'error').map(({ message }) => `* ${message}`),
  ];
  return lines.map(forTerminal).join('\n');
}

function messageLine({ from, type, bytes }: ReportedMessage, protocol: string | null): string {
  const way = from === 'client' ? 'OUT' : 'IN';
  return `* ${protocol ?? 'TLS'} (${way}), TLS ${type === 'alert' ? 'alert' : 'handshake'}, ${type} (${bytes} bytes):`;
}

function verifyLine({ verification }: HandshakeReport): string {
  const { valid, problems, runtime } = verification;
  if (valid === true || (valid === null && runtime?.authorized === true)) return 'SSL certificate verify ok.';
  return `SSL certificate verify result: ${problems[0]?.message ?? runtime?.code ?? 'unknown'}`;
}
