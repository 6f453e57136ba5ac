// Loads a program of dist/ with the bytecode of the functions that earlier runs of the same command called. The runtime's
// own compile cache holds what runs while a file is loaded, and none of the functions that are called afterwards.
const { hash } = require('node:crypto');
const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');
const { Script } = require('node:vm');

const WRAPPER = '(function (exports, require, module, __filename, __dirname) {';
const ONE_HOUR = 3_600_000;
const HASH_LENGTH = 32;
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;

/** The program's exports, and a function to be called after a command that went well; `undefined` before the first build. */
exports.loadProgram = () => {
  const [, , first = '', ...further] = process.argv;
  const command = /^[a-z]{1,20}$/.test(first) ? first : 'other';
  const isPartial = further.some((word) => ['-h', '--help', '--dry-run'].includes(word));
  const file = programFile(command);
  if (file === undefined) return undefined;
  // The bundler escapes all that is not ASCII.
  const source = fs.readFileSync(file, 'latin1');
  const path = codePath(source, isPartial ? 'other' : command);
  const known = path === undefined ? undefined : readCode(path);
  const script = new Script(`${WRAPPER}${source}\n})`, {
    filename: file,
    columnOffset: -WRAPPER.length,
    cachedData: known?.code,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, dirname(file));
  // Renewed now and then, so that it comes to hold what later runs called too.
  const isFresh =
    known !== undefined && !script.cachedDataRejected && Date.now() - known.writtenAt < ONE_HOUR;
  const keepCode = () => {
    if (path !== undefined && !isFresh) writeCode(path, script.createCachedData());
  };
  return { program: module.exports, keepCode };
};

/** One that knows this command alone, or the whole program. */
function programFile(command) {
  return [command, 'main'].map((name) => join(__dirname, '../dist', `${name}.cjs`)).find(fs.existsSync);
}

/**
 * One file for each command of each build, whose mark opens the source. It lies in the user's own folder, since a shared
 * one would let others plant code. Root neither runs what a user could have put there nor writes where one can make links.
 */
function codePath(source, command) {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  const folder = XDG_CACHE_HOME || (HOME ? join(HOME, '.cache') : LOCALAPPDATA);
  const build = /^\/\*([0-9a-f]+)\*\//.exec(source)?.[1];
  // A relative one would lie in whatever folder devca is called in, such as a checkout with files of somebody else.
  if (!folder || !isAbsolute(folder) || build === undefined) return undefined;
  if (process.geteuid?.() === 0 && !isRootsAlone(folder)) return undefined;
  return join(folder, 'devca', `${process.version}-${process.arch}-${build}-${command}`);
}

/**
 * Whether nobody else can change what is there or on the way. A link leads anywhere, and counts as a change. In a sticky
 * folder, others can't replace what root has there.
 */
function isRootsAlone(folder, hasChild = false) {
  const status = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (status !== undefined) {
    const isClosed = (status.mode & 0o022) === 0 || ((status.mode & 0o1000) !== 0 && hasChild);
    if (!status.isDirectory() || status.uid !== 0 || !isClosed) return false;
  }
  return folder === dirname(folder) || isRootsAlone(dirname(folder), status !== undefined);
}

/** The engine takes code without a look at it and crashes where it is damaged, so its hash stands before it. */
function readCode(path) {
  let handle;
  try {
    // A link could lead to a file of the user's with the code of somebody else, and a pipe has no end.
    handle = fs.openSync(path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    const { uid, mode, mtimeMs } = fs.fstatSync(handle);
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) return undefined;
    const bytes = fs.readFileSync(handle);
    const code = bytes.subarray(HASH_LENGTH);
    if (!hash('sha256', code, 'buffer').equals(bytes.subarray(0, HASH_LENGTH))) return undefined;
    return { code, writtenAt: mtimeMs };
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

/** A failure costs the next run some milliseconds and nobody else anything. */
function writeCode(path, code) {
  const temporary = `${path}.${process.pid}`;
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      fs.writeFileSync(temporary, hash('sha256', code, 'buffer'), { flag: 'wx', mode: 0o600 });
      fs.appendFileSync(temporary, code);
      fs.renameSync(temporary, path);
    } finally {
      fs.rmSync(temporary, { force: true });
    }
  } catch {
    // No folder, no room, or another process is at it.
  }
}
