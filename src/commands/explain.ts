import { defineCommand } from '../cli/command.ts';
import { explain } from '../diagnosis/explain-text.ts';
import type { Fault, FaultMatch } from '../diagnosis/fault.ts';
import { faults } from '../diagnosis/fault-table.ts';
import { faultListText, matchesText } from './explain-layout.ts';
import { ownCodes } from './explain-own-codes.ts';

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'say what an error means, who reports it so, and what mends it',
  details:
    'TEXT is an error code or message of a browser, curl, OpenSSL, Node, Python, Go, Java and others, a number (an OpenSSL verification result, an alert, an exit status of curl), a code of devca, or a whole log; "-" reads it from standard input. Where a text may mean several faults, the likeliest comes first, with the question that separates them. Without TEXT: every fault that devca knows.',
  positionals: { text: { describe: 'a code, a message, or "-" for standard input', many: true } },
  flags: {},
  examples: [
    { command: 'devca explain ERR_CERT_AUTHORITY_INVALID', does: 'a code of Chrome' },
    { command: "devca explain 'alert 48'", does: 'a TLS alert by its number' },
    { command: 'devca explain - < server.log', does: 'a whole log' },
    { command: 'curl -v https://localhost:8443 2>&1 | devca explain -', does: 'what just went wrong' },
  ],
  async run({ positionals: { text } }, { world, output }) {
    if (text.length === 0) {
      output.result({ faults: faults.map((fault) => faultDocument(fault)) }, () =>
        faultListText(faults, output),
      );
      return 0;
    }
    const [only] = text;
    const given =
      text.length === 1 && only === '-'
        ? Buffer.from(await world.terminal.readInput()).toString('utf8')
        : text.join(' ');
    const matches = explain(given, ownCodes());
    output.result({ faults: matches.map(matchDocument) }, () => matchesText(matches, output));
    return 0;
  },
});

const faultDocument = ({ code, title, causes, question, fixes, names }: Fault) => ({
  code,
  title,
  causes,
  question,
  fixes,
  names,
});

const matchDocument = ({ fault, certainty, found, question }: FaultMatch) => ({
  ...faultDocument(fault),
  certainty,
  found,
  ...(question === undefined ? {} : { separatedBy: question }),
});
