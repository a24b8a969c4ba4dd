// `npm run attack [-- --seed N] [--class NAME] [--cases FILE|FOLDER] [--record] [--json]`: the attack suite through a gate of its own, against a build of what stands here.
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, requireNode } from './install.mjs';
import { main, run } from './run-command.mjs';

await main(async () => {
  requireNode();
  await ensureInstalled({ withDev: true });
  await ensureBuilt();
  const result = await run(process.execPath, ['--import', 'tsx', '--no-turbo-inline-js-wasm-calls', 'bench/attack.ts', ...process.argv.slice(2)], { env: { NODE_ENV: 'production' } });
  process.exitCode = result.code;
});
