// Builds the interface for the assembly: installs packages when the lock file changed, then runs Vite.
// Several MSBuild processes may call this at once (projects of one solution, two terminals): a lock lets one of
// them work, and the others find everything up to date when their turn comes.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const lockFile = join(here, '.build.lock');
const stamp = join(here, 'dist', 'index.html');
const inputs = ['package.json', 'package-lock.json', 'index.html', 'vite.config.ts', 'tsconfig.json', 'src', 'public'];
// A first build downloads packages; ten minutes is beyond any slow network seen.
const maxWaitMs = 600_000;

function newest(path) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), entry.mtimeMs);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function tryLock() {
  try {
    const file = openSync(lockFile, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

// A build that was killed leaves its lock behind. An empty file is a lock being written, unless it is old.
function dropStaleLock() {
  try {
    const owner = Number(readFileSync(lockFile, 'utf8'));
    const ageMs = Date.now() - statSync(lockFile).mtimeMs;
    if (owner > 0 ? !isAlive(owner) : ageMs > 5_000) rmSync(lockFile, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function run(command, args) {
  const windows = process.platform === 'win32';
  const done = spawnSync(command, args, { cwd: here, stdio: 'inherit', shell: windows });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${done.status}`);
}

function build() {
  const installed = join(here, 'node_modules', '.package-lock.json');
  const vite = join(here, 'node_modules', 'vite', 'package.json');
  if (!existsSync(installed) || !existsSync(vite) || statSync(installed).mtimeMs < statSync(join(here, 'package-lock.json')).mtimeMs) {
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    utimesSync(installed, new Date(), new Date());
  }
  const changed = Math.max(...inputs.map(name => newest(join(here, name))));
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= changed) return;
  run('npx', ['--no-install', 'vite', 'build', '--logLevel', 'warn']);
  writeFileSync(stamp, readFileSync(stamp));
}

for (const start = Date.now(); !tryLock(); await delay(200)) {
  dropStaleLock();
  if (Date.now() - start > maxWaitMs) {
    console.error(`error: another build holds ${lockFile}`);
    process.exit(1);
  }
}
try {
  build();
} catch (error) {
  console.error(`error: the user interface was not built: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(lockFile, { force: true });
}
