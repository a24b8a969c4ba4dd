import { expect, it } from 'vitest';
import type { RegistryTool } from '@/lib/protocol/registry';
import { SeenTexts } from '@/lib/provenance';
import { traceAction } from './provenance';

const tool = { name: 'move', inputSchema: { type: 'object', properties: { where: { type: 'array', items: { enum: ['North-West Depot 2', 'elsewhere'] } }, how: { const: 'by-rail-only' } } } } as unknown as RegistryTool;

it('takes what a tool\'s schema names for nobody\'s, and what it does not for its source\'s', () => {
  const seen = new SeenTexts();
  seen.add(4, 'tool', ['north-west depot 2, by-rail-only, north-west depot 3']);
  const found = traceAction(tool, { where: ['North-West Depot 2', 'north-west depot 3'], how: 'by-rail-only' }, seen);
  expect(found['/where/0']).toEqual({ origin: 'model', also: [] });
  expect(found['/how']).toEqual({ origin: 'model', also: [] });
  expect(found['/where/1']).toMatchObject({ origin: 'tool', seq: 4 });
});
