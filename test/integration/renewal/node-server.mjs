// A program for the tests beside it: an HTTPS server that reads its files again on SIGHUP, as a service would.
// Arguments: CERTIFICATE KEY. Prints its port, and a line for each time that it has read its files.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [cert, key] = process.argv.slice(2);
const read = () => ({ cert: readFileSync(cert), key: readFileSync(key) });
const server = createServer(read(), (request, response) => {
  // A slow answer is one that is under way while the files change.
  const delay = Number(new URL(request.url, 'https://localhost').searchParams.get('ms') ?? 0);
  setTimeout(() => response.end('hello\n'), delay);
});
process.on('SIGHUP', () => {
  server.setSecureContext(read());
  process.stdout.write('read again\n');
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
