// Reads a capture as a program of its own and prints how long that took and the most memory that it had: FILE
import { fileChunks } from '../src/platform/file-chunks.ts';
import { readCapture } from '../src/wire/read-capture.ts';

const [file = ''] = process.argv.slice(2);
const started = process.hrtime.bigint();
const { connections } = readCapture(fileChunks(file), file);
const ms = Number(process.hrtime.bigint() - started) / 1e6;
const mebibytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ ms, mebibytes, connections: connections.length }));
