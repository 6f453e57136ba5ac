import { isDevcaError } from '../../src/errors/devca-error.ts';

/** The code and context of the error that something throws. */
export function refusal(action: () => unknown): [code: string, context: unknown] {
  try {
    action();
  } catch (error) {
    if (isDevcaError(error)) return [error.code, error.context];
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The same of a promise that is rejected. */
export async function refusalOf(work: Promise<unknown>): Promise<[code: string, context: unknown]> {
  try {
    await work;
  } catch (error) {
    if (isDevcaError(error)) return [error.code, error.context];
    throw error;
  }
  throw new Error('nothing was thrown');
}
