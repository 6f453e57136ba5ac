import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificate } from '../src/pki/certificate.ts';
import { bytesEqual, sha256Hex } from '../src/pki/fingerprint.ts';
import { encodePem } from '../src/pki/pem.ts';
import { keyObjectOf } from '../src/validation/public-key.ts';
import { target, verifyTarget } from '../test/support/mutation-targets.ts';
import { NOW } from '../test/support/test-pki.ts';

/** What devca accepts and OpenSSL or Node doesn't, or what they read another way; undefined where they agree. */
export function compareWithPeers(
  endEntity: Uint8Array,
  intermediates: readonly Uint8Array[],
): string | undefined {
  const { valid, warnings } = verifyTarget({ endEntity, intermediates });
  if (!valid) return undefined;
  // OpenSSL takes no issuer whose key identifier is another, compares names without the preparation of RFC 4518 (as
  // to invisible characters), and wants to know the kind of every key.
  const chain = [endEntity, ...intermediates, target.root.der].map(parseCertificate);
  const isMisled =
    warnings.some(({ code }) => code === 'DEVCA_CERTIFICATE_KEY_IDENTIFIER') ||
    chain.some((each, i) => !bytesEqual(each.issuer.der, (chain[i + 1] ?? each).subject.der));
  if (isMisled || chain.some((each) => keyObjectOf(each) === undefined)) return undefined;
  return readsAnotherWay(endEntity) ?? refusedByOpenssl(endEntity, intermediates);
}

const folder = mkdtempSync(join(tmpdir(), 'devca-fuzz-'));

function readsAnotherWay(der: Uint8Array): string | undefined {
  const ours = parseCertificate(der);
  const theirs = new X509Certificate(der);
  const pairs = [
    [ours.serialNumber.replace('-', ''), theirs.serialNumber.toLowerCase().replace('-', '')],
    [ours.notBefore.toISOString(), theirs.validFromDate.toISOString()],
    [ours.notAfter.toISOString(), theirs.validToDate.toISOString()],
    [sha256Hex(ours.der), theirs.fingerprint256.replaceAll(':', '').toLowerCase()],
  ];
  const different = pairs.find(([a, b]) => a !== b);
  return different === undefined ? undefined : `Node reads ${different[1]} where devca reads ${different[0]}`;
}

function refusedByOpenssl(endEntity: Uint8Array, intermediates: readonly Uint8Array[]): string | undefined {
  const file = (name: string, list: readonly Uint8Array[]): string => {
    const path = join(folder, name);
    writeFileSync(path, list.map((der) => encodePem('CERTIFICATE', der)).join(''));
    return path;
  };
  const { status, stderr } = spawnSync(
    'openssl',
    [
      'verify',
      '-purpose',
      'sslserver',
      '-policy_check',
      '-policy',
      '2.5.29.32.0',
      '-attime',
      String(NOW.getTime() / 1000),
      '-verify_hostname',
      'www.api.test',
      '-no-CApath',
      '-no-CAstore',
      '-CAfile',
      file('root.pem', [target.root.der]),
      '-untrusted',
      file('intermediates.pem', intermediates),
      file('end-entity.pem', [endEntity]),
    ],
    { encoding: 'utf8' },
  );
  if (status === 0) return undefined;
  return `openssl refuses it: ${stderr.trim().replaceAll('\n', ' | ')} ${Buffer.from(endEntity).toString('base64')}`;
}
