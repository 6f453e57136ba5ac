import type { World } from '../platform/world.ts';
import type { SharedMessage } from '../wire/between.ts';
import { renderHandshakePage } from '../wire/handshake-page.ts';
import type { HandshakeReport } from '../wire/handshake-report.ts';
import { readPageTemplate } from './template-file.ts';

/** Writes the page of one handshake to a file that is not there yet. */
export function writeHandshakePage(
  path: string,
  report: HandshakeReport,
  world: World,
  timeline: readonly SharedMessage[] = [],
): void {
  const page = renderHandshakePage(report, readPageTemplate('handshake', world), timeline);
  world.files.createExclusive(path, Buffer.from(page), 0o644);
}
