import { fileURLToPath } from 'node:url';
import type { World } from '../platform/world.ts';
import type { SharedMessage } from '../wire/between.ts';
import { renderHandshakePage } from '../wire/handshake-page.ts';
import type { HandshakeReport } from '../wire/handshake-report.ts';

/** Writes the page of one handshake to a file that is not there yet. */
export function writeHandshakePage(
  path: string,
  report: HandshakeReport,
  world: World,
  timeline: readonly SharedMessage[] = [],
): void {
  const template = {
    html: readTemplate('handshake.html', world),
    style: readTemplate('handshake.css', world),
  };
  const page = renderHandshakePage(report, template, timeline);
  world.files.createExclusive(path, Buffer.from(page), 0o644);
}

/** The templates lie beside `dist/`, where this is bundled, and beside `src/`, where it is not. */
function readTemplate(name: string, world: World): string {
  const [bundled, source] = ['../templates/page/', '../../templates/page/'].map((folder) =>
    fileURLToPath(new URL(folder + name, import.meta.url)),
  ) as [string, string];
  const bytes = world.files.readIfPresent(bundled) ?? world.files.read(source);
  return Buffer.from(bytes).toString('utf8');
}
