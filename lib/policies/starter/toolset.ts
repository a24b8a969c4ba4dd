import type { RegistryToolInput } from '@/lib/protocol/registry';

/** A toolset of the starter bundle: its tools and the rules about them, by rule id. */
export type Toolset = { tools: RegistryToolInput[]; policies: Record<string, string> };

/** An object schema whose fields are all required unless named as optional; unknown fields are refused. */
export function fields(properties: Record<string, object>, optional: readonly string[] = []): Record<string, unknown> {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false };
}
export const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
