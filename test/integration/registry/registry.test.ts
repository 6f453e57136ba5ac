import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  createEphemeralAuthority,
  type EphemeralAuthority,
} from '../../../src/authority/ephemeral-authority.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../src/truststore/trust.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { anchorOf, scratchWorld } from '../../support/trust-lab.ts';

describeWith(['skopeo'], "a registry for Podman's library", () => {
  let authority: EphemeralAuthority;
  let registry: Server;
  let host: string;
  beforeAll(async () => {
    authority = await createEphemeralAuthority();
    const certificate = await authority.issue(['localhost', '127.0.0.1']);
    registry = createServer(certificate.tlsOptions(), (_request, response) => {
      response.writeHead(404, { 'docker-distribution-api-version': 'registry/2.0' });
      response.end();
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    host = `localhost:${(registry.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    registry.close();
  });

  it('is trusted from the install to the uninstall', async () => {
    using scratch = scratchWorld();
    const store = `docker:${scratch.home}/.config/containers/certs.d/${host}`;
    const anchor = anchorOf(authority);
    const options = { stores: [store] };
    expect(await said(host, scratch.home)).toContain('certificate signed by unknown authority');
    expect((await installTrust(anchor, options, scratch.world))[0]).toMatchObject({
      status: 'trusted',
      changed: true,
      error: undefined,
    });
    expect(await said(host, scratch.home)).toContain('404 (Not Found)');
    const found = await trustStatus(anchor, { stores: ['docker'] }, scratch.world);
    expect(found.map(({ id, status }) => [id, status])).toContainEqual([store, 'trusted']);
    expect((await uninstallTrust(anchor, options, scratch.world))[0]).toMatchObject({ changed: true });
    expect(await said(host, scratch.home)).toContain('certificate signed by unknown authority');
  });
});

/** What a client says of an image that no registry has. */
async function said(host: string, home: string): Promise<string> {
  const args = ['inspect', `docker://${host}/none`];
  const ran = promisify(execFile)('skopeo', args, { env: cleanEnvironment(home) });
  return ran.then(
    ({ stdout }) => stdout,
    (error: { stderr: string }) => error.stderr,
  );
}
