import { parse } from 'pgsql-ast-parser';
import { boolType, longType, recordOf, setOf, stringType } from '../cedar/value-type';
import { fact, unreadable, type FactReader } from './fact';

/** Functions that only compute. Any other call may write, read files or reach the network, so it ends `readOnly`. */
const pureFunctions = new Set('abs avg ceil ceiling char_length coalesce concat concat_ws count date_part date_trunc dense_rank extract floor greatest initcap lag lead least left length lower lpad ltrim max min mod now nullif position rank replace right round row_number rpad rtrim split_part string_agg strpos substr substring sum to_char to_date trim trunc upper'.split(' '));
const readingKinds = new Set(['select', 'union', 'union all', 'values', 'with', 'with recursive']);
const innerKinds = new Set([...readingKinds, 'insert', 'update', 'delete', 'no key update', 'share', 'key share', 'truncate table']);
/** Where a statement names what it works on, beside its FROM. */
const targetKeys = ['into', 'table', 'tables', 'from', 'names', 'name', 'on', 'of'] as const;

/** What a statement does, by Postgres' grammar: the kinds of its statements, inner ones included, and every relation and function they name. */
export const sql: FactReader = {
  type: recordOf({ kinds: setOf(stringType), tables: setOf(stringType), functions: setOf(stringType), readOnly: boolType, unbounded: boolType, statements: longType }),
  read(raw) {
    if (typeof raw !== 'string' || raw.length > 64_000) return unreadable('must be SQL text of at most 64,000 characters');
    // Another database would run what Postgres skips here.
    if (raw.includes('/*!') || raw.includes('\0')) return unreadable('holds a comment that another database would run');
    let statements: unknown[];
    try {
      statements = parse(raw);
    } catch {
      return unreadable('is not SQL that can be read');
    }
    if (statements.length === 0) return unreadable('holds no statement');
    const seen: Seen = { kinds: new Set(), tables: new Set(), functions: new Set(), unbounded: false };
    for (const statement of statements) {
      if (isNode(statement)) visitStatement(statement, seen);
    }
    const readOnly = [...seen.kinds].every((kind) => readingKinds.has(kind)) && [...seen.functions].every((name) => pureFunctions.has(name));
    return fact({ kinds: [...seen.kinds], tables: [...seen.tables], functions: [...seen.functions], readOnly, unbounded: seen.unbounded, statements: statements.length });
  },
};

type Seen = { kinds: Set<string>; tables: Set<string>; functions: Set<string>; unbounded: boolean };
type Node = { type?: unknown; [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

function visitStatement(node: Node, seen: Seen): void {
  if (typeof node.type === 'string') seen.kinds.add(node.type);
  if (node.type !== 'select' && node.type !== 'with') for (const key of targetKeys) addTables(node[key], seen);
  visit(node, seen);
}

function visit(node: Node, seen: Seen): void {
  if (typeof node.type === 'string') {
    if (innerKinds.has(node.type)) {
      seen.kinds.add(node.type);
      if (node.type === 'insert' || node.type === 'update' || node.type === 'delete') for (const key of ['into', 'table', 'from']) addTables(node[key], seen);
      if ((node.type === 'update' && 'sets' in node) || node.type === 'delete') seen.unbounded ||= !node.where;
      if (node.type === 'truncate table') seen.unbounded = true;
    }
    if (node.type === 'table') addTables(node.name, seen);
    if (node.type === 'call' && isNode(node.function)) seen.functions.add(qualified(node.function));
  }
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const item of value) isNode(item) && visit(item, seen);
    else if (isNode(value)) visit(value, seen);
  }
}

function addTables(value: unknown, seen: Seen): void {
  if (Array.isArray(value)) for (const item of value) addTables(item, seen);
  else if (isNode(value) && typeof value.name === 'string') seen.tables.add(qualified(value));
  else if (isNode(value) && isNode(value.name)) addTables(value.name, seen);
}

const qualified = (name: Node): string => [name.schema, name.name].filter((part) => typeof part === 'string').join('.');
