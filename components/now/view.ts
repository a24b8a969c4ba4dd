import type { GlyphName } from '@/components/ui/glyphs';
import type { Sentence } from '@/components/ui/sentence';

export type NowWhen = { kind: 'left'; until: string } | { kind: 'for'; since: string } | { kind: 'ago'; at: string } | { kind: 'never' };
export type NowMark = { kind: 'glyph'; name: GlyphName; tone?: 'wait' | 'hand' | 'ok' | 'stop' | 'taint' } | { kind: 'hatch' };
export type NowRow = { id: string; when: NowWhen; mark: NowMark; sentence: Sentence; second: Sentence; href: string; act: string };
export type NowSection = { title: string; rows: NowRow[]; all?: { href: string; words: string } };

/** Facts that prove the page alive; every one from live data, absent where unknown. */
export type NowFacts = { agentsRunning: number; sessionsRunning: number; stopped: number; /** How many of these were not confirmed in time. */ unconfirmed: number; lastEventAt: string | null; lastDrillAt: string | null; verifiedTo: string | null };

/** In this order: stopped or degraded, approvals you may decide, open alerts, hygiene. Empty sections are left out. */
export type NowView = { sections: NowSection[]; facts: NowFacts; /** The newest note of somebody else's shift: to be read, and nothing that needs anybody. */ handover?: { id: string; by: string; at: string; summary: string } | undefined };
