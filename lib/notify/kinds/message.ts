/** A POST as it goes out. */
export type HttpMessage = { url: string; body: string; headers: Record<string, string> };
