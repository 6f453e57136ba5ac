import { entry } from './entry.ts';

/** From one generation of an authority to the next. */
export const rolloverErrors = {
  DEVCA_ROLLOVER_LIVE: entry<{
    name: string;
    place: string;
    generations: readonly { generation: number; live: number; names: readonly string[] }[];
  }>({
    exit: 1,
    what: (c) =>
      `certificates of earlier generations of "${c.name}" are still in use: ${c.generations.map(({ generation, live, names }) => `generation ${generation} has ${live}, such as ${names.join(', ')}`).join('; ')}`,
    fix: (c) => [
      `see them with "devca list --old${c.place}", renew them with "devca renew --all${c.place}", then run "devca ca retire${c.place}" again`,
      `revoke what cannot be renewed, since it was imported or has no files any more, with "devca revoke SERIAL${c.place}"`,
      'or add "--force": then nothing trusts them any more',
    ],
  }),
  DEVCA_ROLLOVER_GENERATION: entry<{ name: string; homeFlag: string; generation: number; reason: string }>({
    exit: 2,
    what: (c) => `generation ${c.generation} of "${c.name}" cannot be retired: ${c.reason}`,
    fix: (c) => [`run "devca ca show ${c.name}${c.homeFlag}" for the generations that are there`],
  }),
  DEVCA_ROLLOVER_BRIDGE: entry<{ name: string; reason: string }>({
    exit: 1,
    what: (c) => `a bridge has to be signed by the present root of "${c.name}", ${c.reason}`,
    fix: () => [
      'leave out "--bridge": both roots are trusted while certificates of both are in use',
      'for bridges to come, make the authority with "devca init --root-keystore file"',
    ],
  }),
};
