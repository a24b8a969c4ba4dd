import { Glyph, type GlyphName } from './glyphs';

/** How an outcome is said: its glyph and its word, in its colour. `Verdict` knows the outcomes; who draws one alone need not load them all. */
export function VerdictLine({ verdict, glyph, word, others }: { verdict: string; glyph: GlyphName; word: string; others?: boolean | undefined }) {
  return <span className="verdict" data-verdict={verdict} data-others={others || undefined}><Glyph name={glyph} size={14} />{word}</span>;
}
