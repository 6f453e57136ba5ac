import { DevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { buildTrustAnchor, type TrustAction, type TrustAnchor } from './trust-anchor.ts';
import type { Before } from './trust-store.ts';

/** A line of the journal. Lines of later versions may have more. */
export type JournalLine =
  | {
      readonly id: string;
      readonly event: 'begun';
      readonly action: TrustAction;
      readonly store: string;
      readonly anchor: TrustAnchor;
      readonly before: Before;
    }
  | { readonly id: string; readonly event: 'done' | 'undone' };

export const JOURNAL_SCHEMA = 1;

/** The lines in a text; what is no line of a journal is left out. Throws DEVCA_TRUST_JOURNAL_NEWER. */
export function parseJournalLines(text: string, path: string): readonly JournalLine[] {
  return text.split('\n').flatMap((line) => {
    const fields = parseObject(line);
    if (fields === undefined) return [];
    if (typeof fields['schema'] === 'number' && fields['schema'] > JOURNAL_SCHEMA) {
      throw new DevcaError('DEVCA_TRUST_JOURNAL_NEWER', { path, schema: fields['schema'] });
    }
    const parsed = parseLine(fields);
    return parsed === undefined ? [] : [parsed];
  });
}

function parseLine(fields: Record<string, unknown>): JournalLine | undefined {
  const { id, event, action, store } = fields;
  if (typeof id !== 'string') return undefined;
  if (event === 'done' || event === 'undone') return { id, event };
  if (event !== 'begun' || typeof store !== 'string') return undefined;
  if (action !== 'install' && action !== 'uninstall') return undefined;
  const anchor = parseAnchor(fields['root']);
  const before = fields['before'];
  if (anchor === undefined || !isTexts(before)) return undefined;
  return { id, event, action, store, anchor, before };
}

function parseAnchor(value: unknown): TrustAnchor | undefined {
  if (!isObject(value)) return undefined;
  const { sha256, name, certificate } = value;
  if (typeof name !== 'string' || typeof certificate !== 'string') return undefined;
  const der = new Uint8Array(Buffer.from(certificate, 'base64'));
  return sha256Hex(der) === sha256 ? buildTrustAnchor(der, name) : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Before {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}
