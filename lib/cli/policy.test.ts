import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateBundle } from '@/lib/policies';
import { runCommandLine } from './commands';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(path.join(tmpdir(), 'policy-suggest-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  let out = '';
  let err = '';
  const code = await runCommandLine(['policy', 'suggest', ...argv], { out: (text) => { out += text; }, err: (text) => { err += text; } });
  return { code, out, err };
}
async function file(name: string, content: unknown): Promise<string> {
  const at = path.join(folder, name);
  await writeFile(at, typeof content === 'string' ? content : JSON.stringify(content));
  return at;
}
const listed = { jsonrpc: '2.0', id: 1, result: { tools: [
  { name: 'get_ticket', description: 'Reads a ticket.', inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }, annotations: { readOnlyHint: true } },
  { name: 'send_email', inputSchema: { type: 'object', properties: { to: { type: 'string', format: 'email' }, body: { type: 'string' } }, required: ['to', 'body'] } },
  { name: 'wipe_disk', description: 'Wipes.\u001b[2J', inputSchema: { type: 'object', properties: {} } },
] } };

describe('countersign policy suggest', () => {
  it('prints verdicts, rules and what to look at, with nothing that steers a terminal', async () => {
    const { code, out } = await run(await file('tools.json', listed), '--goal', 'Send ana@example.org an email about ticket 7.');
    expect(code).toBe(0);
    expect(out).toMatch(/get_ticket +read +allow/);
    expect(out).toMatch(/send_email +send +allow if from the user, else ask/);
    expect(out).toMatch(/wipe_disk +delete +deny/);
    expect(out).toContain('permit (principal, action == Action::"call", resource == Tool::"get_ticket");');
    expect(out).toContain('It is a draft');
    expect(out).not.toContain('\u001b');
  });

  it('writes a bundle that validates, with the domains given, and never over a file', async () => {
    const out = path.join(folder, 'bundle.json');
    const tools = await file('tools.json', listed);
    expect((await run(tools, '--out', out, '--domain', 'harbour.example', '--domain', 'tide.example')).code).toBe(0);
    const written = await readFile(out, 'utf8');
    const verdict = validateBundle(JSON.parse(written));
    expect(verdict.ok && verdict.bundle.organisation.domains).toEqual(['harbour.example', 'tide.example']);
    const again = await run(tools, '--out', out);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('it is there already')]);
    expect(await readFile(out, 'utf8')).toBe(written);
  });

  it('takes names alone and a goal from a file, and says all of it in JSON', async () => {
    const { code, out } = await run(await file('names.json', ['list_events', 'create_event']), '--goal-file', await file('goal.txt', 'What is on my calendar today?'), '--json');
    const said = JSON.parse(out.trim().split('\n').at(-1)!) as { ok: boolean; verdicts: { name: string; effect: string }[]; notes: string[]; bundle: unknown };
    expect([code, said.ok, validateBundle(said.bundle).ok]).toEqual([0, true, true]);
    expect(said.verdicts.find((one) => one.name === 'create_event')?.effect).toBe('deny');
    expect(said.notes.join('\n')).toContain('says nothing of what it takes');
  });

  it('refuses what is no list of tools, and wrong use', async () => {
    for (const [content, says] of [['{', 'is no JSON'], [{ tools: 3 }, 'is no list of tools'], [[], 'holds no tool'], [[{ description: 'x' }], 'is no list of tools']] as const) {
      const { code, err } = await run(await file('bad.json', content));
      expect([code, err]).toEqual([1, expect.stringContaining(says)]);
    }
    expect((await run(path.join(folder, 'missing.json'))).code).toBe(1);
    expect((await run(await file('tools.json', listed), '--domain', 'Not A Domain')).code).toBe(1);
    expect((await run()).code).toBe(2);
    expect((await run(await file('tools.json', listed), '--goal', '  ')).code).toBe(2);
    expect((await run(await file('tools.json', listed), '--goal', 'x', '--goal-file', 'y')).code).toBe(2);
  });
});
