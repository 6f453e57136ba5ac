import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** The self-test: what cannot be put to the proof at all. */
export const proofErrors = {
  DEVCA_PROOF_NOTHING: entry<{ home: string }>({
    exit: 1,
    what: (c) => `there is nothing to prove: "${c.home}" has no certificate that is valid and not replaced`,
    fix: () => ['run "devca issue localhost", then "devca selftest" again'],
  }),
  DEVCA_PROOF_NOT_PROVABLE: entry<{ subjects: readonly { name: string; reason: string }[] }>({
    exit: 1,
    what: (c) =>
      `nothing could be proved: ${c.subjects.map((subject) => `"${subject.name}" (${subject.reason})`).join(', ')}`,
    fix: () => [
      'run "devca selftest --cert cert.pem --key key.pem" with the files where the key is',
      'or issue one with a key with "devca issue"',
    ],
  }),
  DEVCA_PROOF_KEY_MISMATCH: entry<{ key: string; cert: string }>({
    exit: 1,
    what: (c) => `the private key "${c.key}" does not belong to the certificate "${c.cert}"`,
    fix: (c) => [
      `compare "openssl pkey -in ${shellWord(c.key)} -pubout" with "openssl x509 -in ${shellWord(c.cert)} -noout -pubkey"`,
    ],
  }),
  DEVCA_PROOF_PEER_UNKNOWN: entry<{ peer: string; known: readonly string[] }>({
    exit: 2,
    what: (c) => `devca knows no TLS implementation "${c.peer}"`,
    fix: (c) => [`use some of ${c.known.join(', ')} with "--with"`],
  }),
  DEVCA_PROOF_CLIENT_UNKNOWN: entry<{ unknown: readonly string[]; known: readonly string[] }>({
    exit: 2,
    what: (c) => `devca knows no client ${c.unknown.map((id) => `"${id}"`).join(', ')}`,
    fix: (c) => [`use some of ${c.known.join(', ')} with "--client"`],
  }),
};
