/** Attacks: cases of our own with benign twins, run through the real gate, and what came of them. */
export { attackCases } from './cases';
export { caseFromSession, type CaseFromSession } from './case-from-session';
export { runAttacks, suiteHash, type Ground } from './run-attacks';
export { runRows, runTable } from './print-run';
export { recordAttackRun, type RecordedRun } from './record-attack-run';
export type { Played } from './play-case';
