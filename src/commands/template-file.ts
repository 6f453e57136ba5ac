import { fileURLToPath } from 'node:url';
import type { World } from '../platform/world.ts';

/** A file of templates/. They lie beside `dist/`, where this is bundled, and beside `src/`, where it is not. */
export function readTemplate(
  folder: 'containers' | 'page' | 'services',
  name: string,
  world: Pick<World, 'files'>,
): string {
  const [bundled, source] = ['../templates/', '../../templates/'].map((templates) =>
    fileURLToPath(new URL(`${templates}${folder}/${name}`, import.meta.url)),
  ) as [string, string];
  const bytes = world.files.readIfPresent(bundled) ?? world.files.read(source);
  return Buffer.from(bytes).toString('utf8');
}

/** A page of templates/page with its style. */
export function readPageTemplate(name: string, world: Pick<World, 'files'>): { html: string; style: string } {
  const read = (file: string): string => readTemplate('page', file, world);
  return { html: read(`${name}.html`), style: read(`${name}.css`) };
}
