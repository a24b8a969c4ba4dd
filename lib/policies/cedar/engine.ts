import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import v8 from 'node:v8';

type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');
let loaded: Cedar | undefined;

/**
 * Cedar, loaded when it is first needed. On Node 20 V8's optimiser aborts the whole process under load unless the
 * inlining of calls into WebAssembly is off before Cedar is loaded; loading by `require` keeps that order in a bundle.
 */
export function cedar(): Cedar {
  if (!loaded) {
    v8.setFlagsFromString('--no-turbo-inline-js-wasm-calls');
    loaded = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Cedar;
  }
  return loaded;
}

/** Cedar keeps a prepared policy set under its id for ever, so ids are handed back and used again. */
const free: string[] = [];
let made = 0;
/** A server that bundles its modules has this one several times, and all of them the same Cedar. */
const ours = randomUUID();

export function claimSlot(): string {
  const slot = free.pop();
  if (slot) return slot;
  made += 1;
  return `slot-${ours}-${made}`;
}

export function releaseSlot(slot: string): void {
  cedar().preparsePolicySet(slot, { staticPolicies: {} });
  free.push(slot);
}

/** How many places were ever made in Cedar's memory; it stands still while bundles come and go. */
export const slotsMade = (): number => made;
