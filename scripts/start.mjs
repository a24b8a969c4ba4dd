// `npm start`: from a fresh clone to a running console. Node's own modules only, since nothing is installed yet.
import { spawn } from 'node:child_process';
import { ensureBuilt } from './build.mjs';
import { ensureGenerated, ensureInstalled, requireNode } from './install.mjs';
import { loadEnvFile, main, root } from './run-command.mjs';

await main(async () => {
  const dev = process.argv.includes('--dev');
  requireNode();
  loadEnvFile();
  await ensureInstalled({ withDev: dev });
  if (dev) await ensureGenerated(); else await ensureBuilt();

  const program = dev ? ['--import', 'tsx', 'server.ts'] : ['--enable-source-maps', 'dist/server.js'];
  const server = spawn(process.execPath, program, {
    cwd: root,
    // The fourth channel tells the server when we are gone, however we went: it then stops everything.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: dev ? 'development' : 'production', ...(dev ? { COUNTERSIGN_DEV: '1' } : {}) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
  await new Promise((resolve) => server.once('close', (code, signal) => { process.exitCode = signal ? 1 : (code ?? 1); resolve(); }));
});
