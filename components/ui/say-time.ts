/** Milliseconds left as `4:12`, `48:00`, `2 h 05 min`, `3 d`. Never negative. */
export function sayLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** How long something lasted or is past: `2 s`, `23 min`, `6 min 12 s` (with detail), `2 h`, `12 d`. */
export function sayFor(ms: number, detail = false): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return detail && seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return detail && minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

export const urgency = (ms: number): 'plain' | 'soon' | 'last' => (ms < 60_000 ? 'last' : ms < 300_000 ? 'soon' : 'plain');

/** `03:14:22`, or with milliseconds `03:14:22.204`; UTC unless told otherwise, so that server and browser draw the same. */
export function sayClock(at: string | number | Date, options: { millis?: boolean; local?: boolean } = {}): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'no time';
  const parts = options.local ? [date.getHours(), date.getMinutes(), date.getSeconds()] : [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const clock = parts.map(two).join(':');
  return options.millis ? `${clock}.${String(date.getUTCMilliseconds()).padStart(3, '0')}` : clock;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `19 Nov 16:20` in UTC. */
export function sayDay(at: string | number | Date): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'no date';
  return `${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** Milliseconds after an order, as `+0.167`. */
export const sayAfter = (ms: number) => (ms === 0 ? '0' : `+${(ms / 1000).toFixed(3)}`);

const two = (value: number) => String(value).padStart(2, '0');
