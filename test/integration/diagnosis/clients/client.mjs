// One line of tab-separated fields per case on standard input; what Node says about each on standard output.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const say = (text) => process.stdout.write(`${text}\n`);
const file = (path) => (path === '' ? undefined : readFileSync(path));
const describe = (error) => {
  const causes = [];
  for (let at = error; at !== undefined; at = at.cause) {
    const code = at.code === undefined ? '' : ` { code: '${at.code}' }`;
    causes.push(`${at.name}: ${at.message}${code}`);
  }
  return causes.join('\n  [cause]: ');
};

for (const line of readFileSync(0, 'utf8').split('\n')) {
  const [id, scheme, host, port, trust, cert, key, crl, alpn, old] = line.split('\t');
  const url = `${scheme}://${host}:${port}/`;
  try {
    const client = scheme === 'http' ? http : https;
    const status = await new Promise((resolve, reject) => {
      const options = {
        ca: file(trust),
        cert: file(cert),
        key: file(key),
        crl: file(crl)
          ?.toString()
          .split(/(?<=END X509 CRL-----)\s*/)
          .filter(Boolean),
        ALPNProtocols: alpn === '' ? undefined : [alpn],
        maxVersion: old === '' ? undefined : 'TLSv1.2',
        agent: false,
        timeout: 2000,
      };
      const request = client.get(url, options, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode));
        answer.on('error', reject);
      });
      request.on('timeout', () => request.destroy(new Error('timed out after 2000 ms')));
      request.on('error', reject);
    });
    say(`## ${id} accepted ${status}`);
  } catch (error) {
    say(`## ${id} refused\n${describe(error)}`);
  }
  if (cert !== '' || crl !== '' || old !== '' || scheme === 'http') continue;
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(2000) })).text();
  } catch (error) {
    say(`## ${id} refused\n${describe(error)}`);
  }
}
// A connection that was given up keeps the process alive for ten seconds more.
process.exit(0);
