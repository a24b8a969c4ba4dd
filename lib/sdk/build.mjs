// Builds the package: programs by esbuild, declarations by tsc, and the package.json that is published, which names them (ours names the
// sources, for whoever imports this folder inside the project). `node lib/sdk/build.mjs [OUTDIR]`; default lib/sdk/dist; then `npm publish` that.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const root = path.resolve(here, '../..');
const outdir = path.resolve(process.argv[2] ?? path.join(here, 'dist'));

rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root, outdir, entryNames: '[name]', chunkNames: 'chunks/[hash]',
  entryPoints: { index: path.join(here, 'index.ts'), 'mcp-proxy': path.join(here, 'mcp-proxy/index.ts'), 'countersign-mcp-proxy': path.join(here, 'mcp-proxy/bin.ts'), supervisor: path.join(here, 'supervisor/index.ts'), 'countersign-supervise': path.join(here, 'supervisor/bin.ts') },
  bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', sourcemap: 'linked', logLevel: 'warning',
  tsconfig: path.join(root, 'tsconfig.json'), alias: { '@': root },
});
for (const program of ['countersign-mcp-proxy', 'countersign-supervise']) chmodSync(path.join(outdir, `${program}.js`), 0o755);

const types = path.join(outdir, 'types');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const result = spawnSync(process.execPath, [tsc, '-p', path.join(here, 'tsconfig.build.json'), '--outDir', types], { cwd: root, encoding: 'utf8' });
if (result.status !== 0) {
  console.error(result.stdout || result.stderr);
  process.exit(1);
}
for (const entry of readdirSync(types, { recursive: true })) if (entry.endsWith('.d.ts')) nameFilesWhole(path.join(types, entry));

const { main: _main, scripts: _scripts, ...manifest } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
writeFileSync(path.join(outdir, 'package.json'), `${JSON.stringify({
  ...manifest,
  exports: {
    '.': { types: './types/sdk/index.d.ts', default: './index.js' },
    './mcp-proxy': { types: './types/sdk/mcp-proxy/index.d.ts', default: './mcp-proxy.js' },
    './supervisor': { types: './types/sdk/supervisor/index.d.ts', default: './supervisor.js' },
  },
  types: './types/sdk/index.d.ts',
  bin: { 'countersign-mcp-proxy': './countersign-mcp-proxy.js', 'countersign-supervise': './countersign-supervise.js' },
  sideEffects: false,
}, null, 2)}\n`);
copyFileSync(path.join(here, 'README.md'), path.join(outdir, 'README.md'));

/** What tsc writes names files as our sources do; whoever installs the package resolves as Node does, by the file's whole name. */
function nameFilesWhole(file) {
  const text = readFileSync(file, 'utf8').replace(/(\bfrom |\bimport\(|\bimport )(['"])((?:\.{1,2}\/|@\/lib\/)[^'"]*|\.{1,2})\2/g, (_all, before, quote, name) => {
    const target = name.startsWith('@/lib/') ? path.join(types, name.slice('@/lib/'.length)) : path.resolve(path.dirname(file), name);
    const whole = isFile(`${target}.d.ts`) ? `${target}.js` : path.join(target, 'index.js');
    const relative = path.relative(path.dirname(file), whole).replaceAll(path.sep, '/');
    return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}${quote}`;
  });
  writeFileSync(file, text);
}

function isFile(name) {
  try { readFileSync(name); return true; } catch { return false; }
}
