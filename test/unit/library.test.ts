import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  createAuthority,
  createEphemeralAuthority,
  DevcaError,
  explain,
  inspectHandshake,
  openAuthority,
  selfTest,
  verifyChain,
} from '../../src/index.ts';
import { scratchFolder } from '../support/scratch.ts';
import { testWorld } from '../support/test-world.ts';

describe('the library', () => {
  it('serves, inspects, proves and verifies with an authority in memory', async () => {
    const authority = await createEphemeralAuthority();
    const issued = await authority.issue(['localhost', '127.0.0.1']);
    const server = createServer(issued.tlsOptions(), (_request, response) => response.end('hello'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const report = await inspectHandshake(`127.0.0.1:${port}`);
    server.close();
    expect(report).toMatchObject({ established: true, protocol: 'TLSv1.3' });

    const result = await verifyChain({
      endEntity: issued.certPem,
      intermediates: [authority.intermediatePem],
      trustAnchors: [authority.rootPem],
      at: new Date(),
      name: { kind: 'dns', value: 'localhost' },
    });
    expect(result).toMatchObject({ valid: true, problems: [] });

    const { certPem, keyPem, rootPem } = issued;
    const proof = await selfTest({
      cert: certPem,
      key: keyPem,
      chain: authority.intermediatePem,
      root: rootPem,
    });
    expect(proof.failed).toBe(0);
    expect(proof.passed).toBeGreaterThan(20);
  });

  it('works on the same authority as the command', async () => {
    const home = join(scratchFolder(), 'home');
    const world = testWorld({ home, now: new Date() });
    await expect(openAuthority({ home }, world)).rejects.toBeInstanceOf(DevcaError);
    const made = await createAuthority({ home, permit: ['corp.example'] }, world);
    const opened = await openAuthority({ home }, world);
    expect(opened.rootPem).toBe(made.rootPem);
    const { files, names } = await opened.issue(['www.corp.example'], { out: join(home, 'certs') });
    expect(names).toEqual(['www.corp.example']);
    expect(Object.keys(files)).toEqual(['cert', 'key', 'fullchain']);
  });

  it('opens a key with a passphrase, which nobody is asked for', async () => {
    const home = join(scratchFolder(), 'home');
    const world = testWorld({ home, now: new Date() });
    const passphrase = 'correct horse';
    await createAuthority({ home, keystore: 'passphrase', passphrase }, world);
    const { issue } = await openAuthority({ home, passphrase }, world);
    expect((await issue(['a.test'], { out: join(home, 'certs') })).names).toEqual(['a.test']);
    const closed = await openAuthority({ home }, world);
    await expect(closed.issue(['b.test'])).rejects.toMatchObject({ code: 'DEVCA_PASSPHRASE_MISSING' });
  });

  it('explains what an error means', () => {
    expect(explain('net::ERR_CERT_AUTHORITY_INVALID')[0]?.fault.code).toBe('DEVCA_FAULT_UNKNOWN_CA');
  });
});
