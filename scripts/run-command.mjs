import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** A failure that a person can act on: its message is all that is shown. */
export class Refusal extends Error {}

export const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

/** Runs a command to its end. `quiet` keeps its words for the answer instead of showing them. */
export function run(command, args, { quiet = false, env = {}, cwd = root } = {}) {
  const since = performance.now();
  return new Promise((resolve, reject) => {
    // npm is a script file on Windows, which only a shell can start.
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit', shell: process.platform === 'win32' && command === 'npm' });
    let output = '';
    child.stdout?.on('data', (chunk) => { output += chunk; });
    child.stderr?.on('data', (chunk) => { output += chunk; });
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass).on('SIGINT', pass);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGTERM', pass).off('SIGINT', pass);
      resolve({ code: code ?? 1, signal, output, ms: performance.now() - since });
    });
  });
}

/** A tool from node_modules, by its own file: no npx between a signal and its receiver. */
export const tool = (file, args, options) => run(process.execPath, [`${root}/node_modules/${file}`, ...args], options);

/** Says what is going on while it takes its time, then how long it took. */
export async function step(what, expected, work) {
  const since = performance.now();
  const live = process.stdout.isTTY;
  const line = () => `  ${what}${expected ? `, about ${expected}` : ''} …`;
  if (live) process.stdout.write(line()); else console.log(line());
  const tick = live ? setInterval(() => process.stdout.write(`\r${line()} ${seconds(performance.now() - since)} `), 1_000) : undefined;
  let ok = false;
  try {
    const result = await work();
    ok = true;
    return result;
  } finally {
    clearInterval(tick);
    if (live) process.stdout.write('\r\u001b[2K');
    console.log(`  ${what}: ${ok ? 'done' : 'failed'} (${seconds(performance.now() - since)})`);
  }
}

/** Ends the program with a sentence instead of a stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Refusal ? `\n${error.message}\n` : error);
    process.exitCode = 1;
  }
}

export const isMain = (meta) => process.argv[1] !== undefined && fileURLToPath(meta.url) === process.argv[1];

/** .env fills in what the environment leaves open; a variable that is set wins. */
export function loadEnvFile() {
  try { process.loadEnvFile(`${root}/.env`); } catch (error) { if (error.code !== 'ENOENT') throw new Refusal(`.env cannot be read: ${error.message}`); }
}
