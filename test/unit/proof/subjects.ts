import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createEphemeralAuthority,
  type EphemeralAuthority,
} from '../../../src/authority/ephemeral-authority.ts';
import type { EphemeralCertificate } from '../../../src/authority/ephemeral-certificate.ts';
import { realWorld } from '../../../src/platform/world.ts';
import type { ProofSubject } from '../../../src/proof/subject.ts';
import type { SubjectFile, SubjectSource } from '../../../src/proof/subject-source.ts';
import { scratchFolder } from '../../support/scratch.ts';

/** TLS reads the clock of the machine, so the tests of handshakes do too. */
export const world = realWorld();

export type ProfileName = 'server' | 'client' | 'service';

export const NAMES: Readonly<Record<ProfileName, readonly string[]>> = {
  server: ['localhost', '127.0.0.1', '*.app.test'],
  client: ['alice@dev.test'],
  service: ['orders'],
};

export interface Issued {
  readonly authority: EphemeralAuthority;
  readonly issued: EphemeralCertificate;
}

export async function issue(profile: ProfileName, authority?: EphemeralAuthority): Promise<Issued> {
  const from = authority ?? (await createEphemeralAuthority());
  return { authority: from, issued: await from.issue(NAMES[profile], { profile }) };
}

export function subjectOf({ authority, issued }: Issued): ProofSubject {
  return {
    serial: issued.certificate.serialNumber,
    name: 'subject',
    certificate: issued.certificate,
    credentials: { certPem: issued.fullchainPem, keyPem: issued.keyPem },
    issuers: [authority.intermediate, authority.root],
  };
}

export const subjectFor = async (profile: ProfileName): Promise<ProofSubject> =>
  subjectOf(await issue(profile));

export interface FilesOnDisk {
  readonly source: SubjectSource;
  /** Puts other bytes in the place of a file. */
  replace(format: string, content: string): void;
  remove(format: string): void;
  path(format: string): string;
}

const scratch = scratchFolder();

/** The files of a certificate in a folder of their own, with what an inventory would know of them. */
export function onDisk({ authority, issued }: Issued, changes: Partial<SubjectSource> = {}): FilesOnDisk {
  const folder = mkdtempSync(join(scratch, 'files-'));
  const contents = {
    cert: issued.certPem,
    key: issued.keyPem,
    fullchain: issued.fullchainPem,
    root: authority.rootPem,
  };
  const path = (format: string) => join(folder, `${format}.pem`);
  const replace = (format: string, content: string) => writeFileSync(path(format), content, { mode: 0o600 });
  const files = Object.entries(contents).map(([format, content]): SubjectFile => {
    replace(format, content);
    return { path: path(format), format };
  });
  return {
    path,
    replace,
    remove: (format) => rmSync(path(format)),
    source: {
      serial: issued.certificate.serialNumber,
      name: 'subject',
      files,
      recorded: {
        certificate: issued.certificate.der,
        issuers: [authority.intermediate.der, authority.root.der],
      },
      ...changes,
    },
  };
}
