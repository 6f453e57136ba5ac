import { entry } from './entry.ts';

/** Texts that the fault table does not know. */
export const diagnosisErrors = {
  DEVCA_EXPLAIN_UNKNOWN: entry<{ text: string }>({
    exit: 1,
    what: (c) =>
      c.text === ''
        ? 'there is no text to explain'
        : `nothing in "${c.text}" is the name of a TLS fault that devca knows`,
    fix: () => [
      'give the whole log, not only its last line: run "devca explain - < FILE"',
      'run "devca explain" for the faults that it knows',
      'run "devca handshake HOST:PORT" to look at the server itself',
    ],
  }),
};
