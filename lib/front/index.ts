/** The gateway's HTTP: tokens, keys, permits, health, and the way to the console. */
export { answerFront, type FrontDoor } from './front-door';
export { consoleProxy } from './console-proxy';
