import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { PROJECT } from '../../support/devca.ts';

const TIMEOUT_MS = 60_000;

/** Prints the owner, group and mode of each file after it. */
const SCRIPT = `
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
export HOME="$folder" DEVCA_HOME="$folder/home" DEVCA_PASSWORD=secret1
devca() { "$NODE" "$DEVCA" "$@" --quiet; }
devca init --no-trust
devca issue db.test --out . --format pem,combined,p12,jks
chown 65534:65533 db.test-combined.pem db.test.p12 db.test.jks db.test-key.pem
chown 0:65533 db.test.pem
chmod 640 db.test-combined.pem
devca rekey db.test $FLAGS
cd "$PLACE"
stat -c '%n %u:%g %a' db.test*
find "$folder" -name '.devca-*.tmp'
`;

function ownersAfterRekey(flags: string, place: string): Record<string, string> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const variables = {
    NODE: process.execPath,
    DEVCA: join(PROJECT, 'bin/devca.js'),
    PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
    FLAGS: flags,
    PLACE: place,
  };
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const [program = '', ...args] = [...asRoot, 'env', '-i', ...words, 'sh', '-ec', SCRIPT];
  const lines = execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1).join(' ')]),
  );
}

it.each([
  { flags: '', place: '.' },
  { flags: '--current-link', place: 'db.test/current' },
])(
  'files that a rekey of root\'s makes belong to those that the earlier ones were given to ("$flags")',
  ({ flags, place }) => {
    expect(ownersAfterRekey(flags, place)).toEqual({
      'db.test-combined.pem': '65534:65533 640',
      'db.test-fullchain.pem': '0:0 644',
      'db.test-key.pem': '65534:65533 600',
      'db.test.jks': '65534:65533 600',
      'db.test.p12': '65534:65533 600',
      'db.test.pem': '0:65533 644',
    });
  },
  TIMEOUT_MS,
);
