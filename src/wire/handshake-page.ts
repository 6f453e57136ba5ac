import type { NamedFault } from '../diagnosis/named-fault.ts';
import { forHtml } from '../platform/escape.ts';
import type { SharedMessage } from './between.ts';
import type { HandshakeReport, ReportedMessage } from './handshake-report.ts';
import type { JsonValue } from './message-fields.ts';
import type { Phase } from './phases.ts';
import type { ServedCertificate } from './served-chain.ts';
import type { Finding } from './tables/finding-table.ts';

/** The files of templates/page. */
export interface PageTemplate {
  readonly html: string;
  readonly style: string;
}

/**
 * One page that holds everything about a handshake: it loads nothing, runs nothing, and can be printed.
 * Whatever came from the wire is escaped.
 */
export function renderHandshakePage(
  report: HandshakeReport,
  template: PageTemplate,
  timeline: readonly SharedMessage[] = [],
): string {
  const body = [
    '<main>',
    header(report),
    facts(report),
    waterfall(report),
    ...(timeline.length === 0 ? [] : [bothEnds(timeline)]),
    messages(report),
    chain('Chain as served', report.chain),
    verification(report),
    clientCertificate(report),
    findings(report.findings),
    '<footer>Written by devca. Times are microseconds of a monotonic clock, shown in milliseconds.</footer>',
    '</main>',
  ].join('\n');
  const parts: Readonly<Record<string, string>> = {
    title: `${forHtml(report.target)}: TLS handshake`,
    style: template.style,
    body,
  };
  return template.html.replace(/\{\{(title|style|body)\}\}/g, (_match, name: string) => parts[name] ?? '');
}

const e = forHtml;

const milliseconds = (microseconds: number): string => `${(microseconds / 1000).toFixed(3)} ms`;

function header({ target, address, established, startedAt, alert }: HandshakeReport): string {
  const badge = established
    ? '<span class="badge good">established</span>'
    : '<span class="badge bad">not established</span>';
  const why =
    alert === null
      ? ''
      : `<p class="bad">The ${e(alert.from)} sent <code>${e(alert.description)}</code>: ${e(alert.meaning)}.</p>${faultLine(alert.fault)}`;
  return `<header><h1>${e(target)}</h1><p>${badge} <span class="quiet">${e(address)}, ${e(startedAt)}</span></p>${why}</header>`;
}

function facts(report: HandshakeReport): string {
  const { negotiation } = report;
  const rows: [string, string | null][] = [
    ['Version', report.protocol],
    ['Cipher suite', report.cipherSuite],
    ['Key exchange', report.group],
    ['Signature', report.signatureScheme],
    ['Application protocol (ALPN)', report.alpn ?? 'none'],
    ['Server name (SNI)', negotiation.serverName ?? 'not sent'],
    ['Session', report.resumed ? 'resumed' : 'new'],
    ['Round trips', `${report.roundTrips}`],
    ['Client certificate', clientCertificateWord(report)],
    ['OCSP staple', negotiation.ocspStapleBytes > 0 ? `${negotiation.ocspStapleBytes} bytes` : 'none'],
  ];
  const items = rows.map(
    ([name, value]) => `<div><dt>${e(name)}</dt><dd>${e(value ?? 'none chosen')}</dd></div>`,
  );
  return section('What was agreed', `<dl class="facts">${items.join('')}</dl>`);
}

function clientCertificateWord({ negotiation }: HandshakeReport): string {
  if (!negotiation.clientCertificateRequested) return 'not asked for';
  return negotiation.clientCertificateSent ? 'asked for and sent' : 'asked for, not sent';
}

function waterfall({ phases }: HandshakeReport): string {
  const steps: [string, number | null, string][] = [
    ['Name (DNS)', phases.dns, ''],
    ['Connection (TCP)', phases.tcp, ''],
    ['Before TLS', phases.prelude, ''],
    ['1 Hello and cipher suite', phases.hello, 'hello'],
    ['2 Certificates and authentication', phases.authentication, 'authentication'],
    ['3 Key exchange and Finished', phases.finished, 'finished'],
  ];
  const total = steps.reduce((sum, [, time]) => sum + (time ?? 0), 0) || 1;
  let begin = 0;
  const bars = steps.flatMap(([name, time, kind]) => {
    if (time === null) return [];
    const style = `left:${percent(begin, total)};width:${percent(time, total)}`;
    begin += time;
    return `<span>${e(name)}</span><div class="track"><div class="bar ${kind}" style="${style}"></div></div><span class="number">${milliseconds(time)}</span>`;
  });
  return section('Where the time went', `<div class="bars">${bars.join('')}</div>`);
}

const percent = (part: number, total: number): string => `${((part / total) * 100).toFixed(2)}%`;

function bothEnds(timeline: readonly SharedMessage[]): string {
  const last = Math.max(
    1,
    ...timeline.map(({ sentAt, receivedAt }) => Math.max(sentAt ?? 0, receivedAt ?? 0)),
  );
  const rows = timeline.map(({ from, type, phase, sentAt, receivedAt }) => {
    const begin = sentAt ?? receivedAt ?? 0;
    const style = `left:${percent(begin, last)};width:${percent(Math.max(0, (receivedAt ?? begin) - begin), last)}`;
    const times = [sentAt, receivedAt]
      .map((at) => (at === null ? 'not seen' : milliseconds(at)))
      .join(' to ');
    return `<span>${from === 'client' ? '→' : '←'} ${e(type)}</span><div class="track"><div class="bar ${phase}" style="${style}"></div></div><span class="number">${times}</span>`;
  });
  return section('Both ends on one clock', `<div class="bars">${rows.join('')}</div>`);
}

