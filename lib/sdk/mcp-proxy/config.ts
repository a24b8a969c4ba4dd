import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidRequest } from '../errors';

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be lower-case letters, digits, "_" or "-"');
const pointer = z.string().regex(/^(\/([^~/]|~[01])+)+$/, 'must be a JSON Pointer, e.g. "/path"');

/** What is said about one tool of a child, where its own description is not enough. */
const toolSchema = z.strictObject({
  /** The registry's name for it; default: the name it is offered under. */
  as: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.\-/]{0,127}$/).optional(),
  /** The rest is only for `--print-registry`. */
  operation: name.optional(),
  resource: pointer.optional(),
  classes: z.array(name).max(16).optional(),
  formats: z.record(pointer, z.string()).optional(),
  redeem: z.enum(['optional', 'required']).optional(),
});

const common = {
  /** The registry's toolset; default: the server's own name here. */
  toolset: name.optional(),
  tools: z.record(z.string(), toolSchema).default({}),
  /** Offer these tools only. */
  only: z.array(z.string()).optional(),
  /** How long one call may run, in milliseconds; progress starts it anew. */
  callTimeoutMs: z.int().min(1_000).max(86_400_000).default(300_000),
};
const commandServer = z.strictObject({ command: z.string().min(1), args: z.array(z.string()).default([]), env: z.record(z.string(), z.string()).default({}), cwd: z.string().optional(), ...common });
const urlServer = z.strictObject({ url: z.url(), headers: z.record(z.string(), z.string()).default({}), ...common });

const configSchema = z.strictObject({
  /** Default: COUNTERSIGN_URL, COUNTERSIGN_CLIENT_ID, COUNTERSIGN_CLIENT_SECRET, COUNTERSIGN_CONTROL_PIN. */
  gateway: z.strictObject({ url: z.string().optional(), clientId: z.string().optional(), clientSecret: z.string().optional(), controlPin: z.string().optional() }).default({}),
  instance: z.strictObject({ name: z.string().min(1).max(200), id: z.string().optional() }).default({ name: 'mcp-proxy' }),
  /** Keeps the instance's id over restarts. */
  stateFile: z.string().optional(),
  session: z
    .strictObject({ purpose: z.string().min(1).max(2_000), principal: z.strictObject({ type: z.enum(['user', 'service']), id: z.string().min(1), name: z.string().optional() }).optional() })
    .default({ purpose: 'Tools over MCP' }),
  /** `wait`: a call answers once a person has decided. `pending`: it answers at once with a handle to ask with later. */
  mode: z.enum(['wait', 'pending']).default('wait'),
  /** In `wait`: how long, in milliseconds; default as long as the question stands. */
  waitMs: z.int().min(1_000).optional(),
  servers: z.record(name, z.union([commandServer, urlServer])).refine((servers) => Object.keys(servers).length > 0, 'needs at least one server'),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(0),
      path: z.string().startsWith('/').default('/mcp'),
      /** Web pages that may talk to it, e.g. "https://chat.example.org". Programs send no Origin and need none. */
      allowedOrigins: z.array(z.string()).default([]),
      /** Clients must send this as bearer token. Needed where `host` is not loopback. */
      token: z.string().min(16).optional(),
      maxSessions: z.int().min(1).max(1_000).default(16),
    })
    .optional(),
});

export type ProxyConfig = z.infer<typeof configSchema>;
export type ChildConfig = ProxyConfig['servers'][string];
export type ToolConfig = z.infer<typeof toolSchema>;

/** Reads a configuration file. `${NAME}` in any text stands for a variable of the environment, so that secrets need not be in the file. */
export async function loadConfig(file: string, env: Record<string, string | undefined>): Promise<ProxyConfig> {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new InvalidRequest(`${file} cannot be read as JSON: ${(cause as Error).message}.`);
  }
  const result = configSchema.safeParse(expand(raw, env));
  if (result.success) return result.data;
  throw new InvalidRequest(`${file} is not a proxy configuration.`, result.error.issues.map((issue) => ({ path: issue.path.map((part) => `/${String(part)}`).join(''), message: issue.message })));
}

function expand(value: unknown, env: Record<string, string | undefined>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_all, variable: string) => {
      const found = env[variable];
      if (found === undefined) throw new InvalidRequest(`The configuration wants the environment variable ${variable}, which is not set.`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item) => expand(item, env));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, env)]));
  return value;
}
