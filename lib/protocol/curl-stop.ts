/**
 * The line that stops with nothing but curl, from anywhere that reaches control. The key stays in the environment, out of histories. With
 * several addresses it goes on to the next until one takes the stop: given twice it is one stop.
 */
export function curlStop(controlUrls: string | readonly string[], body: unknown, how: 'engage' | 'pause' = 'engage'): string {
  const [first, ...more] = [controlUrls].flat().map((url) => url.replace(/\/$/, ''));
  const path = `/v1/switches/${how}`;
  const rest = `-H "Authorization: Bearer $COUNTERSIGN_CONTROL_KEY" -d ${quoted(JSON.stringify(body))}`;
  if (more.length === 0) return `curl -sS -X POST ${first}${path} ${rest}`;
  return `for control in ${[first!, ...more].map(quoted).join(' ')}; do curl -fsS -m 5 -X POST "$control${path}" ${rest} && break; done`;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
