import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import type { GeneralName } from '../../src/pki/general-name.ts';
import { exportPkcs8Pem, importPrivateKeyPem } from '../../src/pki/key.ts';
import { OID } from '../../src/pki/oid.ts';
import { decodePem, encodePem } from '../../src/pki/pem.ts';
import type { CertificateFiles } from './acceptance-lab.ts';
import { extension, type TestCertificate, testAuthority, testServer } from './test-pki.ts';

export interface Forgery {
  readonly purpose?: 'server' | 'client';
  readonly commonName?: string;
  /** None for a certificate without a subjectAltName. */
  readonly names: readonly GeneralName[];
  /** Days from now. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Makes an authority of its own below the stolen one first, without any constraint. */
  readonly viaOwnAuthority?: boolean;
}

/** What somebody can sign who took the file of a private key and knows what devca refuses to issue. */
export interface StolenKey {
  sign(forgery: Forgery): CertificateFiles;
}

/** Takes key and chain from files; writes what it signs into a folder. */
export function stealKey(chainFile: string, keyFile: string, folder: string): StolenKey {
  const chainPem = readFileSync(chainFile, 'utf8');
  const certificate = readCertificate(chainFile);
  const key = importPrivateKeyPem(readFileSync(keyFile, 'utf8'), keyFile);
  const stolen = { certificate, der: certificate.der, key };
  return {
    sign: (forgery) => {
      forged += 1;
      const path = (name: string) => join(folder, `forged-${forged}${name}.pem`);
      const own = forgery.viaOwnAuthority === true ? [ownAuthority(stolen)] : [];
      const signed = forge(forgery, own[0] ?? stolen);
      const pems = [signed, ...own].map(({ der }) => encodePem('CERTIFICATE', der));
      const files = { cert: path(''), key: path('-key'), fullchain: path('-fullchain') };
      writeFileSync(files.cert, pems[0] ?? '');
      writeFileSync(files.key, exportPkcs8Pem(signed.key));
      writeFileSync(files.fullchain, [...pems, chainPem].join(''));
      return files;
    },
  };
}

/** The first certificate in a file. */
export function readCertificate(file: string): Certificate {
  const [block] = decodePem(readFileSync(file, 'utf8'), file);
  if (block === undefined) throw new Error(`no certificate in "${file}"`);
  return parseCertificate(block.der);
}

function forge(forgery: Forgery, issuer: TestCertificate): TestCertificate {
  const { purpose = 'server', commonName = '', names } = forgery;
  return testServer({
    issuer,
    subject: commonName,
    names,
    ...life(forgery.notBefore ?? -1, forgery.notAfter ?? 30),
    extensions: [
      extension.extendedKeyUsage([purpose === 'server' ? OID.serverAuth : OID.clientAuth]),
      // RFC 5280 section 4.2.1.6
      ...(commonName === '' ? [extension.subjectAltName(names, true)] : []),
    ],
    without: names.length === 0 ? [OID.subjectAltName] : [],
  });
}

const ownAuthority = (issuer: TestCertificate): TestCertificate =>
  testAuthority({ issuer, subject: 'devca intermediate 2', pathLenConstraint: 0, ...life(-1, 60) });

const life = (fromDays: number, toDays: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Date.now() + fromDays * DAY_MS),
  notAfter: new Date(Date.now() + toDays * DAY_MS),
});

let forged = 0;

const DAY_MS = 86_400_000;
