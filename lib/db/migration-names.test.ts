import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '@/lib/project-root';

/**
 * Landed before anybody looked, and never renamed. Prisma applies by the whole name, so even these have one order; and none of them touches
 * a table that another one of its number touches, so a database that met them one at a time is the same as one that met them together.
 */
const STANDING = [['20261126000011_hold', '20261126000011_state_dump', '20261126000011_watch'], ['20261126000020_kept_passkeys', '20261126000020_release_seen']];

const names = () => readdirSync(path.join(projectRoot(), 'prisma', 'migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);

/** Migrations that share their number, but for those that stand already. */
function sharing(all: readonly string[]): string[][] {
  const numberOf = (name: string) => name.split('_', 1)[0]!;
  const groups = [...new Set(all.map(numberOf))].map((number) => all.filter((name) => numberOf(name) === number).sort());
  return groups.filter((group) => group.length > 1 && !STANDING.some((known) => known.join() === group.join()));
}

it('every migration has a number of its own, whatever two people landed on the same day', () => {
  expect(names().filter((name) => !/^\d{14}_[a-z0-9_]+$/.test(name))).toEqual([]);
  expect(sharing(names())).toEqual([]);
});

it('a new pair is refused, and so is one more beside those that stand', () => {
  expect(sharing(['20270101000001_a', '20270101000002_b', '20270101000001_c'])).toEqual([['20270101000001_a', '20270101000001_c']]);
  expect(sharing([...STANDING.flat(), '20261126000020_new'])).toEqual([['20261126000020_kept_passkeys', '20261126000020_new', '20261126000020_release_seen']]);
});
