import { DevcaError } from '../errors/devca-error.ts';
import { isKeyType, KEY_TYPES } from '../pki/key.ts';

/** Texts of a request, besides its names. */
const TEXTS = ['commonName', 'trustDomain'] as const;

/** What programs hand over has the shape that its type says only where they are checked too. Throws DEVCA_ISSUE_REQUEST_INVALID. */
export function checkRequest(request: unknown): void {
  if (typeof request !== 'object' || request === null)
    throw invalid(`it is ${describe(request)}, not an object`);
  const fields = new Map<string, unknown>(Object.entries(request));
  for (const list of ['names', 'crlUrls']) {
    const value = fields.get(list);
    if (value === undefined && list !== 'names') continue;
    if (!Array.isArray(value)) throw invalid(`"${list}" is ${describe(value)}, not a list`);
    const strange = value.findIndex((item) => typeof item !== 'string');
    if (strange >= 0)
      throw invalid(`item ${strange} of "${list}" is ${describe(value[strange])}, not a text`);
  }
  for (const text of TEXTS) {
    const value = fields.get(text);
    if (value !== undefined && typeof value !== 'string')
      throw invalid(`"${text}" is ${describe(value)}, not a text`);
  }
  const keyType = fields.get('keyType');
  if (keyType !== undefined && !(typeof keyType === 'string' && isKeyType(keyType)))
    throw invalid(`"keyType" is none of ${KEY_TYPES.join(', ')}`);
}

/** Throws DEVCA_ISSUE_REQUEST_INVALID for what cannot be gone through. */
export function checkRequests(requests: unknown): void {
  const isList = typeof requests === 'object' && requests !== null;
  if (!isList || !(Symbol.iterator in requests || Symbol.asyncIterator in requests))
    throw invalid(`what holds the requests is ${describe(requests)}, not a list`);
}

const invalid = (detail: string): DevcaError => new DevcaError('DEVCA_ISSUE_REQUEST_INVALID', { detail });

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'a text', object: 'an object', function: 'a function' }[typeof value as string] ??
    `a ${typeof value}`
  );
}
