import {
  parseRevocationReason,
  previewRevocation,
  REVOCATION_REASONS,
  revokeCertificates,
} from '../authority/revoke.ts';
import { defineCommand } from '../cli/command.ts';
import { formatFields } from '../cli/table.ts';
import { homeOf } from '../platform/paths.ts';
import { crlEntry, crlTexts, warnOfStaleCopies } from './crl.ts';
import { warnOfListIssuers } from './crl-warning.ts';
import { warnOfRecovery } from './recovery-warning.ts';

export const revokeCommand = defineCommand({
  name: 'revoke',
  summary: 'revoke certificates, and sign the list that says so',
  details:
    "WHAT is a name, a serial number or fingerprint (or at least its first four digits), or a certificate file. The authority's next revocation list is signed at once and written to ca/crl.pem in its folder, with the lists of its root: servers need both. Copies that devca has written (crl --out) are brought up to date. A running server has the list of before until it is reloaded.",
  positionals: { what: { describe: 'which certificates', required: true, many: true } },
  flags: {
    reason: {
      type: 'string',
      value: 'REASON',
      describe: `${REVOCATION_REASONS.join(', ')} (default: unspecified)`,
    },
    authority: { type: 'string', value: 'NAME', describe: 'only certificates of this authority' },
    'dry-run': { type: 'boolean', describe: 'print what would be revoked' },
    yes: { type: 'boolean', alias: 'y', describe: 'as elsewhere; nothing is asked' },
  },
  examples: [
    { command: 'devca revoke alice --reason keyCompromise', does: 'a client whose key got out' },
    { command: 'devca revoke certs/api.test.pem --reason superseded', does: 'the certificate in a file' },
  ],
  async run({ flags, positionals }, context) {
    const { world, output } = context;
    const reason = parseRevocationReason(flags.reason ?? 'unspecified');
    const place = {
      home: homeOf(flags.home, world.system),
      ...(flags.authority === undefined ? {} : { authority: flags.authority }),
    };
    if (flags['dry-run']) {
      const { records } = previewRevocation(positionals.what, place, world);
      const certificates = records.map(({ serialNumber, names, profile }) => {
        return { serial: serialNumber, names, profile };
      });
      output.result({ dryRun: true, reason, certificates }, () =>
        certificates
          .map(
            ({ serial, names, profile }) =>
              `would revoke the ${profile} certificate ${serial} for ${names.join(', ')}`,
          )
          .join('\n'),
      );
      return 0;
    }
    const { revoked, lists, files, staleCopies, recovery } = await revokeCertificates(
      positionals.what,
      reason,
      place,
      world,
    );
    warnOfRecovery(recovery, output);
    warnOfStaleCopies(staleCopies, output);
    for (const authority of new Set(lists.map((list) => list.authority)))
      warnOfListIssuers(authority, place.home, context);
    output.report(
      {
        revoked: revoked.map(({ serialNumber, revokedAt, ...rest }) => {
          return { serial: serialNumber, ...rest, revokedAt: revokedAt.toISOString() };
        }),
        crls: lists.map(crlEntry),
        files: { crl: files[0] ?? null, copies: files.slice(1) },
        staleCopies,
      },
      () =>
        [
          ...revoked.map(
            ({ profile, names, serialNumber }) =>
              `revoked the ${profile} certificate for ${names.join(', ')}\n${formatFields(
                [
                  ['serial', serialNumber],
                  ['reason', reason],
                ],
                '  ',
              )}`,
          ),
          ...crlTexts(lists, files),
        ].join('\n'),
    );
    output.note('servers that are running take the new list when they are reloaded');
    return 0;
  },
});
