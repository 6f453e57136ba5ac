import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { examineTrustStores } from '../../../src/lifecycle/doctor-stores.ts';
import { sha256Hex } from '../../../src/pki/fingerprint.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { commonName, NOW, type TestCertificate, testAuthority } from '../../support/test-pki.ts';
import { newAnchor } from '../../support/trust-lab.ts';
import { fakeMachine, HOME } from '../truststore/fake-machine.ts';

const ANCHORS = '/usr/local/share/ca-certificates';

const pem = (...certificates: readonly Uint8Array[]): string =>
  certificates.map((der) => encodePem('CERTIFICATE', der)).join('');

/** A Debian machine, as a user who keeps to the rules leaves it. */
function debian(programs: readonly string[] = [], userName = 'alice') {
  const folder = scratchFolder();
  const machine = fakeMachine({ folder, system: { uid: 1000, userName } });
  machine.write('/etc/debian_version', '12.0\n');
  mkdirSync(join(folder, ANCHORS), { recursive: true });
  mkdirSync(join(folder, '/etc/ssl/certs'), { recursive: true });
  for (const program of ['update-ca-certificates', ...programs]) machine.programs.set(program, () => ({}));
  const world = { ...machine.world, clock: { ...machine.world.clock, now: () => NOW } };
  const find = async (live: readonly string[] = []) => examineTrustStores(live, world);
  return { machine, folder, find };
}

const named = (name: string): TestCertificate => testAuthority({ subject: commonName(name) });

describe('what doctor finds in stores', () => {
  it('is nothing where they hold the roots that are in use, and those of a company', async () => {
    const { machine, find } = debian();
    const anchor = newAnchor('one');
    machine.write(`${ANCHORS}/devca-${anchor.sha256.slice(0, 16)}.crt`, pem(anchor.certificate));
    machine.write(`${ANCHORS}/company.crt`, pem(named('Proxy of the company').der));
    expect(await find([anchor.sha256])).toEqual([]);
  });

  it('is an old root of devca, with the command that takes it out', async () => {
    const { machine, find } = debian();
    const anchor = newAnchor('old');
    machine.write(`${ANCHORS}/devca-0123456789abcdef.crt`, pem(anchor.certificate));
    expect(await find()).toMatchObject([
      {
        id: 'old-root',
        severity: 'problem',
        fix: `sudo rm ${ANCHORS}/devca-0123456789abcdef.crt && sudo update-ca-certificates --fresh`,
      },
    ]);
  });

  it('is no root of another user of the machine', async () => {
    const { machine, find } = debian([], 'bob');
    machine.write(`${ANCHORS}/devca-0123456789abcdef.crt`, pem(newAnchor('old').certificate));
    expect(await find()).toEqual([]);
  });

  it('is a root of mkcert that may sign for every name, and its key where that is at hand', async () => {
    const { machine, find } = debian(['mkcert']);
    const root = named('mkcert ada@engine');
    machine.write(`${ANCHORS}/mkcert_development_CA_1.crt`, pem(root.der));
    expect(await find()).toMatchObject([{ id: 'unconstrained-root', severity: 'warning' }]);
    machine.write(`${HOME}/.local/share/mkcert/rootCA.pem`, pem(root.der));
    machine.write(`${HOME}/.local/share/mkcert/rootCA-key.pem`, 'key');
    expect(await find()).toMatchObject([
      {
        id: 'unconstrained-root',
        severity: 'problem',
        message: expect.stringContaining(`"${HOME}/.local/share/mkcert/rootCA-key.pem"`),
        fix: 'mkcert -uninstall',
      },
    ]);
  });

  it('is a second root of mkcert, which root made through sudo', async () => {
    const { machine, find } = debian(['mkcert']);
    machine.write(`${ANCHORS}/mkcert_1.crt`, pem(named('mkcert root@engine').der));
    expect(await find()).toMatchObject([
      {
        message: expect.stringContaining('that root made through sudo'),
        fix: `sudo rm ${ANCHORS}/mkcert_1.crt && sudo update-ca-certificates --fresh`,
      },
    ]);
  });

  it('is a root that has ended, one that is there twice, and two of one name', async () => {
    const { machine, find } = debian();
    const fresh = named('Proxy');
    const ended = testAuthority({
      subject: commonName('Ended'),
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2021-01-01T00:00:00Z'),
    });
    machine.write(`${ANCHORS}/a.crt`, pem(fresh.der));
    machine.write(`${ANCHORS}/b.crt`, pem(fresh.der));
    machine.write(`${ANCHORS}/c.crt`, pem(named('Proxy').der));
    machine.write(`${ANCHORS}/d.crt`, pem(ended.der));
    const found = await find();
    expect(found.map(({ id }) => id)).toEqual(['expired-root', 'duplicate-root', 'same-subject']);
    expect(found[0]?.message).toContain('which ended on 2021-01-01');
  });

  it('keeps the copy that is devca’s own where a root is there twice', async () => {
    const { machine, find } = debian();
    const anchor = newAnchor('twice');
    machine.write(`${ANCHORS}/copy.crt`, pem(anchor.certificate));
    machine.write(`${ANCHORS}/devca-0123456789abcdef.crt`, pem(anchor.certificate));
    expect(await find([sha256Hex(anchor.certificate)])).toMatchObject([
      { id: 'duplicate-root', fix: expect.stringContaining(`rm ${ANCHORS}/copy.crt `) },
    ]);
  });

  it('is what update-ca-certificates ignores without a word, or serves to some programs only', async () => {
    const { machine, folder, find } = debian();
    const [one, two] = [named('one'), named('two')];
    machine.write(`${ANCHORS}/ignored.pem`, pem(one.der));
    machine.write(`${ANCHORS}/two.crt`, pem(one.der, two.der));
    machine.write(`${ANCHORS}/notes.txt`, 'nothing of ours');
    symlinkSync(`${ANCHORS}/gone.crt`, join(folder, '/etc/ssl/certs/gone.pem'));
    expect((await find()).map(({ id, fix }) => [id, fix])).toEqual([
      [
        'root-ignored',
        `sudo mv ${ANCHORS}/ignored.pem ${ANCHORS}/ignored.crt && sudo update-ca-certificates`,
      ],
      ['several-roots-in-file', expect.stringMatching(/^sudo csplit .* && sudo rm .*two\.crt && /)],
      ['dangling-links', 'sudo update-ca-certificates --fresh'],
    ]);
  });

  it('is a change that was interrupted, with the command that settles it', async () => {
    const { machine, find } = debian();
    const anchor = newAnchor('one');
    const root = {
      name: anchor.name,
      sha256: anchor.sha256,
      certificate: Buffer.from(anchor.certificate).toString('base64'),
    };
    const line = { schema: 1, id: 'a', event: 'begun', action: 'install', store: 'system', root, before: {} };
    machine.write(`${HOME}/.local/state/devca/trust.jsonl`, `${JSON.stringify(line)}\n`);
    expect(await find([anchor.sha256])).toMatchObject([
      { id: 'trust-interrupted', fix: 'devca trust install --store system' },
    ]);
    expect(await find()).toMatchObject([{ fix: 'devca trust uninstall --all --store system' }]);
  });
});
