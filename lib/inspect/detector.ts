import type { Severity } from '@/lib/protocol/decision';

/** Where a text comes from or goes to: some signs mean something on one way only. */
export type Channel = 'input' | 'result' | 'argument' | 'output';

/** What a detector may know beside the text. */
export type About = {
  channel: Channel;
  /** Operator's and user's own words ask for things by nature; only what hides in them is a sign. */
  trusted: boolean;
  /** The session's canary, and the delimiter that text is handed back to the agent in. */
  canary: string;
  delimiter: string;
  /** The organisation's own domains, as the bundle names them. */
  domains: readonly string[];
  /** The text is one of several in a structured value, not all there is. */
  field?: boolean;
};

/** What a detector saw. Offsets count UTF-16 units of the text as it was given, the end exclusive. */
export type Sighting = {
  kind: string;
  severity: Severity;
  /** How sure, from 0 to 1: what a bundle's threshold is compared with. */
  score: number;
  span?: readonly [start: number, end: number];
};

/** A pure function over text. It never throws, and takes less than 50 ms on whatever it is given: what is too long it looks at in part. */
export type Detector = {
  readonly id: string;
  /** Goes up with every change of what it sees; a finding says by which it was made. */
  readonly version: number;
  see(text: string, about: About): Sighting[];
};
