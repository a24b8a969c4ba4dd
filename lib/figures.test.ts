import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { figuresOf, one } from './figures';

it('reads once for all figures of a scrape, and says none while there is nothing to read', async () => {
  const registry = new Registry();
  let [reads, now, away] = [0, 0, false];
  const { gauge, counter } = figuresOf(registry, async () => {
    reads += 1;
    if (away) throw new Error('away');
    return { waiting: one(reads), told: [{ labels: { kind: 'mail' }, value: 5 }], floods: one(7) };
  }, { keptMs: 1_000, clock: () => now });
  gauge('waiting', 'w', [], 'waiting');
  counter('told_total', 't', ['kind'], 'told');
  counter('floods_total', 'f', [], 'floods');
  const said = async () => (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(await said()).toEqual(['waiting 1', 'told_total{kind="mail"} 5', 'floods_total 7']);
  now = 1_000;
  expect(await said()).toEqual(['waiting 1', 'told_total{kind="mail"} 5', 'floods_total 7']);
  now = 1_001;
  expect((await said())[0]).toBe('waiting 2');
  away = true;
  now = 2_002;
  expect(await said()).toEqual([]);
});
