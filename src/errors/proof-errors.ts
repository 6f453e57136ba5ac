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
  DEVCA_PROOF_AUTHORITY_ELSEWHERE: entry<{ roots: readonly { name: string; sha256: string }[] }>({
    exit: 3,
    what: (c) =>
      `no client can be shown a certificate of ${c.roots.map(({ name, sha256 }) => `"${name}" (${sha256.slice(0, 16)})`).join(', ')}: the authority is not on this machine`,
    fix: () => [
      'with a certificate for localhost that was issued there, and its key, run "devca trust status --prove --cert fullchain.pem --key key.pem"',
      'what the stores say of the root is told by "devca trust status"',
    ],
  }),
  DEVCA_PROOF_NOT_LOCALHOST: entry<{ cert: string }>({
    exit: 1,
    what: (c) =>
      `the certificate "${c.cert}" is not one of a server for "localhost", and every client would refuse it for that`,
    fix: () => ['where its authority is, run "devca issue localhost", and give what comes of it'],
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
