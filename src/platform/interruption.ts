/**
 * Somebody has stopped devca, at a question or amid work that had to be tidied up. No error of the catalogue, so that it
 * passes by whatever makes the best of those; the process ends with status 130 and nothing more is said.
 */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitStatus = 130;
}
