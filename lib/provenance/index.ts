// Where an argument's text came from: an index of the texts that a session has seen, and the tracing of arguments in it. Pure, without input or output.
export { MOST_KEPT, SeenTexts } from './seen-texts';
export { traceArguments } from './trace-arguments';
export { fold } from './fold';
