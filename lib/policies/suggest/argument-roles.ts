import { nameWords, stem, stems } from './words';

/** What an argument is for, by its name. */
export const roles = ['recipient', 'amount', 'account', 'url', 'path', 'code', 'credential', 'power', 'target', 'query', 'content', 'when', 'other'] as const;
export type Role = (typeof roles)[number];

/** How the gate could compare a value with the goal: the types whose values rules can see. */
export type Kind = 'text' | 'texts' | 'number' | 'whole' | 'numbers' | 'flag' | 'choice' | 'object' | 'unknown';
export type Argument = { name: string; role: Role; kind: Kind; required: boolean; format: 'url' | 'email-list' | undefined };

const byRole: [Role, Set<string>][] = [
  ['credential', stems('password passcode passphrase pin otp secret token credential credentials apikey cvv')],
  ['code', stems('code command cmd script sql expression program shell statement snippet')],
  ['url', stems('url uri link href endpoint webhook website domain host hostname ip server callback')],
  ['amount', stems('amount price total sum fee tip budget cost payment quantity qty balance limit_amount value shares volume stake bid')],
  ['account', stems('account iban bic swift routing wallet card bank payee beneficiary')],
  ['recipient', stems('to cc bcc recipient recipients receiver email emails mail participant attendee invitee guest member contact channel phone friend group assignee owner collaborator user users username usernames audience chat')],
  ['power', stems('permission role scope access privilege policy level sharing visibility grant admin')],
  ['path', stems('path file filename filepath directory folder dir destination source src dst target_path')],
  ['when', stems('date time datetime timestamp day month year hour minute start end due deadline duration timezone when recurring recurrence frequency until')],
  ['content', stems('body content text message subject title description note caption comment reason summary name label tags tag memo details')],
  ['query', stems('query keyword keywords search filter q term terms question prompt topic category sort order page limit offset max count')],
  ['target', stems('id ids uuid guid target item device room ref key object resource identifier number')],
];

const times = byRole.find(([role]) => role === 'when')![1];
const runs = stems('source script python shell sql js javascript program');
const keys = stems('verification security access auth authentication pin login backup recovery');
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A tool's arguments, by the properties of its schema; nothing where it has none. */
export function argumentsOf(schema: Record<string, unknown>): Argument[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(properties).map(([name, child]) => {
    const { schema: own, nullable } = withoutNull(isObject(child) ? child : {});
    const kind = kindOf(own);
    return { name, role: roleOf(name, own, kind), kind, required: required.has(name) && !nullable, format: formatOf(own, kind) };
  });
}

/** The word that comes last names the thing ("recipient_id" is an id of a recipient: still who gets it). */
function roleOf(name: string, schema: Record<string, unknown>, kind: Kind): Role {
  const parts = nameWords(name).map(stem);
  const stated = typeof schema.format === 'string' ? schema.format : '';
  if (stated === 'uri' || stated === 'url') return 'url';
  if (stated === 'email') return 'recipient';
  const last = parts.at(-1);
  if (last !== undefined && times.has(last)) return 'when';
  // A country's, a currency's or a coupon's code names something; it is not run.
  if (last === 'code' && parts.length > 1 && !runs.has(parts.at(-2)!)) return keys.has(parts.at(-2)!) ? 'credential' : 'target';
  // An id names a thing, unless it is the id of somebody or of an account.
  if (last === 'id' || last === 'uuid') return byRole.find(([role, known]) => ['account', 'recipient', 'power'].includes(role) && parts.slice(0, -1).some((part) => known.has(part)))?.[0] ?? 'target';
  for (const [role, known] of byRole) if (parts.some((part) => known.has(part))) return role;
  return kind === 'object' ? nestedRole(schema, 0) : 'other';
}

/** What weighs most inside an object. */
function nestedRole(schema: Record<string, unknown>, depth: number): Role {
  if (depth > 4 || !isObject(schema.properties)) return 'other';
  const inner = Object.entries(schema.properties).slice(0, 100).map(([name, child]) => (isObject(child) ? roleOf(name, child, depth >= 4 ? 'unknown' : kindOf(child)) : 'other'));
  return roles.find((role) => inner.includes(role)) ?? 'other';
}

/** "A text or nothing", in the two ways it is written. */
function withoutNull(schema: Record<string, unknown>): { schema: Record<string, unknown>; nullable: boolean } {
  if (Array.isArray(schema.type)) {
    const rest = schema.type.filter((type) => type !== 'null');
    return { schema: rest.length === 1 ? { ...schema, type: rest[0] } : { ...schema, type: undefined }, nullable: rest.length < schema.type.length };
  }
  const choices = [schema.anyOf, schema.oneOf].find((list): list is unknown[] => Array.isArray(list));
  if (!choices || schema.type !== undefined) return { schema, nullable: false };
  const rest = choices.filter((choice) => !(isObject(choice) && choice.type === 'null'));
  return { schema: rest.length === 1 && rest.length < choices.length && isObject(rest[0]) ? rest[0] : {}, nullable: true };
}

function kindOf(schema: Record<string, unknown>): Kind {
  if ('$ref' in schema) return 'unknown';
  if (Array.isArray(schema.enum) && schema.enum.every((value) => typeof value === 'string')) return 'choice';
  switch (schema.type) {
    case 'string': return 'text';
    case 'integer': return 'whole';
    case 'number': return 'number';
    case 'boolean': return 'flag';
    case 'object': return 'object';
    case 'array': return isObject(schema.items) && schema.items.type === 'string' ? 'texts' : isObject(schema.items) && (schema.items.type === 'integer') ? 'numbers' : 'unknown';
    default: return 'unknown';
  }
}

function formatOf(schema: Record<string, unknown>, kind: Kind): Argument['format'] {
  const stated = kind === 'texts' && isObject(schema.items) ? schema.items.format : schema.format;
  if (kind !== 'text' && kind !== 'texts') return undefined;
  return stated === 'uri' || stated === 'url' ? 'url' : stated === 'email' ? 'email-list' : undefined;
}
