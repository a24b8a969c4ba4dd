import { afterEach, describe, expect, it, vi } from 'vitest';
import { processNames, type ProcessName } from './process-names';
import { childEnv } from './supervisor-child-env';

const secrets = {
  MIGRATION_DATABASE_URL: 'postgres://owner', COUNTERSIGN_ADMIN_PASSWORD: 'first', AUTH_SECRET: 'cookies', OIDC_CLIENT_SECRET: 'provider', ANCHOR_WEBHOOK_URL: 'https://anchor', ANCHOR_WEBHOOK_SECRET: 'anchor',
  RETENTION_DATABASE_URL: 'postgres://retention',
};
afterEach(() => vi.unstubAllEnvs());

describe('what a process is started with', () => {
  it.each<[ProcessName, (keyof typeof secrets)[]]>([
    ['gateway', []], ['control', []], ['console', ['AUTH_SECRET', 'OIDC_CLIENT_SECRET']], ['worker', ['ANCHOR_WEBHOOK_URL', 'ANCHOR_WEBHOOK_SECRET', 'RETENTION_DATABASE_URL']],
  ])('holds for the %s no secret of another one', (name, own) => {
    for (const [key, value] of Object.entries(secrets)) vi.stubEnv(key, value);
    const given = childEnv({ dataDir: '/data', publicUrl: 'http://here' }, { roles: { kind: 'separate', urls: { gateway: 'g', control: 'c', console: 'k', worker: 'w', retention: 'r' } } }, name, 'http://up');
    expect(Object.keys(secrets).filter((key) => given[key] !== undefined).toSorted()).toEqual(own.toSorted());
    expect(given.DATABASE_URL).toBe({ gateway: 'g', control: 'c', console: 'k', worker: 'w' }[name]);
  });

  it('is said for every process', () => expect([...processNames].toSorted()).toEqual(['console', 'control', 'gateway', 'worker']));
});
