// Reads trials with the ports of their servers from standard input; what Deno's TLS (rustls) makes of each.
const { Deno } = globalThis;
const trials = JSON.parse(new TextDecoder().decode(await readAll()));

for (const trial of trials) {
  const verdict = { id: trial.id };
  try {
    await request(trial);
  } catch (error) {
    verdict.refusal = `${error.name}: ${error.message}`;
  }
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(verdict)}\n`));
}

async function request({ root, name, port }) {
  const plain = await Deno.connect({ hostname: '127.0.0.1', port });
  const caCerts = [Deno.readTextFileSync(root)];
  const secured = await Deno.startTls(plain, { hostname: name?.value ?? 'localhost', caCerts });
  try {
    await secured.write(new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n'));
    const answer = new Uint8Array(1024);
    const length = await secured.read(answer);
    if (!new TextDecoder().decode(answer.subarray(0, length ?? 0)).startsWith('HTTP/1.1 200'))
      throw new Error('nothing came back');
  } finally {
    secured.close();
  }
}

async function readAll() {
  return new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
}
