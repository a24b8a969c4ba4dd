import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { readable, reportable } from './call-result';
import type { ChildConfig } from './config';
import { PendingCalls } from './pending-calls';
import { registryFragment } from './registry-fragment';
import { offered, RESULT_TOOL, toolTable } from './tool-table';

const tool = (name: string, extra: Partial<Tool> = {}): Tool => ({ name, inputSchema: { type: 'object' }, ...extra });
const config = (extra: Partial<ChildConfig> = {}) => ({ command: 'x', args: [], env: {}, tools: {}, callTimeoutMs: 1_000, ...extra }) as ChildConfig;

describe('the table of tools', () => {
  it('prefixes what two servers share and what is the proxy\'s own, and nothing else', () => {
    const table = toolTable([
      { server: 'a', config: config(), tools: [tool('read'), tool('only_a'), tool(RESULT_TOOL)] },
      { server: 'b', config: config({ tools: { read: { as: 'b_read' } } }), tools: [tool('read')] },
    ]);
    expect([...table.values()].map(({ offeredName, registryName, server, childName }) => [offeredName, registryName, server, childName])).toEqual([
      ['a__read', 'a__read', 'a', 'read'], ['only_a', 'only_a', 'a', 'only_a'], [`a__${RESULT_TOOL}`, `a__${RESULT_TOOL}`, 'a', RESULT_TOOL], ['b__read', 'b_read', 'b', 'read'],
    ]);
  });

  it('offers only what is named where `only` is given, and no output schema', () => {
    const table = toolTable([{ server: 'a', config: config({ only: ['one'] }), tools: [tool('one', { outputSchema: { type: 'object' } }), tool('two')] }]);
    expect([...table.values()].map(offered)).toEqual([{ name: 'one', inputSchema: { type: 'object' } }]);
  });
});

describe('a registry draft', () => {
  const draft = (properties: Record<string, object>, extra: Partial<Tool> = {}, said: ChildConfig['tools'] = {}) =>
    registryFragment(toolTable([{ server: 's', config: config({ tools: said }), tools: [tool('t', { inputSchema: { type: 'object', properties }, ...extra })] }]).values(), { s: config({ tools: said }) })[0];

  it('takes silence about harm for harm', () => {
    expect(draft({})).toMatchObject({ operation: 'write', classes: ['internal-write', 'destructive', 'external-communication'], redeem: 'required' });
    expect(draft({}, { annotations: { readOnlyHint: true } })).toMatchObject({ operation: 'read', classes: ['read-only', 'data-access'], redeem: 'optional' });
    expect(draft({ command: { type: 'string' } }, { annotations: { readOnlyHint: true } })).toMatchObject({ classes: ['read-only', 'data-access', 'code-execution'], redeem: 'required' });
  });

  it('names a resource only where one argument alone says what is touched', () => {
    expect(draft({ path: { type: 'string' } })).toMatchObject({ resource: '/path', formats: { '/path': 'path' } });
    for (const properties of [{ source: { type: 'string' }, destination: { type: 'string' } }, { path: { type: 'array' } }, { path: { type: 'string' }, url: { type: 'string' } }] as Record<string, object>[]) expect(draft(properties)).not.toHaveProperty('resource');
  });

  it('believes the configuration before the child', () => {
    expect(draft({ path: { type: 'string' } }, {}, { t: { as: 'named', operation: 'peek', classes: ['read-only'], resource: '/path', redeem: 'optional' } })).toMatchObject({ name: 'named', operation: 'peek', classes: ['read-only'], redeem: 'optional' });
  });
});

describe('a result', () => {
  it('is text alone; what cannot be inspected is named and held back', () => {
    const data = Buffer.from('secret picture').toString('base64');
    const text = reportable({ content: [{ type: 'text', text: 'hello' }, { type: 'image', mimeType: 'image/png', data }, { type: 'resource', resource: { uri: 'file:///x', blob: data } }, { type: 'resource', resource: { uri: 'file:///y', text: 'inside' } }] });
    expect(text).toMatch(/^hello\n\[image\/png, 14 bytes, SHA-256 [0-9a-f]{64}: held back.*\n\[application\/octet-stream.*\ninside$/);
    expect(text).not.toContain(data);
    expect(reportable({ content: [], structuredContent: { a: 1 } })).toBe('{"a":1}');
  });

  it('that is withheld is an error, never an empty success', () => {
    expect(readable(null, false)).toEqual({ content: [{ type: 'text', text: 'The output is withheld.' }], isError: true });
    expect(readable('x', false)).toEqual({ content: [{ type: 'text', text: 'x' }] });
    expect(readable({ a: 1 }, true)).toEqual({ content: [{ type: 'text', text: '{"a":1}' }], isError: true });
  });
});

it('takes up a question that was left standing once, and only for the same call', () => {
  const pending = new PendingCalls();
  pending.waiting('digest', 'r1');
  expect(pending.resume('digest')).toBeUndefined();
  pending.abandoned('r1');
  expect(pending.resume('other')).toBeUndefined();
  expect(pending.resume('digest')).toBe('r1');
  expect(pending.resume('digest')).toBeUndefined();
  pending.waiting('digest', 'r2');
  pending.done('r2');
  pending.abandoned('r2');
  expect(pending.resume('digest')).toBeUndefined();
});
