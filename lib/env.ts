import path from 'node:path';
import { z } from 'zod';
import { DEFAULT_LEASE_MS, DEFAULT_TOKEN_SECONDS, MAX_TOKEN_SECONDS } from '@/lib/protocol/limits';
import { MAX_EXTENSION_MS } from '@/lib/protocol/order';

const port = z.coerce.number().int().min(1).max(65_535);
/** An unset variable and an empty one (`PORT=` in an .env file) mean the same. */
const blankIsUnset = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsUnset, schema.optional());
const flag = optional(z.enum(['1', '0', 'true', 'false'])).transform((value) => value === '1' || value === 'true');

/** Who says who people are is asked over TLS; plain HTTP only reaches this machine itself. */
const isIssuer = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) && !url.username && !url.password && !url.search && !url.hash;
};

/** Addresses with commas between them, each once and without the slash at its end. */
const addresses = z.string().transform((text, found) => {
  const given = [...new Set(text.split(',').map((one) => one.trim().replace(/\/$/, '')).filter((one) => one !== ''))];
  if (given.length > 0 && given.every((one) => z.url({ protocol: /^https?$/ }).safeParse(one).success)) return given;
  found.addIssue({ code: 'custom', message: 'addresses that begin with http:// or https://, with commas between them' });
  return z.NEVER;
});

/** Names or addresses of machines, with commas between them; no port and no path. */
const hosts = z.string().transform((text, found) => {
  const given = [...new Set(text.split(',').map((one) => one.trim().toLowerCase()).filter((one) => one !== ''))];
  if (given.every((one) => /^[a-z0-9.:_-]{1,253}$/.test(one))) return given;
  found.addIssue({ code: 'custom', message: 'names or addresses of machines, with commas between them, e.g. hooks.internal,10.0.0.5' });
  return z.NEVER;
});

const envSchema = z.object({
  PORT: optional(port).transform((v) => v ?? 3000),
  CONTROL_PORT: optional(port).transform((v) => v ?? 3001),
  HOST: optional(z.string()).transform((v) => v ?? '127.0.0.1'),
  PUBLIC_URL: optional(z.url()),
  CONTROL_PUBLIC_URL: optional(z.url({ protocol: /^https?$/ })),
  CONTROL_URLS: optional(addresses),
  CONSOLE_UPSTREAM: optional(z.url()),
  DATA_DIR: optional(z.string()).transform((v) => path.resolve(/* turbopackIgnore: true */ v ?? '.data')),
  DATABASE_URL: optional(z.string()),
  MIGRATION_DATABASE_URL: optional(z.string()),
  RETENTION_DATABASE_URL: optional(z.string()),
  REDIS_URL: optional(z.url()),
  ENVIRONMENT: optional(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes')).transform((v) => v ?? 'local'),
  LEASE_MS: optional(z.coerce.number().int().min(1_000).max(120_000)).transform((v) => v ?? DEFAULT_LEASE_MS),
  CONTROL_RESTART_MS: optional(z.coerce.number().int().min(0).max(MAX_EXTENSION_MS)).transform((v) => v ?? 30_000),
  DRILL_EVERY_DAYS: optional(z.coerce.number().int().min(0).max(3_650)).transform((v) => v ?? 30),
  TOKEN_SECONDS: optional(z.coerce.number().int().min(5).max(MAX_TOKEN_SECONDS)).transform((v) => v ?? DEFAULT_TOKEN_SECONDS),
  LOG_LEVEL: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])).transform((v) => v ?? 'info'),
  AUTH_SECRET: optional(z.string().min(32, 'at least 32 characters')),
  COUNTERSIGN_ADMIN_EMAIL: optional(z.email()),
  COUNTERSIGN_ADMIN_PASSWORD: optional(z.string().min(12, 'at least 12 characters')),
  BREACHED_PASSWORDS_FILE: optional(z.string()),
  ANCHOR_WEBHOOK_URL: optional(z.url()),
  ANCHOR_WEBHOOK_SECRET: optional(z.string().min(32, 'at least 32 characters')),
  OUTBOUND_ALLOW_LOOPBACK: flag,
  OUTBOUND_ALLOW_HOSTS: optional(hosts).transform((v) => v ?? []),
  SMTP_URL: optional(z.url({ protocol: /^smtps?$/ }).refine((text) => URL.canParse(text) && new URL(text).hostname !== '', 'smtp://user:password@host:587 or smtps://user:password@host:465')),
  SMTP_FROM: optional(z.email()),
  OIDC_ISSUER: optional(z.url().refine(isIssuer, 'an address that begins with https:// (http:// for this machine alone), as the provider writes it, without a query')),
  OIDC_CLIENT_ID: optional(z.string().trim().min(1).max(200)),
  OIDC_CLIENT_SECRET: optional(z.string().max(1_000)),
  OIDC_NAME: optional(z.string().trim().min(1).max(40, 'at most 40 characters')),
  OIDC_SCOPES: optional(z.string().trim().regex(/^[\x21\x23-\x5b\x5d-\x7e ]+$/, 'words with a space between them').refine((scopes) => scopes.split(' ').includes('openid'), 'must name openid')),
  OIDC_GROUPS_CLAIM: optional(z.string().trim().min(1).max(200)),
  OIDC_REQUIRE_VERIFIED_EMAIL: optional(z.enum(['1', '0', 'true', 'false'])).transform((value) => value !== '0' && value !== 'false'),
  COUNTERSIGN_DEMO: flag,
  COUNTERSIGN_DEV: flag,
}).refine((e) => !e.SMTP_URL || e.SMTP_FROM, { path: ['SMTP_FROM'], message: 'is needed with SMTP_URL: the mailbox that notifications come from' })
  .refine((e) => !e.ANCHOR_WEBHOOK_URL || e.ANCHOR_WEBHOOK_SECRET, { path: ['ANCHOR_WEBHOOK_SECRET'], message: 'is needed with ANCHOR_WEBHOOK_URL: the receiver knows our checkpoints by it' })
  .superRefine((e, found) => {
    // Half of it would be a sign-in page without the button that somebody believes to be there.
    const given = (['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME', 'OIDC_SCOPES', 'OIDC_GROUPS_CLAIM'] as const).filter((name) => e[name] !== undefined);
    for (const name of ['OIDC_ISSUER', 'OIDC_CLIENT_ID'] as const) {
      if (given.length > 0 && e[name] === undefined) found.addIssue({ code: 'custom', path: [name], message: `is needed with ${given.join(', ')}: single sign-on takes both OIDC_ISSUER and OIDC_CLIENT_ID` });
    }
  });

