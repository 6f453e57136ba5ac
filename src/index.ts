export { DevcaError } from './errors/devca-error.ts';
