import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one program printed about one fault, as recorded from the real thing. */
export interface Transcript {
  readonly program: string;
  readonly id: string;
  /** The faults that it may be called for certain, the true one first. */
  readonly faults: readonly string[];
  readonly text: string;
}

const FOLDER = join(import.meta.dirname, 'fixtures');

/** Every recorded transcript; `record.ts` beside the integration tests writes them. */
export const transcripts = (): Transcript[] =>
  readdirSync(FOLDER).flatMap((file) =>
    parse(file.replace('.txt', ''), readFileSync(join(FOLDER, file), 'utf8')),
  );

export function formatTranscripts(heading: string, all: readonly Omit<Transcript, 'program'>[]): string {
  const sections = all.map(({ id, faults, text }) => `## ${id}: ${faults.join(', ')}\n${text.trim()}\n`);
  return [`# ${heading}\n`, ...sections].join('\n');
}

function parse(program: string, file: string): Transcript[] {
  return file
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      const [id = '', faults = ''] = section.slice(0, end).split(': ');
      return { program, id, faults: faults.split(', '), text: section.slice(end + 1).trim() };
    });
}
