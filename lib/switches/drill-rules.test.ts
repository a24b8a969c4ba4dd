import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { newId } from '@/lib/protocol/ids';
import { FileKeys, signOrder, type Order, type Signer } from '@/lib/signing';
import { controlKeysFrom } from './control-public-keys';
import { mayBeDrill, mayReleaseAsDrill } from './drill-rules';
import type { OrderRow } from './rules';
import { orderScopes, switchKinds } from './schema';

const now = new Date('2026-11-26T07:00:00Z');
const folders: string[] = [];
/** A control of its own. */
function control(): { key: Signer; keys: KeySet } {
  const folder = mkdtempSync(path.join(tmpdir(), 'drill-rules-'));
  folders.push(folder);
  const files = new FileKeys({ folder, holds: ['control/order'] });
  return { key: files.signingKey('control/order'), keys: controlKeysFrom(files).get() };
}
const { key, keys } = control();
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

const row = (over: Partial<OrderRow> = {}): OrderRow => ({
  id: newId(), kind: 'stop', scope: 'instance', target: 'drill-1', environment: null, state: 'engaged', generation: 1, reason: null, drill: true, engagedAt: now.toISOString(), orderJws: null, releaseJws: null, ...over,
});
/** The row as control signed it when it was pressed, and `later` as somebody has written it since. */
async function signed(pressed: OrderRow, later: Partial<OrderRow> = {}, order: Partial<Order> = {}): Promise<OrderRow> {
  const orderJws = await signOrder(key, {
    kind: pressed.kind === 'pause' ? 'pause' : 'engage', id: pressed.id, scope: pressed.scope, issuedAt: pressed.engagedAt,
    ...(pressed.target === null ? {} : { target: pressed.target }), ...(pressed.drill ? { drill: true } : {}), ...order,
  } as Order);
  return { ...pressed, orderJws, ...later };
}
const check = () => ({ keys, now });
const over = { targetIsDrill: true, drillIsOver: true };

describe('what a drill may stop', () => {
  it('is one deployment that a drill has started, and nothing else', () => {
    for (const kind of switchKinds) for (const scope of orderScopes) for (const targetIsDrill of [true, false]) {
      expect(mayBeDrill({ kind, scope, targetIsDrill }), `${kind} ${scope} ${targetIsDrill}`).toBe(kind === 'stop' && scope === 'instance' && targetIsDrill);
    }
  });
});

describe('what control may release by itself', () => {
  it('is a drill that is over', async () => {
    expect(mayReleaseAsDrill(await signed(row()), over, check())).toBe(true);
  });
  it('is no drill that is still on, no unsigned order, and none of another key or another order', async () => {
    expect(mayReleaseAsDrill(await signed(row()), { ...over, drillIsOver: false }, check())).toBe(false);
    expect(mayReleaseAsDrill(row(), over, check())).toBe(false);
    const other = control();
    expect(mayReleaseAsDrill(await signed(row()), over, { keys: other.keys, now })).toBe(false);
    expect(mayReleaseAsDrill({ ...(await signed(row())), id: newId() }, over, check())).toBe(false);
  });
  it('is never a real stop, whatever its row says later', async () => {
    const scopes = fc.constantFrom(...orderScopes);
    const kinds = fc.constantFrom(...switchKinds);
    const target = fc.constantFrom('drill-1', 'support-eu-1');
    await fc.assert(fc.asyncProperty(kinds, scopes, target, fc.record({ kind: kinds, scope: scopes, target, drill: fc.boolean() }), fc.boolean(), async (kind, scope, to, later, targetIsDrill) => {
      // Pressed for real: control never signed "drill", and that is what counts.
      const real = row({ kind, scope, target: scope === 'global' ? null : to, drill: false });
      expect(mayReleaseAsDrill(await signed(real, later), { targetIsDrill, drillIsOver: true }, check())).toBe(false);
    }), { numRuns: 300 });
  });
  it('is no drill that was rewritten to stop something else, or of something that is no drill’s', async () => {
    const pressed = row();
    expect(mayReleaseAsDrill(await signed(pressed, { target: 'support-eu-1' }), over, check())).toBe(false);
    expect(mayReleaseAsDrill(await signed(pressed, { scope: 'global', target: null }), over, check())).toBe(false);
    expect(mayReleaseAsDrill(await signed(pressed), { ...over, targetIsDrill: false }, check())).toBe(false);
    expect(mayReleaseAsDrill(await signed(row({ scope: 'agent', target: newId() })), over, check())).toBe(false);
    expect(mayReleaseAsDrill(await signed(row({ kind: 'pause' })), over, check())).toBe(false);
  });
});
