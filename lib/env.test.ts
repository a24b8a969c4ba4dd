import { describe, expect, it } from 'vitest';
import { readEnv } from './env';

describe('readEnv', () => {
  it('needs nothing: every setting has a default', () => {
    expect(readEnv({})).toMatchObject({ port: 3000, controlPort: 3001, host: '127.0.0.1', environment: 'local', leaseMs: 15_000, demo: false, publicUrl: 'http://localhost:3000' });
  });

  it('takes an empty variable as unset, as a copied .env.example leaves it', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: '', COUNTERSIGN_ADMIN_EMAIL: '', COUNTERSIGN_DEMO: '' })).toMatchObject({ port: 3000, databaseUrl: undefined, demo: false });
  });

  it('names each setting that cannot be used, and where to look', () => {
    expect(() => readEnv({ PORT: '70000', LEASE_MS: 'soon' })).toThrow(/PORT: [\s\S]*LEASE_MS: [\s\S]*\.env\.example/);
  });

  it('never repeats a secret it refuses', () => {
    expect(() => readEnv({ COUNTERSIGN_ADMIN_PASSWORD: 'hunter2' })).toThrow(/^(?![\s\S]*hunter2)[\s\S]*COUNTERSIGN_ADMIN_PASSWORD/);
  });
});
