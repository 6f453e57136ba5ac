import { execFile } from 'node:child_process';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { exportPkcs8Pem } from '../../../src/pki/key.ts';
import { OID } from '../../../src/pki/oid.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { testAuthority, testServer } from '../../support/test-pki.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { VerifyLab } from './lab.ts';

const life = {
  notBefore: new Date(Date.now() - 86_400_000),
  notAfter: new Date(Date.now() + 86_400_000 * 90),
};
const root = testAuthority({ subject: 'root', ...life });
const bare = testServer({ subject: 'localhost', issuer: root, without: [OID.subjectAltName], ...life });

describeWith(['curl'], 'a host in the common name alone', () => {
  const lab = new VerifyLab();
  const sockets: Duplex[] = [];
  const cert = encodePem('CERTIFICATE', bare.der);
  const server = createServer({ cert, key: exportPkcs8Pem(bare.key) }, (_request, response) =>
    response.end(),
  );
  server.on('connection', (socket) => sockets.push(socket));
  beforeAll(async () => {
    lab.write('root.pem', encodePem('CERTIFICATE', root.der));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is refused by devca, which says that curl takes it, and curl does', async () => {
    const { port } = server.address() as AddressInfo;
    const report = await lab.target(`localhost:${port}`, '--roots', 'root.pem');
    expect(report.codes).toEqual(['DEVCA_NAME_ABSENT']);
    const notes = report.consumers.map(({ consumer, effect }) => `${consumer} ${effect}`);
    expect(notes).toContain('OpenSSL, curl, Java, Node, Python accepts');
    const options = { cwd: lab.folder, env: cleanEnvironment(lab.folder) };
    await promisify(execFile)('curl', ['-sS', '--cacert', 'root.pem', `https://localhost:${port}`], options);
  });
});
