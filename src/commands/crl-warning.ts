import { openGenerations } from '../authority/generations.ts';
import { canSignLists } from '../authority/imported-certificate.ts';
import type { CommandContext } from '../cli/command.ts';

/** Some that were imported, such as mkcert's, may sign no lists: then nobody but devca goes by them. */
export function warnOfListIssuers(
  authority: string | undefined,
  home: string,
  { world, output }: CommandContext,
): void {
  for (const { record, issuer } of openGenerations(home, world, authority))
    if (!canSignLists(issuer.certificate))
      output.warn(
        `the issuer of "${record.name}", generation ${record.generation}, may not sign revocation lists (its key usage has no cRLSign): OpenSSL and others refuse its list`,
      );
}
