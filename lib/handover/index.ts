/** Handover: the note that one shift leaves to the next, drafted from rows and written by a person. */
export { writeHandover } from './write-handover';
export { getHandover, handoverFor, listHandovers, shiftFacts } from './queries';