/** How this machine calls itself by what it listens on: "everywhere" is no address to call. */
const hostOf = (host: string): string => (['0.0.0.0', '::', 'localhost'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host);

/** What the environment says, with every default filled in; `dataDir` is absolute. */
export function readEnv(source: Record<string, string | undefined>) {
  const parsed = envSchema.safeParse(source);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment has settings that cannot be used:\n${lines.join('\n')}\n.env.example names every setting and its default.`);
  }
  const e = parsed.data;
  // A name, not 127.0.0.1: passkeys and cookies are bound to a domain, and an address is none.
  const publicUrl = e.PUBLIC_URL?.replace(/\/$/, '') ?? `http://localhost:${e.PORT}`;
  const controlPublicUrl = e.CONTROL_PUBLIC_URL?.replace(/\/$/, '') ?? `http://${new URL(publicUrl).hostname}:${e.CONTROL_PORT}`;
  return {
    port: e.PORT,
    controlPort: e.CONTROL_PORT,
    host: e.HOST,
    publicUrl,
    controlPublicUrl,
    /** Every control process, as gateways, supervisors and the command line reach each of them; browsers take `controlPublicUrl`. */
    controlUrls: e.CONTROL_URLS ?? [`http://${hostOf(e.HOST)}:${e.CONTROL_PORT}`],
    /** What is printed for somebody on another machine: each control process where they are named, else the address that browsers take. */
    controlUrlsOutside: e.CONTROL_URLS ?? [controlPublicUrl],
    consoleUpstream: e.CONSOLE_UPSTREAM,
    dataDir: e.DATA_DIR,
    databaseUrl: e.DATABASE_URL,
    migrationDatabaseUrl: e.MIGRATION_DATABASE_URL,
    retentionDatabaseUrl: e.RETENTION_DATABASE_URL,
    redisUrl: e.REDIS_URL,
    environment: e.ENVIRONMENT,
    leaseMs: e.LEASE_MS,
    controlRestartMs: e.CONTROL_RESTART_MS,
    drillEveryDays: e.DRILL_EVERY_DAYS,
    tokenSeconds: e.TOKEN_SECONDS,
    logLevel: e.LOG_LEVEL,
    authSecret: e.AUTH_SECRET,
    adminEmail: e.COUNTERSIGN_ADMIN_EMAIL,
    adminPassword: e.COUNTERSIGN_ADMIN_PASSWORD,
    breachedPasswordsFile: e.BREACHED_PASSWORDS_FILE,
    anchorWebhook: e.ANCHOR_WEBHOOK_URL && e.ANCHOR_WEBHOOK_SECRET ? { url: e.ANCHOR_WEBHOOK_URL, secret: e.ANCHOR_WEBHOOK_SECRET } : undefined,
    outboundAllowLoopback: e.OUTBOUND_ALLOW_LOOPBACK,
    outboundAllowHosts: e.OUTBOUND_ALLOW_HOSTS,
    /** The mail server of channels that name none. */
    smtp: e.SMTP_URL && e.SMTP_FROM ? { url: e.SMTP_URL, from: e.SMTP_FROM } : undefined,
    oidc: e.OIDC_ISSUER && e.OIDC_CLIENT_ID ? {
      issuer: e.OIDC_ISSUER, clientId: e.OIDC_CLIENT_ID, clientSecret: e.OIDC_CLIENT_SECRET, name: e.OIDC_NAME ?? new URL(e.OIDC_ISSUER).hostname,
      scopes: e.OIDC_SCOPES ?? 'openid email profile groups', groupsClaim: e.OIDC_GROUPS_CLAIM ?? 'groups', requireVerifiedEmail: e.OIDC_REQUIRE_VERIFIED_EMAIL,
    } : undefined,
    demo: e.COUNTERSIGN_DEMO,
    dev: e.COUNTERSIGN_DEV,
  };
}

export type Env = ReturnType<typeof readEnv>;
/** The one provider that people may sign in by. */
export type OidcConfig = NonNullable<Env['oidc']>;

let read: Env | undefined;

/** This process's environment, parsed once at the first call. */
export function env(): Env {
  return (read ??= readEnv(process.env));
}
