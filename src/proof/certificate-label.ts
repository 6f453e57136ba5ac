import type { Certificate } from '../pki/certificate.ts';
import { formatName } from '../pki/name-text.ts';

/** What a certificate is called in a report: its first alternative name, else its subject. */
export function certificateLabel({ subjectAltName = [], subject }: Certificate): string {
  const [first] = subjectAltName.flatMap((name) => ('value' in name ? [name.value] : []));
  return first ?? formatName(subject);
}
