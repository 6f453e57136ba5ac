import type { SharedNames, Wordings } from '../fault.ts';
import { namesOfRow } from './code-names.ts';
import { verifyPathRows } from './verify-path-rows.ts';
import type { VerifyRow } from './verify-row.ts';
import { verifyRuleRows } from './verify-rule-rows.ts';

/** From openssl/x509_vfy.h; what says nothing of its own about a chain is left out. */
export const verifyRows: readonly VerifyRow[] = [...verifyPathRows, ...verifyRuleRows];

/** What stands before OpenSSL's text. */
const REPEATED = {
  curl: 'curl: (60) SSL certificate problem',
  python: '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
} as const;

/** The results of OpenSSL's verification as names: the text, the number as programs print it, and Node's code. */
export const opensslVerifyNames: readonly SharedNames[] = verifyRows.map((row) => {
  const isSeen = (by: 'openssl' | 'node'): boolean => row.seen === by || row.seen === 'both';
  const repeated = (by: keyof typeof REPEATED): Wordings =>
    isSeen('openssl') && row.otherwise?.includes(by) !== true
      ? { [by]: [`${REPEATED[by]}: ${row.text}`] }
      : {};
  const numbers = [`verify error:num=${row.number}`, `Verify return code: ${row.number}`];
  const spelled = [`X509_V_ERR_${row.name}`, `error ${row.number} at … depth lookup`];
  const text = row.seen === undefined ? [] : [row.text];
  const observed: Wordings = {
    openssl: isSeen('openssl') ? [...text, ...numbers] : text,
    ...(isSeen('node') ? { node: [row.name] } : {}),
    ...repeated('curl'),
    ...repeated('python'),
  };
  const documented: Wordings = {
    openssl: [
      ...(row.seen === undefined ? [row.text] : []),
      ...(isSeen('openssl') ? spelled : [...numbers, ...spelled]),
    ],
    ...(isSeen('node') ? {} : { node: [row.name] }),
  };
  return namesOfRow(row, observed, documented);
});
