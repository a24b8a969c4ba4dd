// `npm run bench -- NAME [arguments] [--json]`: runs bench/NAME.ts against a build of what stands here.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, requireNode } from './install.mjs';
import { Refusal, main, root, run } from './run-command.mjs';

await main(async () => {
  const [name, ...rest] = process.argv.slice(2);
  const folder = path.join(root, 'bench');
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => file.slice(0, -3)) : [];
  if (!name || !names.includes(name)) throw new Refusal(`Which bench? npm run bench -- NAME [arguments] [--json], NAME one of: ${names.join(', ') || '(none yet)'}.`);
  requireNode();
  await ensureInstalled({ withDev: true });
  await ensureBuilt();
  const result = await run(process.execPath, ['--import', 'tsx', '--no-turbo-inline-js-wasm-calls', `bench/${name}.ts`, ...rest], { env: { NODE_ENV: 'production' } });
  process.exitCode = result.code;
});
