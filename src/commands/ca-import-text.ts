import { dirname } from 'node:path';
import { formatFields } from '../cli/table.ts';
import { shellWord } from '../errors/shell-word.ts';
import { sourceTitle } from '../lifecycle/import/find-source.ts';
import type { ImportOutcome } from '../lifecycle/import/import-authority.ts';
import type { ImportPlan } from '../lifecycle/import/import-plan.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { forTerminal } from '../platform/escape.ts';
import { KEY_PLACES } from './key-places.ts';
import type { AnchoredRow } from './trust-table.ts';

/** What would be taken over, in words. */
export function planSummary(plan: ImportPlan, home: string): string {
  const { name, adoption, notes } = plan;
  return [
    `would import ${sourceOf(plan)} to ${forTerminal(home)} as "${name}"`,
    formatFields([['root', formatName(adoption.root.certificate.subject)], ...commonFields(plan)], '  '),
    ...notes.map((note) => `  - ${forTerminal(note)}`),
  ].join('\n');
}

export function planDocument(plan: ImportPlan, home: string): object {
  const { name, adoption, permitted, warnings, notes } = plan;
  const { certificate } = adoption.root;
  return {
    imported: false,
    home,
    name,
    source: sourceEntry(plan),
    root: { subject: formatName(certificate.subject), sha256: sha256Hex(certificate.der) },
    issuesFrom: adoption.issuesFrom,
    permitted: permitted ?? null,
    certificates: countsOf(plan),
    warnings,
    notes,
  };
}

export function importSummary(outcome: ImportOutcome, plan: ImportPlan): string {
  const { name, root, intermediate, keystore, rootKeystore, whyFile } = outcome;
  const place = KEY_PLACES[keystore] ?? keystore;
  return [
    `imported ${sourceOf(plan)} as "${name}"`,
    formatFields(
      [
        [
          'root',
          root.commonName === '' ? formatName(plan.adoption.root.certificate.subject) : root.commonName,
        ],
        ...commonFields(plan),
        ['file', root.file],
        ['intermediate', intermediate?.file],
        ['key', whyFile === undefined ? place : `${place}; not in a keychain: ${whyFile}`],
        ["root's key", intermediate === undefined ? undefined : (KEY_PLACES[rootKeystore] ?? rootKeystore)],
      ],
      '  ',
    ),
  ].join('\n');
}

export function importDocument(
  outcome: ImportOutcome,
  plan: ImportPlan,
  rows: readonly AnchoredRow[],
): object {
  const certificate = ({ file, sha256, commonName, notAfter }: ImportOutcome['root']) => {
    return { file, sha256, commonName, notAfter: notAfter.toISOString() };
  };
  const { root, intermediate, name, home, keyType, keystore, rootKeystore, crl, permitted } = outcome;
  return {
    imported: true,
    source: sourceEntry(plan),
    issuesFrom: plan.adoption.issuesFrom,
    authority: {
      name,
      home,
      default: outcome.isDefault,
      keyType,
      root: certificate(root),
      intermediate: intermediate === undefined ? null : certificate(intermediate),
      crl,
      permitted: permitted ?? null,
      keystore,
      rootKeystore,
    },
    certificates: outcome.certificates,
    warnings: outcome.warnings,
    notes: outcome.notes,
    trust: rows.map(({ id, status, detail, fix }) => ({ store: id, status, detail, fix })),
  };
}

/** The source keeps its keys: what that means, and how to end it. */
export function sourceKeyNote({ adoption: { source } }: ImportPlan): string {
  const keys = [source.root.key, source.intermediate?.key].flatMap((path) => path ?? []);
  const [first = source.path] = keys;
  if (source.livesOn)
    return forTerminal(
      `the keys in ${dirname(first)} were copied and stay there, since ${sourceTitle(source.kind)} goes on using them`,
    );
  return forTerminal(
    `the key was copied: ${keys.join(', ')} can still issue for who gets hold of it; once nothing else needs it, remove it with "rm ${keys.map(shellWord).join(' ')}"`,
  );
}

const sourceOf = ({ adoption: { source } }: ImportPlan): string =>
  forTerminal(`the authority of ${sourceTitle(source.kind)} in ${source.path}`);

function commonFields(plan: ImportPlan): readonly (readonly [string, string | undefined])[] {
  const { certificate } = plan.adoption.root;
  const { taken, revoked } = countsOf(plan);
  return [
    ['SHA-256', sha256Hex(certificate.der)],
    ['ends', certificate.notAfter.toISOString().slice(0, 10)],
    ['issues', ISSUERS[plan.adoption.issuesFrom]],
    ['permitted', plan.permitted === undefined ? 'everything' : plan.permitted.join(', ')],
    ['certificates', taken === 0 ? undefined : `${taken} of its list, ${revoked} of them revoked`],
  ];
}

const ISSUERS = {
  root: 'the root itself',
  intermediate: 'the intermediate that came with it',
  'own-intermediate': 'a new intermediate of devca below the root',
} as const satisfies Record<ImportPlan['adoption']['issuesFrom'], string>;

function countsOf({ adoption: { list } }: ImportPlan): { taken: number; revoked: number } {
  return {
    taken: list.entries.length,
    revoked: list.entries.filter(({ revoked }) => revoked !== undefined).length,
  };
}

const sourceEntry = ({ adoption: { source } }: ImportPlan) => ({ kind: source.kind, path: source.path });
