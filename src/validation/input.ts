import { isDevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { type CertificateRevocationList, parseCrl } from '../pki/crl.ts';
import { decodePem } from '../pki/pem.ts';
import { type Finding, finding } from './problem.ts';
import type { VerificationRequest } from './request.ts';

/** The parts of a request as values, and what could not be read. */
export interface ParsedInput {
  readonly endEntity: Certificate | undefined;
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly crls: readonly CertificateRevocationList[];
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/**
 * Reads every certificate and list. An end entity or a list that cannot be read is a problem; a stranger in the pool
 * that cannot be read is left out with a warning, since it could not have been part of a path. What follows the end
 * entity in its PEM text are candidates for intermediates.
 */
export function parseInput(request: VerificationRequest): ParsedInput {
  const { endEntity, intermediates = [], trustAnchors = [], crls = [] } = request;
  const [first, ...chain] = parseAll([endEntity], CERTIFICATE_LABELS, parseCertificate);
  const candidates = [...chain, ...parseAll(intermediates, CERTIFICATE_LABELS, parseCertificate)];
  const anchors = parseAll(trustAnchors, CERTIFICATE_LABELS, parseCertificate);
  const lists = request.revocation === 'off' ? [] : parseAll(crls, CRL_LABELS, parseCrl);
  const hasAnchor = anchors.some((item) => 'value' in item);
  return {
    endEntity: first !== undefined && 'value' in first ? first.value : undefined,
    intermediates: valuesOf(candidates),
    anchors: valuesOf(anchors),
    crls: valuesOf(lists),
    problems: [
      ...failures(first === undefined ? [] : [first], (detail) =>
        finding('DEVCA_CERTIFICATE_MALFORMED', { detail }),
      ),
      ...(hasAnchor ? [] : [finding('DEVCA_PATH_NO_ANCHORS', { malformed: anchors.length })]),
      ...failures(lists, (detail, index) => finding('DEVCA_REVOCATION_LIST_MALFORMED', { detail, index })),
    ],
    warnings: [
      ...failures(anchors, (detail, index) => finding('DEVCA_PATH_ANCHOR_MALFORMED', { detail, index })),
      ...failures(candidates, (detail, index) =>
        finding('DEVCA_PATH_INTERMEDIATE_MALFORMED', { detail, index }),
      ),
    ],
  };
}

type Parsed<Value> = { readonly value: Value } | { readonly detail: string };

const CERTIFICATE_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE'];
const CRL_LABELS = ['X509 CRL'];

function parseAll<Value>(
  inputs: readonly (Uint8Array | string)[],
  labels: readonly string[],
  parse: (der: Uint8Array) => Value,
): Parsed<Value>[] {
  return inputs.flatMap((input) => {
    if (input instanceof Uint8Array) return [attempt(() => parse(input))];
    if (typeof input !== 'string') return [{ detail: 'it is neither bytes nor text' }];
    const blocks = attempt(() => decode(input, labels));
    if ('detail' in blocks) return [blocks];
    if (blocks.value.length === 0) return [{ detail: `its text has no ${labels[0]} in PEM` }];
    return blocks.value.map((der) => attempt(() => parse(der)));
  });
}

const decode = (text: string, labels: readonly string[]): Uint8Array[] =>
  decodePem(text, 'the text')
    .filter(({ label }) => labels.includes(label))
    .map(({ der }) => der);

function attempt<Value>(parse: () => Value): Parsed<Value> {
  try {
    return { value: parse() };
  } catch (cause) {
    if (!isDevcaError(cause)) throw cause;
    return { detail: cause.message };
  }
}

const valuesOf = <Value>(items: readonly Parsed<Value>[]): Value[] =>
  items.flatMap((item) => ('value' in item ? [item.value] : []));

const failures = <Value>(
  items: readonly Parsed<Value>[],
  describe: (detail: string, index: number) => Finding,
): Finding[] => items.flatMap((item, index) => ('detail' in item ? [describe(item.detail, index)] : []));
