import { Bell } from 'lucide-react';
import type { GlyphName } from './glyphs';
import { VerdictLine } from './verdict-line';

const shapes = {
  allow: ['allow', 'allow'], ask: ['asked', 'ask'], partly: ['partly', 'partly signed'], deny: ['denied', 'deny'], denied: ['denied', 'denied'],
  approved: ['approved', 'approved'], used: ['used', 'used'], unused_expired: ['expired', 'not used in time'], expired: ['expired', 'expired'], cancelled: ['cancelled', 'cancelled'],
  stopped: ['stop', 'stopped'], verified: ['verified', 'verified'], untrusted: ['untrusted', 'untrusted'], armed: ['partly', 'armed'], broken: ['broken', 'does not verify'],
} as const satisfies Record<string, readonly [GlyphName, string]>;

export type VerdictName = keyof typeof shapes | 'alert' | 'unreachable';

/** Icon, word and colour of one outcome. `others`: it waits on somebody else, so it is not amber. */
export function Verdict({ name, word, others }: { name: VerdictName; word?: string; others?: boolean }) {
  if (name === 'alert') return <span className="verdict" data-verdict={name}><Bell size={14} strokeWidth={1.75} aria-hidden="true" />{word ?? 'alert'}</span>;
  if (name === 'unreachable') return <span className="verdict" data-verdict={name}><span className="hatch-box" />{word ?? 'unreachable'}</span>;
  const [glyph, ours] = shapes[name];
  return <VerdictLine verdict={name} glyph={glyph} word={word ?? ours} others={others} />;
}
