import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secrets } from '.';
import { findSecrets } from './find-secrets';
import { classOf, wordsOf } from './secret-names';
import { shapes } from './shapes';

const about = { channel: 'result', trusted: false, canary: '', delimiter: '', domains: [] } as const;
const seen = (text: string) => findSecrets(text).filter(({ score }) => score >= 0.5).map(({ label, start, end }) => [label, text.slice(start, end)]);

describe('findSecrets', () => {
  it('finds every provider’s build in the midst of prose, from its first character to its last', () => {
    for (const [label, beginning, rest] of shapes.filter(([, , one]) => !one.includes('(?='))) {
      fc.assert(fc.property(fc.stringMatching(new RegExp(`^${rest.replace(/,\d{3,}\}/g, '}')}$`)), (tail) => {
        const key = `${beginning}${tail}`;
        const text = `use ${key} for now`;
        const covering = findSecrets(text).filter(({ start, end }) => start <= 4 && end >= 4 + key.length);
        if (covering.length === 0) throw new Error(`${label}: ${key} is not found`);
        expect(covering[0]!.end).toBe(4 + key.length);
      }), { numRuns: 2 });
    }
  });

  it.each([
    ['DB_PASSWORD=tr0ub4dor#3', 'password', 'tr0ub4dor#3'],
    ['password: "correct horse"', 'password', 'correct horse'],
    ['The password is Sommer2026!', 'password', 'Sommer2026'],
    ['{"client_secret": "9f8e7d6c5b4a39281706f5e4d3c2b1a0"}', 'secret', '9f8e7d6c5b4a39281706f5e4d3c2b1a0'],
    ['const apiToken = "3b9d1c2e-7f60-4a1b-8c55-0d9e8f7a6b5c";', 'secret', '3b9d1c2e-7f60-4a1b-8c55-0d9e8f7a6b5c'],
    ['getenv("API_TOKEN", "q7Rt2LmZp09XvKd4")', 'secret', 'q7Rt2LmZp09XvKd4'],
    ['deploy --token 8sk2Lq0vPz7Rn4Xw --force', 'secret', '8sk2Lq0vPz7Rn4Xw'],
    ['<password>s3cr3t-w0rd</password>', 'password', 's3cr3t-w0rd'],
    ['<add key="dbPassword" value="Zx9!kk21" />', 'password', 'Zx9!kk21'],
    ['Authorization: Bearer 7d4f0b6a2c9e8135d4f0b6a2', 'secret', '7d4f0b6a2c9e8135d4f0b6a2'],
    ['curl -u deploy:Winter-2019x https://ci.example.org', 'password', 'Winter-2019x'],
    ['amqp://worker:p4ssw0rdX@mq.internal:5672/', 'URL password', 'p4ssw0rdX'],
    ['Server=db;User=app;Password=Tr4nsit0ry;', 'password', 'Tr4nsit0ry'],
    ['contraseña: Verano2026', 'password', 'Verano2026'],
    ['MERAKI_KEY: 4f2a9c8e1b7d6053f8e9a0b1c2d3e4f596877869', 'secret', '4f2a9c8e1b7d6053f8e9a0b1c2d3e4f596877869'],
    ['{\\"password\\": \\"hunter2x\\"}', 'password', 'hunter2x'],
  ])('finds what %j assigns, and nothing around it', (text, label, value) => expect(seen(text)).toEqual([[label, value]]));

  it.each([
    'password=${DB_PASSWORD}', 'password: <your-password>', 'API_KEY=your-api-key-here', 'token = process.env.TOKEN', 'secret: {{ vault.secret }}', 'password = getpass()', 'PASSWORD=$(cat file)', 'token: xxxxxxxxxxxxxxxx', 'password: ********',
    'secret: null', 'password: required', 'The password is required and must be changed.', 'next_page_token: "Q2hhcmxpZTEyMzQ1Njc4"', 'csrf-token=Mj2qykJO5rELyHgezQ69nzUX0i3OH67V7', 'public_key = "9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjb"',
    'credentialsId: "29f63271-dc2f-4734-8221-5b31b5169bac"', 'token_file=/etc/app/token.pem', 'secretName: "billing-secrets"', 'max_tokens: 4096', 'key: "SalesResults-1.2"', 'the key: turn left at the bridge', 'api.key.length = 32',
    'sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'commit 43fc912ef59a83054ea7f6706df4d53a7dea4d80', 'id: 3b9d1c2e-7f60-4a1b-8c55-0d9e8f7a6b5c', 'https://example.org:8080/a@b', 'user@example.org', 'AKIAIOSFODNN7EXAMPLE', `ghp_${'x'.repeat(36)}`, `sk_live_${'0'.repeat(24)}`,
    `<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==">`, 'Authentication is by passkey: see the docs', 'tokens: 1200 in, 300 out', 'passenger: Maria', 'keyboard: "qwertz-de_CH.UTF8x"',
  ])('takes %j for no secret', (text) => expect(seen(text)).toEqual([]));

  it('still knows a sample of a provider’s build, so that it can be hidden, and says that it weighs little', () => {
    expect(findSecrets('AKIAIOSFODNN7EXAMPLE')).toEqual([{ label: 'AWS key', start: 0, end: 20, score: 0.2 }]);
    expect(secrets.see('AKIAIOSFODNN7EXAMPLE', about)).toEqual([{ kind: 'aws_key', severity: 'info', score: 0.2, span: [0, 20] }]);
  });

  it('reads a web token only when its header is an object', () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: '12345678' })}.${'aB3_'.repeat(8)}`;
    expect(seen(`cookie ${token};`)).toEqual([['JSON web token', token]]);
    expect(seen(`${part('just a text, quite long')}.${part({ sub: '12345678' })}.abcdefgh`)).toEqual([]);
    expect(seen('they.eyeball.eyelid')).toEqual([]);
  });

  it('keeps its findings in order and apart, whatever the text', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('password=', 'token: "', '"', ' ', 'abc123XYZ', 'eyJ', '.', `AKIA${'A1B2'.repeat(4)}`, '://u:', '@h', '\n', '-----BEGIN PRIVATE KEY-----', 'Bearer ', '\ud800'), { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      let at = 0;
      for (const { start, end } of findSecrets(text)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        at = end;
      }
    }));
  });
});

it('judges a name by its last word', () => {
  const of = (name: string) => classOf(wordsOf(name));
  expect(['dbPassword', 'PGPASSWORD', 'user.pwd', 'PASSWORD_PROD', 'smtp-pass'].map(of)).toEqual(Array(5).fill('password'));
  expect(['clientSecret', 'API_KEY', 'github_token', 'X-Auth-Key', 'accessToken2'].map(of)).toEqual(Array(5).fill('secret'));
  expect(['passwordHint', 'tokenCount', 'secret_name', 'publicKey', 'keyId', 'author', 'compass'].map(of)).toEqual(Array(7).fill(undefined));
});
