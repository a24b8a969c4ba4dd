import { expect, it } from 'vitest';
import { readPublicJwk } from '@/lib/protocol/ed25519-key';
import { generatePrivateJwk, signingKey } from '@/lib/signing';
import { mutations } from '@/lib/testing/export-mutations';
import { bytesOf, linesOf, sampleLog, seededRandom, signWith } from '@/lib/testing/sample-export';
import { verifyExport } from './verify-export';

const RUNS = 1_000;

it(`names what was done in each of ${RUNS} random mutations`, async () => {
  const key = signingKey(generatePrivateJwk());
  const keys = new Map([[key.kid, readPublicJwk(key.publicJwk)!]]);
  const sign = signWith(key);
  const random = seededRandom(20_260_504);
  const samples = await Promise.all([1, 2, 3].map(async (seed) => linesOf((await sampleLog({ sign, segments: 3 + seed, streams: 3 * seed, eventsEach: 15, seed })).parts, sign)));
  const verify = (lines: readonly string[]) => verifyExport(bytesOf(lines), { keys });
  for (const sample of samples) expect((await verify(sample)).status).toBe('verified');

  const unnamed: string[] = [];
  const done = new Map<string, number>();
  for (let run = 0; [...done.values()].reduce((a, b) => a + b, 0) < RUNS; run++) {
    const mutation = mutations[run % mutations.length]!;
    const sample = samples[Math.floor(random() * samples.length)]!;
    const lines = mutation.apply(sample, { random });
    if (!lines || lines.join('\n') === sample.join('\n')) continue;
    done.set(mutation.name, (done.get(mutation.name) ?? 0) + 1);
    const result = await verify(lines);
    const found = result.status === 'verified' ? [] : result.findings.map(({ kind }) => kind);
    if (!found.some((kind) => mutation.names.includes(kind))) unnamed.push(`run ${run}, ${mutation.name}: ${result.status} (${found.join(', ')})`);
  }
  expect(unnamed).toEqual([]);
  expect(done.size).toBe(mutations.length);
  for (const [name, times] of done) expect(times, name).toBeGreaterThan(5);
}, 60_000);
