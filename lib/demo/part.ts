import type { Scene } from './scene';

/** What one agent does, session after session. */
export type Part = {
  /** Its session's purpose, without the mark that all of them carry. */
  purpose(turn: number): string;
  principal(domain: string): { type: 'user' | 'service'; id: string; name?: string };
  /** Plays one session; `turn` counts from 0. Resolves to a sentence on how it went. */
  play(scene: Scene, turn: number): Promise<string>;
  /** Seconds between two sessions. */
  rest: readonly [number, number];
};
