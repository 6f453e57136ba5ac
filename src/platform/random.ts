import { randomBytes } from 'node:crypto';

/** Random bytes fit for serial numbers and keys. */
export type RandomBytes = (length: number) => Uint8Array;

export const systemRandom: RandomBytes = (length) => randomBytes(length);
