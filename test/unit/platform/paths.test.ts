import { describe, expect, it } from '@jest/globals';
import { configFolder, dataFolder, homeOf, stateFolder, userHome } from '../../../src/platform/paths.ts';
import type { System } from '../../../src/platform/system.ts';
import { testWorld } from '../../support/test-world.ts';

const system = (environment: Record<string, string> = {}, more: Partial<System> = {}): System =>
  testWorld({ home: '/home/ada', environment, system: more }).system;

describe('paths', () => {
  it('takes --home over DEVCA_HOME over the data folder', () => {
    expect(homeOf('there', system({ DEVCA_HOME: '/x' }))).toBe('/home/ada/there');
    expect(homeOf(undefined, system({ DEVCA_HOME: '/x' }))).toBe('/x');
    expect(homeOf(undefined, system({ XDG_DATA_HOME: '/data' }))).toBe('/data/devca');
    expect(homeOf(undefined, system())).toBe('/home/ada/.local/share/devca');
  });

  it('ignores an XDG variable that is not absolute', () => {
    expect(dataFolder(system({ XDG_DATA_HOME: 'data' }))).toBe('/home/ada/.local/share');
    expect(stateFolder(system({ XDG_STATE_HOME: '/state' }))).toBe('/state');
    expect(configFolder(system())).toBe('/home/ada/.config');
  });

  it('knows the folders of macOS and Windows', () => {
    expect(dataFolder(system({}, { platform: 'darwin' }))).toBe('/home/ada/Library/Application Support');
    expect(stateFolder(system({}, { platform: 'darwin' }))).toBe('/home/ada/Library/Application Support');
    expect(dataFolder(system({ LOCALAPPDATA: '/c/local' }, { platform: 'win32' }))).toBe('/c/local');
  });

  it('writes paths of Windows as Windows does, whatever system runs it', () => {
    const windows = { platform: 'win32', homeFolder: 'C:\\Users\\Ádá Ó' } as const;
    expect(stateFolder(system({}, windows))).toBe('C:\\Users\\Ádá Ó\\AppData\\Local');
    expect(homeOf(undefined, system({ LOCALAPPDATA: 'D:\\local' }, windows))).toBe('D:\\local\\devca');
  });

  it('refuses to guess a home with DEVCA_HOME_UNKNOWN', () => {
    const homeless = system({}, { homeFolder: undefined });
    expect(() => userHome(homeless)).toThrow(expect.objectContaining({ code: 'DEVCA_HOME_UNKNOWN' }));
  });
});
