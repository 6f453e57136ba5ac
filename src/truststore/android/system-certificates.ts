import { hash } from 'node:crypto';
import { parseCertificate } from '../../pki/certificate.ts';
import { decodePem } from '../../pki/pem.ts';
import { anchorPem, type TrustAnchor } from '../trust-anchor.ts';

/** Where Android keeps its roots, and from Android 14 on an image that covers it and can't be written to. */
const SYSTEM = '/system/etc/security/cacerts';
const APEX = '/apex/com.android.conscrypt/cacerts';

/** OpenSSL's old hash of a subject, by which Android names the files: the first octets of MD5, the last of them first. */
export function subjectHash({ certificate }: TrustAnchor): string {
  const digest = hash('md5', parseCertificate(certificate).subject.der, 'buffer');
  return digest.readUInt32LE(0).toString(16).padStart(8, '0');
}

/**
 * Shows all files that may hold the root, each after a line with its path, as apps see them: those begin with the mounts of
 * the zygote, which nobody but root can look at.
 */
export const listingScript = (anchor: TrustAnchor): string =>
  [
    `d=${SYSTEM}`,
    `[ ! -d ${APEX} ] || d=${APEX}`,
    "z=$(pidof zygote64 zygote | cut -d ' ' -f 1)",
    'run=',
    '[ "$(id -u)" != 0 ] || [ -z "$z" ] || run="nsenter --mount=/proc/$z/ns/mnt --"',
    `for f in $($run ls $d | grep '^${subjectHash(anchor)}[.]'); do echo "file: $f"; $run cat $d/$f; done`,
  ].join('; ');

export interface CertificateFile {
  readonly name: string;
  readonly certificates: readonly Uint8Array[];
}

export function parseListing(text: string): readonly CertificateFile[] {
  const [, ...parts] = text.replaceAll('\r\n', '\n').split(/^file: /m);
  return parts.map((part) => {
    const [name = ''] = part.split('\n', 1);
    return { name, certificates: decodePem(part, name).map(({ der }) => der) };
  });
}

/**
 * Lays a copy of the roots, with devca's among them, over the folder: a file system in memory, so that nothing of the
 * image is changed and a restart takes it away. Where an image covers the folder, the copy is laid over that too, for
 * every process that starts apps.
 */
export const overlayScript = (anchor: TrustAnchor): string => `set -e
system=${SYSTEM}
apex=${APEX}
from=$system
[ ! -d $apex ] || from=$apex
label=$(ls -Z $from | head -n 1 | cut -d ' ' -f 1)
if ! grep -q " $system tmpfs " /proc/mounts; then
  copy=/data/local/tmp/devca-cacerts
  rm -rf $copy
  mkdir -m 700 $copy
  cp $from/* $copy/
  mount -t tmpfs tmpfs $system
  cp $copy/* $system/
  rm -rf $copy
fi
n=0
while [ -e $system/${subjectHash(anchor)}.$n ]; do n=$((n + 1)); done
echo '${anchorPem(anchor).trimEnd()}' > $system/${subjectHash(anchor)}.$n
chown root:root $system/*
chmod 644 $system/*
chcon "$label" $system $system/*
if [ -d $apex ]; then
  for process in 1 $(pidof zygote zygote64); do
    nsenter --mount=/proc/$process/ns/mnt -- mount --bind $system $apex
  done
fi
`;

/** Takes one file out of the copy; where nothing is laid over the folder, the file is the image's own and stays. */
export const removalScript = (name: string): string => `rm -f ${SYSTEM}/${name}`;
