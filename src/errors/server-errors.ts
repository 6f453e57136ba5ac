import { entry } from './entry.ts';

const listed = (known: readonly string[]): string => (known.length === 0 ? 'none' : known.join(', '));

/** What devca serves to others: where it may listen. */
export const serverErrors = {
  DEVCA_SERVER_LAN_NONE: entry<{ known: readonly string[] }>({
    exit: 1,
    what: () => 'this machine has no address by which another one could reach it',
    fix: (c) => [
      'connect this machine to the network that the phone is in',
      `or name one of its addresses, as in "devca trust serve --lan 192.168.1.5"; it has: ${listed(c.known)}`,
    ],
  }),
  DEVCA_SERVER_LAN_AMBIGUOUS: entry<{ candidates: readonly string[]; first: string }>({
    exit: 2,
    what: (c) =>
      `this machine is in several networks, and "--lan" listens in one only: ${listed(c.candidates)}`,
    fix: (c) => [`run "devca trust serve --lan ${c.first}" with the one that the phone is in`],
  }),
  DEVCA_SERVER_ADDRESS_UNKNOWN: entry<{ word: string; known: readonly string[] }>({
    exit: 2,
    what: (c) => `"${c.word}" is neither an address nor an interface of this machine to listen on`,
    fix: (c) => [
      `name one of: ${listed(c.known)}`,
      'or run "devca trust serve --lan", which takes the only one or asks',
    ],
  }),
  DEVCA_SERVER_PORT_IN_USE: entry<{ address: string; port: number }>({
    exit: 1,
    what: (c) => `another program listens on port ${c.port} of ${c.address} already`,
    fix: () => ['leave "--port" out, and any port that is free is taken'],
  }),
  DEVCA_SERVER_LISTEN_FAILED: entry<{ address: string; port: number; detail: string }>({
    exit: 1,
    what: (c) => `cannot listen on port ${c.port} of ${c.address}: ${c.detail}`,
    fix: () => ['leave "--port" out, or give one above 1023: lower ones may need root'],
  }),
};
