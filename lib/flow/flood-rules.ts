/** Whether an agent asks more within a minute than it may. Exactly the limit is none. */
export const isFlood = (asksInAMinute: number, limit: number): boolean => asksInAMinute > limit;

/** Why it was paused, for whoever sees the order, the queue and the alert. */
export const floodSentence = (asks: number, limit: number): string =>
  `Flood: it asked people ${asks.toLocaleString('en')} times within a minute, and ${limit.toLocaleString('en')} are allowed. Paused until somebody releases it; what it has asked still waits.`;
