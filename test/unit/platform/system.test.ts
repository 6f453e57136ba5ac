import { describe, expect, it } from '@jest/globals';
import { environmentOf } from '../../../src/platform/system.ts';

describe('the environment', () => {
  it('has the names that devca looks up on Windows, where names have no case', () => {
    const variables = { Path: 'C:\\Windows', SYSTEMROOT: 'C:\\Windows', Temp: 'C:\\t', Own: 'x' };
    expect(environmentOf(variables, 'win32')).toEqual({
      PATH: 'C:\\Windows',
      SystemRoot: 'C:\\Windows',
      TEMP: 'C:\\t',
      Own: 'x',
    });
    expect(environmentOf(variables, 'linux')).toEqual(variables);
  });
});
