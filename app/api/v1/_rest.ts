import { callerOf } from '@/app/_session/caller';
import { problem } from '@/app/api/_problem';
import { authorise, checkToken, type Verb } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { invalid, notFound, unauthenticated } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { idSchema } from '@/lib/protocol/ids';
import { MAX_BODY_BYTES } from '@/lib/protocol/limits';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import type { z } from 'zod';

type Params = { params: Promise<Record<string, string>> };
export type Call<Q> = { ctx: Context; query: Q; params: Record<string, string>; request: Request };
export type Page<T> = { items: T[]; next: string | null };

/**
 * One REST operation: the bearer token says who asks (cookies are not looked at, so no page can make a browser ask), `verb` what
 * that takes, `query` what the address may hold. Whatever is thrown becomes a problem document.
 */
export function operation<Q extends z.ZodType>(options: { verb: Verb; query: Q }, handle: (call: Call<z.output<Q>>) => Promise<Response>): (request: Request, more: Params) => Promise<Response> {
  return async (request, more) => {
    const base = makeContext({ kind: 'system', process: 'console' }, callerOf(request.headers));
    try {
      const ctx = { ...base, actor: await checkToken(base, bearerOf(request.headers)) };
      authorise(ctx, options.verb);
      const query = parseInput(options.query, readQuery(request)) as z.output<Q>;
      const answer = await handle({ ctx, query, params: await more.params, request });
      answer.headers.set('x-request-id', base.requestId);
      return answer;
    } catch (error) {
      return problem(error, base.requestId);
    }
  };
}

/** An answer that no cache keeps. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response => Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });

/** A page of a list; where there is more, `Link` leads there (RFC 8288), relative to this address. */
export function pageOf<T>(request: Request, page: Page<T>): Response {
  if (page.next === null) return json(page);
  const { pathname, searchParams } = new URL(request.url);
  searchParams.set('after', page.next);
  return json(page, 200, { link: `<${pathname}?${searchParams.toString()}>; rel="next"` });
}

/** One row more was read than asked for: so it is known whether there is a next page without counting. */
export const cut = <T>(rows: T[], limit: number, cursor: (last: T) => string): Page<T> => (rows.length > limit ? { items: rows.slice(0, limit), next: cursor(rows[limit - 1] as T) } : { items: rows, next: null });

/** The id in the address; one that is no id leads nowhere. */
export function idOf(params: Record<string, string>): string {
  const parsed = idSchema.safeParse(params.id);
  if (!parsed.success) throw notFound('There is nothing at this address.');
  return parsed.data;
}

function bearerOf(headers: Headers): string {
  const match = /^Bearer +([\x21-\x7e]{1,200})$/i.exec(headers.get('authorization') ?? '');
  if (!match) throw unauthenticated('This takes a token: "Authorization: Bearer csk_user_…". Make one in the console\'s settings or with "countersign token create".');
  return match[1]!;
}

function readQuery(request: Request): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URL(request.url).searchParams) {
    if (Object.hasOwn(query, name)) throw invalid(`/${name}: appears twice`, [{ path: `/${name}`, message: 'appears twice' }]);
    Object.defineProperty(query, name, { value, enumerable: true });
  }
  return query;
}

/** The body as JSON, read at most as far as it may be long. */
export async function readJson(request: Request): Promise<unknown> {
  if (!/^application\/json\s*(;\s*charset=utf-8\s*)?$/i.test(request.headers.get('content-type') ?? '')) throw invalid('Send JSON: "Content-Type: application/json".');
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > MAX_BODY_BYTES) throw invalid(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
      chunks.push(chunk);
    }
  }
  const parsed = parseStrictJson(Buffer.concat(chunks));
  if (!parsed.ok) throw invalid(`The body ${parsed.issues[0].message}`, parsed.issues);
  return parsed.value;
}
