import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  examineStores,
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { anchorFileName, anchorPem } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { newAnchor } from '../../../support/trust-lab.ts';
import { type FakeMachine, fakeMachine, HOME } from '../fake-machine.ts';

const anchor = newAnchor('docker');
const other = newAnchor('another');
const NAME = `${anchorFileName(anchor)}.crt`;
const SYSTEM = '/etc/docker/certs.d/registry.test:5000';
const PODMAN = `${HOME}/.config/containers/certs.d`;

describe('trust for the registries of Docker and Podman', () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = fakeMachine({ folder: scratchFolder(), canAsk: true, system: { uid: 1000 } });
    machine.programs.set('sudo', () => ({}));
  });
  const statuses = async (...stores: string[]) =>
    (await trustStatus(anchor, { stores }, machine.world)).map(({ id, status }) => [id, status]);
  const install = async (store: string) =>
    (await installTrust(anchor, { stores: [store] }, machine.world))[0];
  const uninstall = async (store: string) =>
    (await uninstallTrust(anchor, { stores: [store] }, machine.world))[0];

  it('has a row for each folder of a registry, and none where there is none', async () => {
    expect(
      (await trustStatus(anchor, {}, machine.world)).filter(({ id }) => id.startsWith('docker')),
    ).toEqual([]);
    machine.write(`${SYSTEM}/ca.crt`, anchorPem(other));
    machine.write(`/etc/docker/certs.d/quay.io/ca.crt`, 'no certificate');
    machine.write(`${PODMAN}/localhost:5000/client.cert`, anchorPem(anchor));
    machine.write(`${HOME}/.docker/certs.d/127.0.0.1:5000/ca.crt`, anchorPem(anchor));
    expect(await statuses('docker')).toEqual([
      ['docker:/etc/docker/certs.d/quay.io', 'unsupported'],
      [`docker:${SYSTEM}`, 'different-root'],
      [`docker:${PODMAN}/localhost:5000`, 'not-trusted'],
      [`docker:${HOME}/.docker/certs.d/127.0.0.1:5000`, 'trusted'],
    ]);
  });

  it('takes a registry by its name, makes its folder and takes both away again', async () => {
    const name = 'docker:registry.test:5000';
    const plan = await planTrust('install', anchor, { stores: [name] }, machine.world);
    expect(planScript(plan, machine.world)).toBe(
      [
        `## docker:${SYSTEM}`,
        '# make the folder for registry.test:5000',
        `sudo install -d -m 0755 ${SYSTEM}`,
        '# add the root',
        `sudo install -m 0644 /dev/null ${SYSTEM}/${NAME}`,
        `sudo dd of=${SYSTEM}/${NAME} conv=notrunc,fsync status=none <<'DEVCA_END'`,
        `${anchorPem(anchor)}DEVCA_END`,
        '',
      ].join('\n'),
    );
    expect(await install(name)).toMatchObject({ id: `docker:${SYSTEM}`, status: 'trusted', changed: true });
    expect(await install(name)).toMatchObject({ changed: false });
    expect(await uninstall(name)).toMatchObject({ status: 'not-trusted', changed: true });
    expect(machine.has(SYSTEM)).toBe(false);
    expect(machine.has('/etc/docker/certs.d')).toBe(true);
  });

  it('takes exactly its own file out of a folder of others', async () => {
    machine.write(`${SYSTEM}/ca.crt`, anchorPem(other));
    await install(`docker:${SYSTEM}`);
    expect(machine.read(`${SYSTEM}/${NAME}`)).toBe(anchorPem(anchor));
    expect(await uninstall(`docker:${SYSTEM}`)).toMatchObject({ status: 'different-root', changed: true });
    expect(machine.read(`${SYSTEM}/ca.crt`)).toBe(anchorPem(other));
    machine.write(`${SYSTEM}/${NAME}`, anchorPem(other));
    expect(await uninstall(`docker:${SYSTEM}`)).toMatchObject({ changed: false });
    expect(machine.has(`${SYSTEM}/${NAME}`)).toBe(true);
  });

  it('says so where the root stays trusted through a file of somebody else', async () => {
    machine.write(`${SYSTEM}/ca.crt`, anchorPem(anchor));
    machine.write(`${SYSTEM}/${NAME}`, anchorPem(anchor));
    expect(await uninstall(`docker:${SYSTEM}`)).toMatchObject({
      status: 'trusted',
      error: { code: 'DEVCA_TRUST_STILL_TRUSTED' },
    });
  });

  it('removes what is left of a file whose writing was killed', async () => {
    machine.write(`${SYSTEM}/${NAME}`, anchorPem(anchor).slice(0, 100));
    expect(await uninstall(`docker:${SYSTEM}`)).toMatchObject({ changed: true });
    expect(machine.has(`${SYSTEM}/${NAME}`)).toBe(false);
  });

  it('adds nothing for a registry that the root may not vouch for', async () => {
    expect(await install('docker:quay.io')).toMatchObject({ status: 'unsupported', changed: false });
  });

  it.each([
    ['Podman without Docker', { podman: true }, {}, `${PODMAN}/registry.test`],
    [
      'rootless Docker',
      {},
      { DOCKER_HOST: 'unix:///run/user/1000/docker.sock' },
      `${HOME}/.config/docker/certs.d/registry.test`,
    ],
  ])('means the engine that is there: %s', async (_, programs, environment, folder) => {
    machine = fakeMachine({
      folder: scratchFolder(),
      system: { uid: 1000, environment: { HOME, ...environment } },
    });
    if ('podman' in programs) machine.programs.set('podman', () => ({}));
    expect(await install('docker:registry.test')).toMatchObject({
      id: `docker:${folder}`,
      status: 'trusted',
    });
    expect(machine.commands.filter((command) => command.startsWith('sudo'))).toEqual([]);
  });

  it('is examined for the roots in all files of all registries', async () => {
    machine.write(`${SYSTEM}/ca.crt`, anchorPem(other));
    machine.write(`${PODMAN}/quay.io/ca.crt`, anchorPem(anchor));
    const found = (await examineStores(machine.world)).flatMap(({ entries }) => entries);
    expect(found.map(({ place, remove }) => [place, remove])).toEqual([
      [`${SYSTEM}/ca.crt`, `sudo rm ${SYSTEM}/ca.crt`],
      [`${PODMAN}/quay.io/ca.crt`, `rm ${PODMAN}/quay.io/ca.crt`],
    ]);
  });

  it('asks for the name of a registry, and refuses what is none', async () => {
    expect(await statuses('docker')).toEqual([['docker', 'unsupported']]);
    expect(await statuses('docker:/etc/docker/certs.d')).toEqual([
      ['docker:/etc/docker/certs.d', 'unsupported'],
    ]);
    await expect(statuses('docker:../../etc')).rejects.toMatchObject({ code: 'DEVCA_TRUST_STORE_UNKNOWN' });
  });

  it('leaves the colon out on Windows, where the folder of Docker Desktop is meant', async () => {
    const home = 'C:\\Users\\Jürgen Öz';
    machine = fakeMachine({
      folder: scratchFolder(),
      system: {
        platform: 'win32',
        homeFolder: home,
        environment: { LOCALAPPDATA: `${home}\\AppData\\Local` },
      },
    });
    const folder = `${home}\\.docker\\certs.d\\localhost5000`;
    expect(await install('docker:localhost:5000')).toMatchObject({
      id: `docker:${folder}`,
      status: 'trusted',
      changed: true,
    });
    expect(machine.read(`${folder}\\${NAME}`)).toBe(anchorPem(anchor));
    expect(await uninstall(`docker:${folder}`)).toMatchObject({ status: 'not-trusted', changed: true });
  });

  it('finds the folder of Docker Desktop on macOS', async () => {
    machine = fakeMachine({
      folder: scratchFolder(),
      system: { platform: 'darwin', homeFolder: '/Users/ada' },
    });
    const id = 'docker:/Users/ada/.docker/certs.d/registry.internal';
    expect(await install('docker:registry.internal')).toMatchObject({
      id,
      status: 'trusted',
      detail: expect.stringContaining('Docker Desktop sees the change when it is started again'),
    });
  });
});
