import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { cleanEnvironment, describeWith, toolOrFail } from '../../support/tools.ts';
import { type ImportDocument, type ImportLab, importLab } from './lab.ts';

jest.setTimeout(60_000);

/** Caddy makes its authority when it starts; `skip_install_trust` leaves every trust store alone. */
const CADDYFILE = `{
  admin off
  auto_https disable_redirects
  skip_install_trust
}
https://app.localhost:PORT {
  bind 127.0.0.1
  tls internal
  respond "caddy"
}
`;

describeWith(['caddy', 'openssl'], "Caddy's authority, once devca has imported it", () => {
  let lab: ImportLab;
  beforeAll(async () => {
    lab = importLab();
    const port = 20_000 + (process.pid % 20_000);
    writeFileSync(lab.path('Caddyfile'), CADDYFILE.replace('PORT', String(port)));
    const caddy = spawn(toolOrFail('caddy'), ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], {
      cwd: lab.home,
      env: cleanEnvironment(lab.home),
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => caddy.on('close', resolve));
    const issued = lab.path('.local/share/caddy/certificates/local/app.localhost/app.localhost.crt');
    for (let tries = 0; tries < 200 && !existsSync(issued); tries++) await wait(100);
    caddy.kill();
    await ended;
  });

  it("gets an intermediate that lives longer than Caddy's, and lists what Caddy has issued", async () => {
    const imported = await lab.json<ImportDocument>('ca', 'import', '--keystore', 'file');
    expect(imported).toMatchObject({
      issuesFrom: 'own-intermediate',
      certificates: { taken: 1, revoked: 0 },
    });
    expect(imported.notes.join('\n')).toMatch(
      /the intermediate that is there ends on .*Caddy goes on by itself/s,
    );
    const { files } = await lab.json<{ files: Record<string, string> }>('issue', 'other.localhost');
    const verify = ['verify', '-x509_strict', '-CAfile', '.local/share/caddy/pki/authorities/local/root.crt'];
    expect(
      lab.tool('openssl', [...verify, '-untrusted', files['fullchain'] ?? '', files['cert'] ?? '']),
    ).toContain('OK');
    const refused = await lab.devca('revoke', 'app.localhost');
    expect(refused.stderr).toContain('DEVCA_REVOKE_IMPORTED');
  });
});