const PHASES: readonly (readonly [Phase, string])[] = [
  ['hello', '1 Hello and cipher suite'],
  ['authentication', '2 Certificates and authentication'],
  ['finished', '3 Key exchange and Finished'],
];

function messages(report: HandshakeReport): string {
  const groups = PHASES.flatMap(([phase, title]) => {
    const own = report.messages.filter((message) => message.phase === phase);
    if (own.length === 0) return [];
    return `<h3>${title}</h3><div class="phase ${phase}">${own.map(messageDetails).join('\n')}</div>`;
  });
  return section('Messages', groups.join('\n'), 'messages');
}

function messageDetails(message: ReportedMessage): string {
  const { at, from, type, bytes, encrypted, summary, fields } = message;
  const way = from === 'client' ? 'client → server' : 'client ← server';
  const lock = encrypted ? ' <span class="lock">encrypted</span>' : '';
  const line = `<span class="number">${milliseconds(at)}</span><span class="way">${way}</span><span class="name ${from}">${e(type)}${lock}</span><span class="number">${bytes} B</span><span class="text">${e(summary)}</span>`;
  return `<details class="message"><summary>${line}</summary>${fieldTable(fields)}</details>`;
}

function fieldTable(fields: Readonly<Record<string, JsonValue>>): string {
  const rows = Object.entries(fields).map(
    ([name, value]) => `<tr><th scope="row">${e(name)}</th><td>${fieldValue(value)}</td></tr>`,
  );
  return rows.length === 0
    ? '<p class="quiet">no fields</p>'
    : `<table class="fields"><tbody>${rows.join('')}</tbody></table>`;
}

function fieldValue(value: JsonValue): string {
  if (Array.isArray(value)) {
    const simple = value.every((item) => typeof item !== 'object');
    return simple
      ? e(value.join(', '))
      : value.map((item) => `<div><code>${e(JSON.stringify(item))}</code></div>`).join('');
  }
  return typeof value === 'object' ? `<code>${e(JSON.stringify(value))}</code>` : e(String(value));
}

function chain(title: string, certificates: readonly ServedCertificate[]): string {
  if (certificates.length === 0) return '';
  const items = certificates.map(
    ({ position, subject, issuer, key, notBefore, notAfter, names, sha256, malformed }) => {
      if (malformed !== undefined) return `<li>${position} <span class="bad">${e(malformed)}</span></li>`;
      const validity = `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
      return `<li><strong>${position} ${e(subject || '(no subject)')}</strong><p class="quiet">issued by ${e(issuer)} · ${e(key)} · ${e(validity)}</p><p>${e(names.join(', '))}</p><code class="quiet">${e(sha256)}</code></li>`;
    },
  );
  return section(title, `<ol class="chain">${items.join('')}</ol>`);
}

function verification({ verification: verdict, chain: served }: HandshakeReport): string {
  if (served.length === 0) return '';
  const { valid, acceptedBy, problems, runtime } = verdict;
  const own =
    valid === null
      ? '<p class="quiet">devca had no roots to verify with.</p>'
      : valid
        ? `<p><strong class="good">Valid</strong>, by the roots of: ${e(acceptedBy.join(', '))}.</p>`
        : '<p><strong class="bad">Not valid.</strong></p>';
  const reasons = problems.map(
    ({ code, message, fix, fault = null }) =>
      `<div class="finding"><p>${e(message)} <code class="quiet">${e(code)}</code></p>${faultLine(fault)}<p class="quiet">${e(fix ?? '')}</p></div>`,
  );
  const other =
    runtime === null
      ? ''
      : `<p class="quiet">The TLS library of the runtime ${runtime.authorized ? 'accepts it' : `refuses it: ${e(runtime.code ?? '')}`}.</p>`;
  return section('Verification', own + reasons.join('') + other);
}

function clientCertificate({ clientCertificate: asked }: HandshakeReport): string {
  if (asked === null) return '';
  const from =
    asked.acceptableAuthorities.length === 0 ? 'any authority' : asked.acceptableAuthorities.join('; ');
  const clients = (asked.match?.clients ?? []).map(
    ({ client, sends, reason }) =>
      `<p><strong>${e(client)}</strong>: ${sends ? 'sends the certificate' : `<span class="warning">sends none</span>, ${e(reason ?? '')}`}</p>`,
  );
  return section('Client certificate', `<p>Asked for, from ${e(from)}.</p>${clients.join('')}`);
}

function findings(list: readonly Finding[]): string {
  if (list.length === 0)
    return section('Findings', '<p class="good">Nothing to say against this handshake.</p>');
  const items = list.map(
    ({ code, severity, message, fix, fault = null }) =>
      `<div class="finding"><p><strong class="${severity}">${severity}</strong> ${e(message)} <code class="quiet">${e(code)}</code></p>${faultLine(fault)}<p class="quiet">${e(fix)}</p></div>`,
  );
  return section('Findings', items.join(''));
}

const faultLine = (fault: NamedFault | null): string =>
  fault === null
    ? ''
    : `<p class="quiet">${e(fault.title)} <code>${e(fault.code)}</code>; likely: ${e(fault.cause)}</p>`;

const section = (title: string, contents: string, name = ''): string =>
  `<section${name === '' ? '' : ` class="${name}"`}><h2>${title}</h2>${contents}</section>`;
