import { describe, expect, it } from '@jest/globals';
import { restoredEnvironment } from '../../../src/runtimes/restored-environment.ts';
import { trustEnvironment } from '../../../src/runtimes/trust-environment.ts';
import { codeOf } from '../../support/coded.ts';
import type { FakeMachine } from '../truststore/fake-machine.ts';
import { heldBy, machine, PUBLIC, ROOTS, withVariables } from './lab.ts';

const withPhp = (system: Parameters<typeof machine>[0] = {}): FakeMachine => {
  const here = machine(system);
  here.programs.set('php', () => ({}));
  return here;
};

const foldersOf = (here: FakeMachine, before?: string): string | undefined =>
  trustEnvironment(
    { roots: ROOTS, only: ['php'], without: ['openssl'] },
    withVariables(here, { PHP_INI_SCAN_DIR: before }),
  ).find(({ name }) => name === 'PHP_INI_SCAN_DIR')?.value;

describe("PHP's settings", () => {
  it('get a folder more, with the bundle for its curl', () => {
    const here = withPhp();
    const [folder = '', ...others] = foldersOf(here)?.split(':') ?? [];
    expect(others).toEqual(['']);
    expect(folder.startsWith(`${PUBLIC}/php-`)).toBe(true);
    const settings = here.read(`${folder}/devca.ini`) ?? '';
    const [, bundle = ''] = /^curl\.cainfo = "(.*)"\n$/.exec(settings) ?? [];
    expect(heldBy(bundle, here)).toEqual(['public', 'devca']);
  });

  it.each([[undefined], [''], ['/mine'], [':/mine']])(
    'keep their folders where they were %j, and get them back',
    (before) => {
      const here = withPhp();
      const value = foldersOf(here, before);
      expect(value).toMatch(before === '' ? /^[^:]+$/ : /^[^:]+:/);
      expect(value?.endsWith(before ?? '')).toBe(true);
      expect(foldersOf(here, value)).toBe(value);
      expect(restoredEnvironment(withVariables(here, { PHP_INI_SCAN_DIR: value }))).toEqual([
        { name: 'PHP_INI_SCAN_DIR', value: before },
      ]);
      expect(restoredEnvironment(withVariables(here, { PHP_INI_SCAN_DIR: before }))).toEqual([]);
    },
  );

  it('are left alone where they name roots already, and where there is no PHP', () => {
    const here = withPhp();
    here.write('/etc/php/8.2/cli/php.ini', '[curl]\n;curl.cainfo =\ncurl.cainfo =\n');
    expect(foldersOf(here)).toBeDefined();
    here.write('/etc/php/8.2/cli/php.ini', '[curl]\n curl.cainfo = /corp/ca.pem\n');
    expect(foldersOf(here)).toBeUndefined();
    expect(foldersOf(machine())).toBeUndefined();
  });

  it('do not get a path that they cannot hold', () => {
    expect(codeOf(() => foldersOf(withPhp({ homeFolder: '/home/${x}' })))).toBe('DEVCA_RUNTIME_VALUE');
  });
});
