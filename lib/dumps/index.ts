/** Dumps: what a session was when it was stopped, sealed like every text of it, for whoever asks afterwards what happened. */
export { markDumpsDue } from './mark-dumps-due';
export { writeDueDumps } from './write-due-dumps';
export { suggestIncidents } from './suggest-incidents';
export { readDump } from './read-dump';
export { dumpOf } from './queries';
