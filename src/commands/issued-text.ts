import type { IssuedCertificate } from '../authority/issued-certificate.ts';
import { describeSpan } from '../cli/duration.ts';
import { formatFields } from '../cli/table.ts';
import type { World } from '../platform/world.ts';

/** What stands below the line that says that a certificate was made: its files, its end, and what it replaces. */
export function issuedFields(
  { files, notAfter, serialNumber, replaced }: IssuedCertificate,
  { clock }: Pick<World, 'clock'>,
): string {
  const life = describeSpan(notAfter.getTime() - clock.now().getTime());
  return formatFields(
    [
      ...Object.entries(files),
      ['ends', `${notAfter.toISOString().slice(0, 10)} (in ${life})`],
      ['serial', serialNumber],
      ['replaces', replaced.join(', ')],
    ],
    '  ',
  );
}
