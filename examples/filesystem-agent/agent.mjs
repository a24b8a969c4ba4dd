#!/usr/bin/env node
// A scripted agent (no model) that reaches a folder only through `countersign mcp-proxy`. It is an ordinary MCP client: it knows nothing of
// Countersign, asks nobody, and simply calls its tools.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const exit = { asExpected: 0, wrong: 1, setUp: 2, denied: 3, undecided: 4 };
const here = import.meta.dirname;
const { values: options } = parseArgs({
  options: {
    folder: { type: 'string', default: path.join(here, 'scratch') },
    proxy: { type: 'string', default: path.resolve(here, '../../lib/sdk/dist/countersign-mcp-proxy.js') },
    wait: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
  },
});
const folder = path.resolve(options.folder);
const waitMs = Number(options.wait) * 1000;
const say = options.json ? console.error : console.log;

for (const name of ['COUNTERSIGN_URL', 'COUNTERSIGN_CLIENT_ID', 'COUNTERSIGN_CLIENT_SECRET']) if (!process.env[name]) leave(exit.setUp, `${name} is not set. README.md says where it comes from.`);
if (!existsSync(options.proxy)) leave(exit.setUp, `${options.proxy} is not built yet. Run "npm run build" first.`);
if (!(waitMs > 0)) leave(exit.setUp, '--wait takes seconds.');

const notes = path.join(folder, 'notes');
const note = path.join(notes, 'note.txt');
const config = path.join(folder, 'proxy.json');
await mkdir(path.join(folder, 'private'), { recursive: true });
await mkdir(notes, { recursive: true });
await rm(note, { force: true });
await writeFile(path.join(notes, 'hello.txt'), 'Hello from the real file server.\n');
await writeFile(path.join(folder, 'private', 'plan.txt'), 'Nobody outside may read this.\n');
const fileServer = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/dist/index.js');
await writeFile(config, JSON.stringify({
  instance: { name: 'filesystem example' },
  session: { purpose: 'Show that files change only when a person agrees' },
  waitMs,
  servers: { files: { command: process.execPath, args: [fileServer, folder] } },
}, null, 2));

const client = new Client({ name: 'filesystem-agent', version: '1.0.0' });
try {
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [options.proxy, config], env: { ...process.env }, stderr: 'inherit' }));
} catch (error) {
  leave(exit.setUp, `The proxy does not start: ${error.message}`);
}
let failed = false;

const hello = await call('read_text_file', { path: path.join(notes, 'hello.txt') });
expect('reading notes/hello.txt', hello, !hello.failed && hello.text.includes('Hello from the real file server'));
const plan = await call('read_text_file', { path: path.join(folder, 'private', 'plan.txt') });
expect('reading private/plan.txt, outside its scope', plan, plan.failed && !plan.text.includes('Nobody outside'));
const around = await call('read_text_file', { path: `${notes}/../private/plan.txt` });
expect('reading notes/../private/plan.txt', around, around.failed && !around.text.includes('Nobody outside'));

say(`… writing notes/note.txt: a person has to decide. Open ${process.env.COUNTERSIGN_URL}/approvals`);
const content = `Written by a scripted agent at ${new Date().toISOString()}\n`;
const written = await call('write_file', { path: note, content });
const there = existsSync(note) ? await readFile(note, 'utf8') : undefined;
const outcome = !written.failed ? 'approved' : /still stands/.test(written.text) ? 'undecided' : 'denied';
expect(`writing notes/note.txt was ${outcome}; the file ${there === undefined ? 'does not exist' : 'exists'}`, written, outcome === 'approved' ? there === content : there === undefined);

await client.close();
if (options.json) console.log(JSON.stringify({ outcome: failed ? 'wrong' : outcome, fileExists: there !== undefined, note }));
process.exitCode = failed ? exit.wrong : { approved: exit.asExpected, denied: exit.denied, undecided: exit.undecided }[outcome];

async function call(name, args) {
  // Progress keeps the call alive while a person thinks; the limit is a little later than the proxy's own.
  const result = await client.callTool({ name, arguments: args }, undefined, { timeout: waitMs + 30_000, onprogress: () => {}, resetTimeoutOnProgress: true });
  return { failed: result.isError === true, text: result.content.map((part) => part.text ?? '').join('') };
}

function expect(what, { failed: refused, text }, right) {
  if (!right) failed = true;
  say(`${right ? '✓' : '✗ NOT AS IT SHOULD BE:'} ${what}\n    ${refused ? 'refused' : 'answered'}: ${text.trim().replaceAll('\n', '\n    ')}`);
}

function leave(code, message) {
  console.error(message);
  process.exit(code);
}
