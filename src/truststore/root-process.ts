// The process that stays root under `sudo devca`: it runs the commands of the stores that need root, and no others.
import { serveRoot } from '../platform/root-server.ts';
import { isCommandForUsers } from './root-commands.ts';

await serveRoot(isCommandForUsers);
