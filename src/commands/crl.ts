import { renewCrls, type SignedCrl } from '../authority/crl.ts';
import type { StaleCopy } from '../authority/crl-copies.ts';
import { defineCommand } from '../cli/command.ts';
import type { Output } from '../cli/output.ts';
import { formatFields } from '../cli/table.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { homeOf } from '../platform/paths.ts';
import { warnOfListIssuers } from './crl-warning.ts';
import { warnOfRecovery } from './recovery-warning.ts';

export const crlCommand = defineCommand({
  name: 'crl',
  summary: 'sign the next revocation list',
  details:
    'Signs the next list of the authority, and writes it to ca/crl.pem in its folder together with the list of its root, without which nginx, Apache, HAProxy and PostgreSQL refuse every client. init and revoke keep that file current by themselves: this is for copies, and for lists that end early. Copies that devca has written are kept current too, here and by every later list, until they are moved or changed.',
  positionals: {},
  flags: {
    out: {
      type: 'string',
      alias: 'o',
      value: 'FILE',
      describe: 'write a copy there too ("-": to standard output)',
    },
    format: {
      type: 'string',
      choices: ['pem', 'der'],
      describe: 'of the copy: pem, all lists; or der, one list, as a web server hands it out (default: pem)',
    },
    days: {
      type: 'number',
      value: 'N',
      describe: 'how long it is current (default: as long as the intermediate)',
    },
    force: { type: 'boolean', describe: 'overwrite a file that devca did not write' },
    authority: { type: 'string', value: 'NAME', describe: 'whose list (default: the default one)' },
  },
  examples: [
    { command: 'devca crl --out nginx/crl.pem', does: 'everything that "ssl_crl" wants' },
    {
      command: 'devca crl --out public/devca.crl --format der',
      does: 'for the place that "issue --crl-url" names',
    },
    { command: 'devca crl --days 7', does: 'a list that is current for a week' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const isToOutput = flags.out === '-';
    if (isToOutput && output.json) throw usage('"--out -" and "--json" both want standard output');
    if (isToOutput && flags.format === 'der') throw usage('"--out -" is for PEM, which has every list');
    const { lists, files, staleCopies, recovery } = await renewCrls(
      {
        force: flags.force,
        format: flags.format === 'der' ? 'der' : 'pem',
        ...(flags.days === undefined ? {} : { days: flags.days }),
        ...(flags.out === undefined || isToOutput ? {} : { out: flags.out }),
      },
      {
        home: homeOf(flags.home, world.system),
        ...(flags.authority === undefined ? {} : { authority: flags.authority }),
      },
      world,
    );
    warnOfRecovery(recovery, output);
    warnOfStaleCopies(staleCopies, output);
    warnOfListIssuers(flags.authority, homeOf(flags.home, world.system), context);
    const [crl = '', ...copies] = files;
    if (isToOutput) {
      output.raw(world.files.read(crl));
      return 0;
    }
    const copy = flags.out === undefined ? {} : { copy: copies[0] };
    output.report({ crls: lists.map(crlEntry), files: { crl, ...copy, copies }, staleCopies }, () =>
      crlTexts(lists, files).join('\n'),
    );
    return 0;
  },
});

const usage = (detail: string): DevcaError =>
  new DevcaError('DEVCA_USAGE_INVALID', { command: 'crl', detail });

/** A server that reads such a copy lets in what was revoked. */
export function warnOfStaleCopies(staleCopies: readonly StaleCopy[], output: Output): void {
  for (const { path, reason } of staleCopies)
    output.warn(`"${path}" still has the lists of before: ${reason}`);
}

/** A list as JSON shows it. */
export function crlEntry({
  authority,
  generation,
  issuer,
  number,
  thisUpdate,
  nextUpdate,
  revoked,
}: SignedCrl) {
  return {
    authority,
    generation,
    issuer,
    number,
    thisUpdate: thisUpdate.toISOString(),
    nextUpdate: nextUpdate.toISOString(),
    revoked,
  };
}

/** A block for each list that was signed; of several, whose each is, and the copies that have it. */
export function crlTexts(lists: readonly SignedCrl[], files: readonly string[]): readonly string[] {
  return lists.map((list) => {
    const others = lists.filter((other) => other !== list).flatMap(({ derFiles }) => derFiles);
    const whose =
      lists.length === 1 ? '' : ` of the authority "${list.authority}", generation ${list.generation}`;
    const own = files.filter((file) => !others.includes(file));
    return `signed a revocation list${whose}\n${crlFields(list, own)}`;
  });
}

function crlFields(list: SignedCrl, files: readonly string[]): string {
  const fields = [
    ...(list.issuer === 'root' ? [['signed by', 'the root'] as const] : []),
    ['number', String(list.number)],
    ['names', list.revoked === 1 ? '1 certificate' : `${list.revoked} certificates`],
    ['current until', list.nextUpdate.toISOString().slice(0, 10)],
    ...files.map((file) => ['file', file] as const),
  ] as const;
  return formatFields([...fields], '  ');
}
