/** How long the console keeps a connection that nothing is asked on (milliseconds). */
export const CONSOLE_KEEPS_MS = 65_000;
/** How long the gateway uses such a connection again: it lets go well before, for what is sent on one that is closed in that moment is lost, a press of STOP included. */
export const CONSOLE_REUSED_MS = 30_000;
