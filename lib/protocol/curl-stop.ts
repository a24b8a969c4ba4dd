/** The line that stops with nothing but curl, from anywhere that reaches control. The key stays in the environment, out of histories. */
export function curlStop(controlUrl: string, body: unknown, how: 'engage' | 'pause' = 'engage'): string {
  return `curl -sS -X POST ${controlUrl.replace(/\/$/, '')}/v1/switches/${how} -H "Authorization: Bearer $COUNTERSIGN_CONTROL_KEY" -d '${JSON.stringify(body).replaceAll("'", `'\\''`)}'`;
}
