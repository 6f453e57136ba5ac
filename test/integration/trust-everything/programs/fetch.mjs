// For Node, Deno and Bun: fetches a page with the roots that the runtime takes by itself.
import process from 'node:process';

const answer = await fetch(globalThis.Deno?.args[0] ?? process.argv[2]);
const text = await answer.text();
process.stdout.write(`${text}\n`);
