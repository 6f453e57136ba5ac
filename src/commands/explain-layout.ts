import type { Output } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import type { Fault, FaultMatch, Speaker } from '../diagnosis/fault.ts';
import { forTerminal } from '../platform/escape.ts';

/** So many candidates are told in full; the others with a line each. */
const IN_FULL = 2;

const SPEAKERS = [
  'chrome',
  'firefox',
  'apple',
  'curl',
  'openssl',
  'node',
  'python',
  'go',
  'java',
  'dotnet',
  'rustls',
  'gnutls',
  'tls',
  'schannel',
  'nginx',
  'apache',
  'postgresql',
] as const satisfies readonly Speaker[];

type Styles = Pick<Output, 'style'>;

/** Matches for a reader: the surest in full, the question that separates candidates, the others in short. */
export function matchesText(matches: readonly FaultMatch[], output: Styles): string {
  const certain = matches.filter(({ certainty }) => certainty === 'certain');
  const full = certain.length > 0 ? certain : matches.slice(0, IN_FULL);
  const rest = matches.filter((match) => !full.includes(match));
  const question = full.find((match) => match.question !== undefined)?.question;
  return [
    ...(certain.length > 0 ? [] : [`This may be one of ${matches.length} faults.`]),
    ...full.map((match) => matchText(match, output)),
    ...(question === undefined || question === ''
      ? []
      : [`${output.style('bold', 'To tell them apart:')} ${question}`]),
    ...(rest.length === 0 ? [] : [restText(rest, output)]),
  ].join('\n\n');
}

/** Every fault with its code. */
export const faultListText = (faults: readonly Fault[], output: Styles): string =>
  formatTable(
    ['CODE', 'FAULT'],
    faults.map(({ code, title }) => [code, title]),
    output,
  );

function matchText({ fault, certainty, found }: FaultMatch, { style }: Styles): string {
  const seen = found.slice(0, 3).map(({ excerpt, line }) => `  line ${line}: ${forTerminal(excerpt)}`);
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [style('bold', title), ...items.map((item) => `  - ${item}`)];
  return [
    `${style(certainty === 'certain' ? 'green' : 'yellow', certainty)}: ${style('bold', forTerminal(fault.title))} [${fault.code}]`,
    ...seen,
    ...list('causes', fault.causes),
    ...(fault.question === ''
      ? []
      : [style('bold', 'it is this if the answer is yes'), `  ${fault.question}`]),
    ...list('what mends it', fault.fixes.map(forTerminal)),
    ...list('others say', otherNames(fault)),
  ].join('\n');
}

function restText(rest: readonly FaultMatch[], { style }: Styles): string {
  const lines = rest.map(({ fault }) => `  - ${fault.title} [${fault.code}]: ${fault.question}`);
  return [style('bold', 'also possible'), ...lines].join('\n');
}

/** The first name that each of the best known programs gives the fault. */
const otherNames = (fault: Fault): string[] =>
  SPEAKERS.flatMap((speaker) => {
    const name = fault.names[speaker]?.[0];
    return name === undefined ? [] : [`${speaker}: ${name.text}`];
  }).slice(0, 8);
