// `npm run build`: the console by Next, the processes and the command line by esbuild, the SDK by its own script.
// `npm start` builds through here too, when the sources have changed since.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureGenerated, ensureInstalled, hashFiles, lastLines, requireNode } from './install.mjs';
import { Refusal, isMain, main, root, run, step, tool } from './run-command.mjs';

const at = (...parts) => path.join(root, ...parts);

/** What the programs are made from; a bundle each, sharing chunks. */
const programs = { server: 'server.ts', cli: 'lib/cli/main.ts', demo: 'lib/demo/main.ts', rogue: 'lib/drills/rogue/main.ts' };

/** What a part is made from. Parts that have not changed are not built again. */
const shared = ['lib', 'prisma/schema', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];
const parts = [
  { name: 'console', says: 'Building the console', expected: '60 s', sources: [...shared, 'app', 'components', 'public', 'next.config.ts', 'next.config.mjs', 'postcss.config.mjs', 'proxy.ts', 'instrumentation.ts'], made: () => existsSync(at('.next', 'BUILD_ID')), build: buildConsole },
  { name: 'programs', says: 'Bundling the processes', sources: [...shared, 'server.ts'], made: () => existsSync(at('dist', 'server.js')), build: buildPrograms },
  { name: 'sdk', says: 'Building the SDK', sources: ['lib/sdk', 'lib/protocol', 'package-lock.json'], made: () => existsSync(at('lib', 'sdk', 'dist')), build: buildSdk, skip: () => !existsSync(at('lib', 'sdk', 'build.mjs')) },
];

/** Builds what is missing or older than its sources. */
export async function ensureBuilt({ only, force = false } = {}) {
  await ensureGenerated();
  mkdirSync(at('dist'), { recursive: true });
  for (const part of parts) {
    if ((only && !only.includes(part.name)) || part.skip?.()) continue;
    const stamp = at('dist', `.${part.name}.stamp`);
    const wanted = hashFiles(part.sources);
    if (!force && part.made() && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    rmSync(stamp, { force: true });
    await step(part.says, part.expected, part.build);
    writeFileSync(stamp, wanted);
  }
}

function checked(result, what) {
  if (result.code !== 0) throw new Refusal(`${what} failed:\n${lastLines(result.output, 40)}\n\nIf you changed the sources, mend that and try again; if not, run "npm ci" and try again.`);
}

async function buildConsole() {
  checked(await tool('next/dist/bin/next', ['build'], { quiet: true, env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } }), 'Building the console');
}

async function buildPrograms() {
  const { build } = await import('esbuild');
  rmSync(at('dist', 'chunks'), { recursive: true, force: true });
  const entryPoints = Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(at(source))).map(([name, source]) => [name, at(source)]));
  try {
    const { metafile } = await build({
      metafile: true, absWorkingDir: root, entryPoints, outdir: at('dist'), entryNames: '[name]', chunkNames: 'chunks/[name]-[hash]',
      bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', sourcemap: 'linked', logLevel: 'silent',
      tsconfig: at('tsconfig.json'), alias: { '@': root },
    });
    refuseUnloadable(metafile);
  } catch (error) {
    throw new Refusal(`Bundling the processes failed:\n${lastLines(error.message, 40)}`);
  }
}

/** A path inside a package that the type checker and tsx find, but Node does not ('ajv/dist/2020' for '….js'), would only fail at a start. */
function refuseUnloadable({ outputs }) {
  const outside = new Set(Object.values(outputs).flatMap(({ imports }) => imports).filter(({ external, path: name }) => external && !isBuiltin(name)).map(({ path: name }) => name));
  const lost = [...outside].filter((name) => {
    try { return !existsSync(fileURLToPath(import.meta.resolve(name))); } catch { return true; }
  });
  if (lost.length > 0) throw new Error(`Node cannot load ${lost.map((name) => `"${name}"`).join(', ')}. Name the file whole, with its extension.`);
}

async function buildSdk() {
  checked(await run(process.execPath, [at('lib', 'sdk', 'build.mjs')], { quiet: true }), 'Building the SDK');
}

if (isMain(import.meta)) {
  await main(async () => {
    requireNode();
    await ensureInstalled();
    await ensureBuilt({ force: process.argv.includes('--force') });
  });
}
