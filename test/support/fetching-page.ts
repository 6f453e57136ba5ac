import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Verdict } from './acceptance-verdicts.ts';
import { visit } from './browser.ts';
import type { ServedTrial } from './served-trials.ts';

/** A browser opens one page, which fetches from every server and tells which fetches failed. */
export async function judgeInBrowser(
  trials: readonly ServedTrial[],
  command: readonly string[],
  home: string,
): Promise<readonly Verdict[]> {
  let settle: (verdict: 'accepted') => void = () => {};
  let verdicts: readonly Verdict[] = [];
  const server = createServer(async (request, response) => {
    // An answer before the end of the request would cut it off.
    const body = await readBody(request);
    response.setHeader('connection', 'close');
    response.setHeader('content-type', 'text/html');
    response.end(request.url === '/' ? pageFor(trials) : '');
    if (request.method !== 'POST') return;
    verdicts = JSON.parse(body) as Verdict[];
    settle('accepted');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const page = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    nextVerdict: () =>
      new Promise<'accepted'>((resolve) => {
        settle = resolve;
      }),
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  try {
    await visit(page, command, home);
    return verdicts;
  } finally {
    page[Symbol.dispose]();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function pageFor(trials: readonly ServedTrial[]): string {
  const urls = trials.map(({ id, name, port }) => {
    const host = name?.value ?? 'localhost';
    return { id, url: `https://${host.includes(':') ? `[${host}]` : host}:${port}/` };
  });
  const json = JSON.stringify(urls).replaceAll('<', '\\u003c');
  return `<!doctype html><script type="module">
    const verdicts = await Promise.all(${json}.map(({ id, url }) => fetch(url, { mode: 'no-cors', signal: AbortSignal.timeout(15_000) }).then(
      () => ({ id }), (error) => ({ id, refusal: String(error) }))));
    await fetch('/verdicts', { method: 'POST', body: JSON.stringify(verdicts) });
  </script>`;
}
