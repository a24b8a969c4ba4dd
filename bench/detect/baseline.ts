/** What is commonly found in filters: a list of phrases. The floor that a detector is measured against in the same run. */
const phrases: readonly RegExp[] = [
  /ignore\s+(?:all\s+)?(?:the\s+)?(?:previous|prior|above)\s+(?:instructions?|prompts?|directions?)/i,
  /disregard\s+(?:all\s+)?(?:the\s+)?(?:previous|prior|above)/i,
  /forget\s+(?:everything|all|your)\s+(?:you|previous|instructions?|above)/i,
  /you\s+are\s+now\s+(?:a|an|in)\b/i,
  /act\s+as\s+(?:if|though|a|an)\b.{0,40}\b(?:jailbr|unrestricted|evil|dan)/i,
  /pretend\s+(?:to\s+be|you\s+are)/i,
  /\b(?:do\s+anything\s+now|dan\s+mode)\b/i,
  /(?:reveal|show|print|repeat)\s+(?:me\s+)?(?:your|the)\s+(?:system\s+)?(?:prompt|instructions)/i,
  /system\s*prompt\s*[:=]/i,
  /<\|(?:im_start|im_end|system|endoftext)\|>/i,
  /\[\/?INST\]|<<SYS>>/i,
  /new\s+instructions?\s*:/i,
  /override\s+(?:your|the|all)\s+(?:instructions|rules|safety|programming)/i,
  /developer\s+mode\s+(?:enabled|on)/i,
  /jailbreak/i,
  /do\s+not\s+(?:tell|inform|mention\s+(?:this\s+)?to)\s+the\s+user/i,
  /(?:^|\n)\s*(?:system|assistant)\s*:\s/i,
];

export const matchesPhrase = (text: string): boolean => phrases.some((phrase) => phrase.test(text));
