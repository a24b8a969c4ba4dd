/** A public key that belongs to nobody (its private half was never kept), so that an unknown passkey costs the same work as a known one. COSE. */
export const NOBODYS_KEY: Uint8Array<ArrayBuffer> = new Uint8Array(Buffer.from('a5010203262001215820418012e966e8918feeec7ca5b03ca94e177f9e3f621e36e4343533114b202413225820164177d9be32357c9ae06dc7e4c20923c10431c7c641e46b3faee5a777076865', 'hex'));
