import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CHECKPOINT_TYP, checkpointHash, verifyCheckpoint } from '@/lib/log/checkpoint-rules';
import { openBundle, signBundle } from '@/lib/policies/sign-bundle';
import { bundleSchema } from '@/lib/policies/schema';
import { starterBundle } from '@/lib/policies/starter';
import { actionDigest } from '@/lib/protocol/digest';
import { newId } from '@/lib/protocol/ids';
import { FileKeys, issueAgentToken, issuePermit, keyNames, signJws, signOrder, verifyAgentToken, verifyOrder, verifyPermit, type KeyName } from '@/lib/signing';

const folder = mkdtempSync(join(tmpdir(), 'matrix-'));
const keys = new FileKeys({ folder, holds: keyNames });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = new Date();
const issuer = 'http://127.0.0.1:3000';
const call = { tool: 'update_ticket', args: { id: 'T-1' } };
const payloadOf = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1]!, 'base64url').toString()) as object;
const typOf = (jws: string) => (JSON.parse(Buffer.from(jws.split('.')[0]!, 'base64url').toString()) as { typ: string }).typ;

/** For each key: something that it really signed, and who believes it. */
const things: Record<KeyName, () => Promise<{ jws: string; believed: (jws: string) => boolean }>> = {
  'agent-token': async () => ({
    jws: (await issueAgentToken(keys.signer('agent-token'), { issuer, agentId: newId(), jti: newId(), capabilities: [], now })).token,
    believed: (jws) => verifyAgentToken(jws, { keys: keys.verificationKeys('agent-token'), issuer, now }).ok,
  }),
  'permit': async () => ({
    jws: issuePermit(keys.signer('permit'), { issuer, toolset: 'ticket_system', agentId: newId(), sessionId: newId(), actionId: newId(), digest: actionDigest(call.tool, call.args), event: { stream: 's', seq: 1 }, redeem: 'optional', now, leaseMs: 15_000 }).permit,
    believed: (jws) => verifyPermit(jws, { keys: keys.verificationKeys('permit'), issuer, toolset: 'ticket_system', ...call, now, use: 'offline' }).ok,
  }),
  'control/order': async () => ({
    jws: signOrder(keys.signer('control/order'), { kind: 'engage', id: newId(), scope: 'global', issuedAt: now.toISOString() }),
    believed: (jws) => verifyOrder(jws, { keys: keys.verificationKeys('control/order'), now, lastEpoch: -1 }).ok,
  }),
  'checkpoint': async () => {
    const checkpoint = { id: newId(), at: now.toISOString(), index: 1, previous: '0'.repeat(64), treeSize: 0, root: '0'.repeat(64) };
    expect(checkpointHash(checkpoint)).toHaveLength(64);
    return { jws: signJws(keys.signer('checkpoint'), CHECKPOINT_TYP, checkpoint), believed: (jws) => verifyCheckpoint(jws, keys.verificationKeys('checkpoint')).ok };
  },
  'bundle': async () => {
    const signed = await signBundle(bundleSchema.parse(starterBundle(1)), keys);
    return { jws: signed.jws, believed: (jws) => openBundle({ ...signed, jws }, keys.verificationKeys('bundle')).ok };
  },
};

describe('each key signs one kind of thing', () => {
  it.each(keyNames)('what makes somebody believe a %s is that key and that type, and nothing else', async (name) => {
    const made = await Promise.all(keyNames.map((one) => things[one]()));
    const types = made.map(({ jws }) => typOf(jws));
    expect(new Set(types).size).toBe(keyNames.length);
    const { jws, believed } = await things[name]();
    expect(believed(jws)).toBe(true);
    for (const signer of keyNames) {
      for (const typ of types) {
        const forged = signJws(keys.signer(signer), typ, payloadOf(jws));
        expect(believed(forged), `${signer} as ${typ}`).toBe(signer === name && typ === typOf(jws));
        // And under the right key's id, as somebody would who knows it.
        const claimed = signJws({ ...keys.signer(signer), kid: keys.signer(name).kid }, typ, payloadOf(jws));
        expect(believed(claimed), `${signer} as ${typ}, by another's id`).toBe(signer === name && typ === typOf(jws));
      }
    }
    for (const other of made) if (other.jws.split('.')[0] !== jws.split('.')[0]) expect(believed(other.jws)).toBe(false);
  });
});
