import { fileURLToPath } from 'node:url';
import type { World } from '../platform/world.ts';

/** A page of templates/page with its style. They lie beside `dist/`, where this is bundled, and beside `src/`, where it is not. */
export function readPageTemplate(name: string, world: Pick<World, 'files'>): { html: string; style: string } {
  const read = (file: string): string => {
    const [bundled, source] = ['../templates/page/', '../../templates/page/'].map((folder) =>
      fileURLToPath(new URL(folder + file, import.meta.url)),
    ) as [string, string];
    const bytes = world.files.readIfPresent(bundled) ?? world.files.read(source);
    return Buffer.from(bytes).toString('utf8');
  };
  return { html: read(`${name}.html`), style: read(`${name}.css`) };
}
