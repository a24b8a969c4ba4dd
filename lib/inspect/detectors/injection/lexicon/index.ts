import { ar } from './ar';
import { de } from './de';
import { en } from './en';
import { es } from './es';
import { fr } from './fr';
import { it } from './it';
import { ja } from './ja';
import { pt } from './pt';
import { ru } from './ru';
import { zh } from './zh';

/** Languages whose words stand between blanks, and those that are written without any. */
export const spaced = { en, de, fr, es, it, pt, ru, ar } as const;
export const unspaced = { zh, ja } as const;
