/** One step of a JSON Pointer (RFC 6901) as it is written, without its slash. */
export const escapeStep = (name: string): string => (/[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name);

/** The name that a step stands for. */
export const unescapeStep = (step: string): string => (step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step);

/** The name of the argument at the top that a pointer leads into; empty where it leads to the whole. */
export const topOf = (pointer: string): string => unescapeStep(pointer.split('/', 2)[1] ?? '');
