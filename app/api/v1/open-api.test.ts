import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { verbs } from '@/lib/access';
import { openApi } from './_open-api';
import { operations } from './_operations';

const here = import.meta.dirname;
const routes = (readdirSync(here, { recursive: true }) as string[])
  .filter((file) => path.basename(file) === 'route.ts' && !file.startsWith('[...rest]') && !file.startsWith('openapi.json'))
  .flatMap((file) => {
    const text = readFileSync(path.join(here, file), 'utf8');
    const at = `/${path.dirname(file).split(path.sep).join('/')}`.replaceAll(/\[(\w+)\]/g, '{$1}');
    return [...text.matchAll(/export const (GET|POST|PUT|PATCH|DELETE) = operation\(\{ verb: '([\w.]+)'/g)].map(([, method, verb]) => `${method!.toLowerCase()} ${at} ${verb}`);
  });

describe('the description of REST', () => {
  it('says what the routes are, each with the permission that it takes', () => {
    expect(routes.length).toBeGreaterThan(10);
    const [byToken, byBody] = [operations.filter(({ verb }) => verb !== null), operations.filter(({ verb }) => verb === null)];
    expect([...routes].sort()).toEqual(byToken.map(({ method, path: at, verb }) => `${method} ${at} ${verb}`).sort());
    for (const { verb } of byToken) expect(verbs).toContain(verb);
    // The two that take no token: a signed stop, and a permit, which the gateway answers before anything reaches the console.
    expect(byBody.map(({ path: at }) => at)).toEqual(['/switches/engage-by-key', '/permits/redeem']);
  });

  it('is an OpenAPI document whose schemas stand alone', () => {
    const document = openApi() as { openapi: string; paths: Record<string, Record<string, { operationId: string; requestBody?: unknown; parameters: { name: string; required: boolean }[] }>>; components: { schemas: { Problem: object } } };
    const text = JSON.stringify(document);
    expect(document.openapi).toBe('3.1.0');
    expect(text).not.toContain('"$schema"');
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(refs)).toEqual(new Set(['#/components/schemas/Problem']));
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
    expect(new Set(ids).size).toBe(operations.length);
    expect(document.paths['/approvals']!.get!.parameters.map((one) => one.name)).toEqual(['state', 'session', 'after', 'limit']);
    expect(document.paths['/approvals']!.get!.parameters.every((one) => !one.required)).toBe(true);
    expect(JSON.stringify(document.paths['/switches']!.post!.requestBody)).toContain('"global"');
  });
});
