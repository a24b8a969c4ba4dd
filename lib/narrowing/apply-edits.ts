import { unescapeStep } from '@/lib/protocol/json-pointer';
import type { RegistryTool } from '@/lib/protocol/registry';
import { isRecord, joinMembers, membersOf } from './members';
import type { ArgumentEdit } from './schema';

type Args = Readonly<Record<string, unknown>>;
export type Edited = { ok: true; args: Record<string, unknown> } | { ok: false; path: string; message: string };

/** The arguments with these edits made, one after the other; the first that leads nowhere is told. The arguments given stay as they are. */
export function applyEdits({ formats }: Pick<RegistryTool, 'formats'>, before: Args, edits: readonly ArgumentEdit[]): Edited {
  let args: Record<string, unknown> = { ...before };
  for (const edit of edits) {
    const steps = edit.path.slice(1).split('/').map(unescapeStep);
    const format = Object.hasOwn(formats, edit.path) ? formats[edit.path] : undefined;
    const made = edit.path.startsWith('/') ? within(args, steps, (value, there) => {
      if (edit.kind === 'set') return { value: edit.value };
      if (!there) return undefined;
      if (edit.kind === 'remove') return {};
      const members = membersOf(value, format);
      if (!members || edit.members.some((one) => one >= members.length)) return undefined;
      const kept = new Set(edit.members);
      return { value: joinMembers(members.filter((_, index) => kept.has(index)), value) };
    }) : undefined;
    if (!made) return { ok: false, path: edit.path, message: edit.kind === 'keep' ? 'is no list with these members' : 'is not among the arguments' };
    args = made;
  }
  return { ok: true, args };
}

/** A copy of `record` in which what the steps lead to is what `change` says; without `value` it is gone. */
function within(record: Args, [name, ...rest]: readonly string[], change: (value: unknown, there: boolean) => { value?: unknown } | undefined): Record<string, unknown> | undefined {
  if (name === undefined || forbidden.has(name)) return undefined;
  const there = Object.hasOwn(record, name);
  if (rest.length > 0) {
    const inner = there ? record[name] : undefined;
    const made = isRecord(inner) ? within(inner, rest, change) : undefined;
    return made && { ...record, [name]: made };
  }
  const changed = change(there ? record[name] : undefined, there);
  if (!changed) return undefined;
  if ('value' in changed) return { ...record, [name]: changed.value };
  const { [name]: _gone, ...others } = record;
  return others;
}

/** Keys that nothing on the wire may have. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype', '__entity', '__extn', '__expr']);
