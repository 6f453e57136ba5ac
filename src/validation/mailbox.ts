import { isHostName } from './dns-pattern.ts';

/** An e-mail address in its parts: the local part without quotes, the domain in lower case. */
export interface Mailbox {
  readonly localPart: string;
  readonly domain: string;
}

/** Reads a Mailbox of RFC 5321 section 4.1.2 as RFC 5280 section 4.2.1.6 wants it: no phrase, no angle brackets. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, quoted, plain, domainText = ''] = MAILBOX.exec(text) ?? [];
  const localPart = plain ?? quoted?.replaceAll(/\\(.)/g, '$1');
  const domain = domainText.toLowerCase();
  if (localPart === undefined || localPart.length > 64 || !isHostName(domain, true)) return undefined;
  return { localPart, domain };
}

/** The local part is compared as it is, the domain without regard to case (RFC 5280 section 7.5). */
export const sameMailbox = (a: Mailbox, b: Mailbox): boolean =>
  a.localPart === b.localPart && a.domain === b.domain;

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const QUOTED = '"((?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\x20-\\x7e])*)"';
const MAILBOX = new RegExp(`^(?:${QUOTED}|(${ATOM}(?:\\.${ATOM})*))@([^@]+)$`);
