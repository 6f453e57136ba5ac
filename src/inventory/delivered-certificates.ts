import type { CertificateRecord } from './certificates.ts';
import type { DeliveryRecord, DeliveryTable } from './deliveries.ts';

/** A certificate, and the files that it has as far as no other has taken their places. */
export interface DeliveredCertificate {
  readonly record: CertificateRecord;
  readonly files: readonly DeliveryRecord[];
}

/** So many at a time: one query for each takes several times as long, and all at once fill the memory. */
const BATCH = 500;

/** Certificates with their files, in their order; for any number of them. */
export function* deliveredCertificates(
  records: readonly CertificateRecord[],
  deliveries: Pick<DeliveryTable, 'currentOfCertificates'>,
): Generator<DeliveredCertificate, void, undefined> {
  for (let start = 0; start < records.length; start += BATCH) {
    const batch = records.slice(start, start + BATCH);
    const files = deliveries.currentOfCertificates(batch.map(({ id }) => id));
    for (const record of batch) yield { record, files: files.get(record.id) ?? [] };
  }
}
