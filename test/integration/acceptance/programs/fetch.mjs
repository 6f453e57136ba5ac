// Reads trials with the ports of their servers from standard input and fetches from each, trusting what the
// environment says.
import { readFileSync } from 'node:fs';

for (const { id, name, port } of JSON.parse(readFileSync(0, 'utf8'))) {
  let refusal;
  try {
    const host = name?.value === 'localhost' ? 'localhost' : '127.0.0.1';
    const answer = await fetch(`https://${host}:${port}/`);
    if ((await answer.text()) !== 'ok') refusal = `status ${answer.status}`;
  } catch (error) {
    const { code, message } = error.cause ?? error;
    refusal = `${code ?? ''} ${message} ${error.message}`;
  }
  process.stdout.write(`${JSON.stringify({ id, refusal })}\n`);
}
