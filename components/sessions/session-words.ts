import type { SessionState } from './view';

const words: Record<SessionState, string> = { open: 'alive', lost: 'not connected', paused: 'paused', stopped: 'stopped', closed: 'ended' };
const pips: Record<SessionState, string | undefined> = { open: undefined, lost: 'lost', paused: 'quiet', stopped: 'stopped', closed: 'quiet' };

export const sessionWord = (state: SessionState) => words[state];
export const sessionPip = (state: SessionState) => pips[state];
