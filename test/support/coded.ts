import { isDevcaError } from '../../src/errors/devca-error.ts';

/** The code of the error that something throws, or what it threw instead. */
export function codeOf(action: () => unknown): string {
  try {
    action();
    return 'nothing was thrown';
  } catch (error) {
    return isDevcaError(error) ? error.code : `${error}`;
  }
}
