import { DevcaError } from '../errors/devca-error.ts';
import { parseSecretYaml, type YamlNode } from './secret-yaml.ts';

/** One value of a Kubernetes Secret, decoded. */
export interface SecretValue {
  /** `NAMESPACE/NAME`, or what there is of it. */
  readonly secret: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  /** The line that the value begins on. */
  readonly line: number;
}

/** Whether a text is a manifest with a Secret in it, so that it is read as one and not as PEM. */
export const isSecretDocument = (text: string): boolean =>
  /^\s*(?:-\s+)?["']?kind["']?\s*:\s*["']?Secret["']?\s*,?\s*(?:#.*)?$/m.test(text) &&
  /\bapiVersion\b/.test(text);

/**
 * The values of every Secret in a manifest, as YAML or JSON: `data` in base64, `stringData` as it is, Secrets within a
 * List too. Throws DEVCA_SECRET_INVALID.
 */
export function readSecretDocument(text: string, source: string): readonly SecretValue[] {
  return parseSecretYaml(text, source).flatMap((document) => secretsIn(document, source));
}

function secretsIn(document: YamlNode, source: string): SecretValue[] {
  if (document.kind !== 'map') return [];
  const kind = textOf(document.entries.get('kind'));
  if (kind === 'Secret') return valuesOf(document.entries, source);
  const items = document.entries.get('items');
  return items?.kind === 'list' ? items.items.flatMap((item) => secretsIn(item, source)) : [];
}

function valuesOf(entries: ReadonlyMap<string, YamlNode>, source: string): SecretValue[] {
  const metadata = entries.get('metadata');
  const field = (name: string) => (metadata?.kind === 'map' ? textOf(metadata.entries.get(name)) : undefined);
  const secret = [field('namespace'), field('name')].filter((part) => part !== undefined).join('/');
  const read = (name: string, decode: (text: string, line: number, key: string) => Uint8Array) => {
    const node = entries.get(name);
    if (node === undefined || (node.kind === 'scalar' && node.text === '')) return [];
    if (node.kind !== 'map') throw invalid(source, `"${name}" is no mapping`, node.line);
    return [...node.entries].map(([key, value]) => {
      if (value.kind !== 'scalar') throw invalid(source, `"${key}" is no text`, value.line);
      return { secret, key, bytes: decode(value.text, value.line, key), line: value.line };
    });
  };
  return [
    ...read('data', (text, line, key) => decodeBase64(text, line, key, source)),
    ...read('stringData', (text) => Buffer.from(text, 'utf8')),
  ];
}

function decodeBase64(text: string, line: number, key: string, source: string): Uint8Array {
  const digits = text.replace(/\s/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits))
    throw invalid(source, `the base64 of "${key}" is incomplete or has other characters`, line);
  return Buffer.from(digits, 'base64');
}

const textOf = (node: YamlNode | undefined): string | undefined =>
  node?.kind === 'scalar' ? node.text : undefined;

const invalid = (source: string, reason: string, line: number): DevcaError =>
  new DevcaError('DEVCA_SECRET_INVALID', { source, reason, line });
