import type { Output } from '../cli/output.ts';
import { formatFields, formatTable } from '../cli/table.ts';
import { forTerminal } from '../platform/escape.ts';
import type { CostReport, HandshakeCost } from '../wire/measure-cost.ts';
import type { ScanReport } from '../wire/scan-report.ts';
import { findingsSection } from './handshake-text.ts';

type Styled = Pick<Output, 'style'>;

/** What handshakes cost, in a table with a histogram of the full ones. */
export function costText(cost: CostReport, output: Styled): string {
  const rows = [costRow('full', cost.full), costRow('resumed', cost.resumed)].filter(
    (row) => row !== undefined,
  );
  const heading = ['HANDSHAKE', 'RUNS', 'MEDIAN', 'P90', 'P99', 'MAX', 'ROUND TRIPS', 'SENT', 'RECEIVED'];
  return [
    formatTable(heading, rows, output),
    ...(cost.failures === 0
      ? []
      : [`${cost.failures} failed, the last: ${forTerminal(cost.lastFailure ?? '')}`]),
    ...(cost.full === null ? [] : ['', output.style('bold', 'full handshakes'), ...histogram(cost.full)]),
    ...(cost.savedPercent === null ? [] : ['', `resumption saves ${cost.savedPercent} % of the median`]),
    cost.maxEarlyDataSize === null
      ? 'early data (0-RTT): not offered'
      : `early data (0-RTT): up to ${cost.maxEarlyDataSize} bytes, which can be replayed`,
    ...(cost.initialWindow === null
      ? []
      : [
          `the server's first flight: ${cost.initialWindow.bytes} of the ${cost.initialWindow.limit} bytes that fit into the first window`,
        ]),
    ...findingsSection(cost.tips, output),
  ].join('\n');
}

/** What a server accepts, and what is wrong with that. */
export function scanText(scan: ScanReport, output: Styled): string {
  const style = ({ A: 'green', B: 'green', C: 'yellow', F: 'red' } as const)[scan.grade];
  return [
    `${output.style('bold', forTerminal(scan.target))}  grade ${output.style(style, scan.grade)}, ${scan.connections} connections`,
    formatFields([
      ['versions', scan.versions.join(', ') || 'none'],
      ...Object.entries(scan.cipherSuites).map(([version, suites]): [string, string] => [
        version,
        suites.join(', ') || 'none',
      ]),
      [
        'order',
        scan.serverPreference === null ? '' : scan.serverPreference ? "the server's" : "the client's",
      ],
      ['groups', scan.groups.join(', ')],
      ['signatures', scan.signatureSchemes.join(', ')],
      ['ALPN', scan.alpn.join(', ')],
      [
        'resumption',
        Object.entries(scan.resumption)
          .map(([version, works]) => `${version} ${works ? 'yes' : 'no'}`)
          .join(', '),
      ],
      ['client certificate', scan.clientCertificate],
    ]),
    ...findingsSection(scan.findings, output),
  ].join('\n');
}

function costRow(name: string, cost: HandshakeCost | null): string[] | undefined {
  if (cost === null) return undefined;
  const { count, median, p90, p99, max } = cost.tls;
  return [
    name,
    `${count}`,
    ...[median, p90, p99, max].map((value) => `${(value / 1000).toFixed(2)} ms`),
    `${cost.roundTrips}`,
    `${cost.bytesSent} B`,
    `${cost.bytesReceived} B`,
  ];
}

const BAR = 40;

function histogram({ tls }: HandshakeCost): string[] {
  const most = Math.max(...tls.histogram.map(({ count }) => count));
  return tls.histogram.map(({ from, to, count }, index) => {
    const last = index === tls.histogram.length - 1;
    const range = `${(from / 1000).toFixed(2)} .. ${last ? '' : (to / 1000).toFixed(2)}`.padEnd(18);
    return `  ${range} ${'#'.repeat(Math.round((count / most) * BAR))} ${count}`.trimEnd();
  });
}
