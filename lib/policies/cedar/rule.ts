import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { riskLevels, type Risk } from '../schema';
import { cedar } from './engine';
import { tooIntricate } from './text-limits';

/** A policy of a bundle with what its annotations say. */
export type Rule = {
  id: string;
  effect: 'permit' | 'forbid' | 'ask';
  reason: string | undefined;
  route: string | undefined;
  /** Of what risk a call is that this rule has asked about, where it is graver than its route says. */
  risk: Risk | undefined;
  text: string;
  json: PolicyJson;
};

export const knownAnnotations: ReadonlySet<string> = new Set(['ask', 'risk', 'reason', 'title', 'id']);

/** Parses one policy; a problem is a sentence with the place in the text, in characters. */
export function parseRule(id: string, text: string): { ok: true; rule: Rule } | { ok: false; message: string; at?: { start: number; end: number } } {
  const intricate = tooIntricate(text);
  if (intricate) return { ok: false, message: intricate };
  const answer = cedar().policyToJson(text);
  if (answer.type === 'failure') {
    const [first] = answer.errors;
    const place = first?.sourceLocations?.[0];
    return { ok: false, message: first?.message.replace(/^failed to parse [^:]*: /, '') ?? 'cannot be parsed', ...(place ? { at: inCharacters(text, place) } : {}) };
  }
  const { json } = answer;
  const route = json.annotations?.ask;
  const effect = json.effect === 'permit' && route !== undefined ? 'ask' : json.effect;
  const risk = riskLevels.find((level) => level === json.annotations?.risk);
  return { ok: true, rule: { id, effect, reason: json.annotations?.reason, route, risk, text, json } };
}

/** Cedar counts in UTF-8 bytes; editors count in UTF-16 units. */
export function inCharacters(text: string, place: { start: number; end: number }): { start: number; end: number } {
  const bytes = Buffer.from(text);
  return { start: bytes.subarray(0, place.start).toString().length, end: bytes.subarray(0, place.end).toString().length };
}
