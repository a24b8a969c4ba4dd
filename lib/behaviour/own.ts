/** Names come from agents: what a record inherits is none of them. */
export const own = <V>(record: Readonly<Record<string, V>>, name: string): V | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);
