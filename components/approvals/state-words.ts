import type { GlyphName } from '@/components/ui/glyphs';
import type { VerdictName } from '@/components/ui/verdict';
import type { ApprovalState } from './view';

const glyphs: Record<ApprovalState['kind'], GlyphName> = {
  pending: 'asked', partially_approved: 'partly', approved: 'approved', used: 'used', unused_expired: 'expired', denied: 'denied', expired: 'expired', cancelled: 'cancelled',
};
const verdicts: Record<ApprovalState['kind'], VerdictName> = {
  pending: 'ask', partially_approved: 'partly', approved: 'approved', used: 'used', unused_expired: 'unused_expired', denied: 'denied', expired: 'expired', cancelled: 'cancelled',
};
const causes = { session_ended: 'the session ended', stopped: 'it was stopped', withdrawn: 'it was withdrawn', superseded: 'another request took its place', unproven: 'a signature under it does not hold' } as const;

export const stateGlyph = (state: ApprovalState) => glyphs[state.kind];
export const stateVerdict = (state: ApprovalState) => verdicts[state.kind];
export const cancelCause = (state: Extract<ApprovalState, { kind: 'cancelled' }>) => causes[state.cause];

/** Amber only where it waits on the person who looks; blue where people have signed; else neutral. */
export function stateTone(state: ApprovalState, yours: boolean): 'wait' | 'hand' | undefined {
  if (state.kind === 'approved' || state.kind === 'used') return 'hand';
  return yours && (state.kind === 'pending' || state.kind === 'partially_approved') ? 'wait' : undefined;
}
