import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';

const here = import.meta.dirname;
const root = path.resolve(here, '../..');
/** A project of somebody who has installed the package. */
let project: string;
let gateway: TestGateway;
let agent: TestAgent;

beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.agent('reader of the readme', [{ toolset: 'knowledge_base', operations: ['*'], scope: '**' }, { toolset: 'email', operations: ['*'], scope: '**' }]);
  project = await mkdtemp(path.join(tmpdir(), 'countersign-package-'));
  const home = path.join(project, 'node_modules/@countersign/agent');
  await mkdir(path.join(project, 'node_modules/@types'), { recursive: true });
  await mkdir(home, { recursive: true });
  const built = spawnSync(process.execPath, [path.join(here, 'build.mjs'), home], { encoding: 'utf8' });
  expect(built.stderr + built.stdout).toBe('');
  for (const name of ['socket.io-client', 'zod', 'uuidv7', '@modelcontextprotocol', '@types/node', 'typescript']) await symlink(path.join(root, 'node_modules', name), path.join(project, 'node_modules', name));
  await writeFile(path.join(project, 'package.json'), '{"type":"module"}');
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  await rm(project, { recursive: true });
});

const env = () => ({ ...process.env, COUNTERSIGN_URL: gateway.url, COUNTERSIGN_CLIENT_ID: agent.clientId, COUNTERSIGN_CLIENT_SECRET: agent.clientSecret, COUNTERSIGN_CONTROL_PIN: gateway.keys.signingKey('control/order').publicJwk.x, STATE_FILE: path.join(project, 'state.json') });

/** Runs a program; whatever it asks meanwhile is decided by `verdict`. */
async function run(args: string[], verdict: 'approve' | 'deny' = 'approve'): Promise<{ code: number; output: string }> {
  const { decideApproval } = await import('@/lib/approvals');
  const { sql } = await import('@/lib/db');
  const boss = await gateway.person('admin');
  let ended = false;
  const result = new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, args, { cwd: project, env: env(), timeout: 60_000 }, (error, stdout, stderr) => {
      ended = true;
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, output: stdout + stderr });
    });
  });
  while (!ended) {
    for (const { id, digest } of await sql.rows<{ id: string; digest: string }>(`SELECT id, digest FROM approval WHERE state = 'pending'`)) await decideApproval(boss, { approvalId: id, verdict, digest });
    await Promise.race([result, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  return result;
}

describe('the README', () => {
  it('has snippets that compile against the package as installed', async () => {
    const snippets = await snippetsOf();
    expect(snippets.length).toBeGreaterThanOrEqual(5);
    // Declarations that don't find each other would silently turn everything into `any`, and anything compiles.
    await writeFile(path.join(project, 'check.ts'), `
      import type { ActionOutcome, AgentClient, Decision, Order, SessionHandle } from '@countersign/agent';
      import type { ProxyIo } from '@countersign/agent/mcp-proxy';
      type Known<T> = 0 extends 1 & T ? never : true;
      export const known: [Known<AgentClient>, Known<SessionHandle>, Known<Decision['code']>, Known<Order['id']>, Known<ActionOutcome['findings']>, Known<ProxyIo['stdin']>] = [true, true, true, true, true, true];`);
    await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { strict: true, module: 'NodeNext', moduleResolution: 'NodeNext', target: 'ES2022', types: ['node'], outDir: 'out', skipLibCheck: true },
      include: ['*.ts'],
    }));
    const compiled = spawnSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { encoding: 'utf8' });
    expect(compiled.stdout).toBe('');
    expect(compiled.status).toBe(0);
  }, 120_000);

  it('has snippets that do what they say', async () => {
    const says = [/Article 7 is about refunds/, /sent to someone@elsewhere\.example/, /Night shift: \d open[\s\S]*report-1: allow/, /true clean[\s\S]*Refunds take three days/, /ran action [\w-]{36}[\s\S]*digest_mismatch/];
    const snippets = await snippetsOf();
    for (const [index, file] of snippets.entries()) {
      const { code, output } = await run([path.join(project, 'out', file.replace('.ts', '.js'))]);
      expect(output, file).toMatch(says[index] ?? /./);
      expect(code, file).toBe(0);
    }
  }, 120_000);
});

it('needs no MCP library unless the proxy is used', async () => {
  const { metafile } = await (await import('esbuild')).build({ entryPoints: [path.join(here, 'index.ts')], bundle: true, platform: 'node', format: 'esm', packages: 'external', write: false, metafile: true, alias: { '@': root }, logLevel: 'silent' });
  const outside = new Set(Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path: name }) => name)).filter((name) => !name.startsWith('node:')));
  const { dependencies } = JSON.parse(await readFile(path.join(here, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  expect([...outside].sort()).toEqual(Object.keys(dependencies).sort());
});

describe('the filesystem example', () => {
  it.each([['approve', 0, 'approved', true], ['deny', 3, 'denied', false]] as const)('when a person says %s, exits %i', async (verdict, code, outcome, fileExists) => {
    const folder = path.join(project, `scratch-${verdict}`);
    agent = await gateway.agent(`file keeper ${verdict}`, [{ toolset: 'files', operations: ['read', 'write'], scope: `${folder}/notes/**` }], { enforced: true });
    const proxy = path.join(project, 'node_modules/@countersign/agent/countersign-mcp-proxy.js');
    const ran = await run([path.join(root, 'examples/filesystem-agent/agent.mjs'), '--folder', folder, '--proxy', proxy, '--json'], verdict);
    expect(ran.output).not.toContain('NOT AS IT SHOULD BE');
    expect(ran.output).toContain(`"outcome":"${outcome}","fileExists":${fileExists}`);
    expect(ran.code).toBe(code);
  }, 60_000);

  it('says what is missing when it is not set up', async () => {
    const result = spawnSync(process.execPath, [path.join(root, 'examples/filesystem-agent/agent.mjs')], { encoding: 'utf8', env: { ...process.env, COUNTERSIGN_URL: '' } });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('COUNTERSIGN_URL');
  });
});

/** Writes the README's programs as files of the project and names them. */
async function snippetsOf(): Promise<string[]> {
  const text = await readFile(path.join(here, 'README.md'), 'utf8');
  const programs = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, program]) => program as string);
  const names = programs.map((_program, index) => `snippet-${index + 1}.ts`);
  await Promise.all(programs.map((program, index) => writeFile(path.join(project, names[index] as string), program)));
  return names;
}
