/** Control's own side: it stops when nothing else answers, by its keys, its journal and its two doors. */
export { startControl, type Control, type ControlOptions } from './control';
