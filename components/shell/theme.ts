export const themes = ['dark', 'light', 'hc'] as const;
export type Theme = (typeof themes)[number];

export const themeCookie = 'cs-theme';

/** A theme that a person chose, or undefined for the system's. */
export const chosenTheme = (value: string | undefined): Theme | undefined => themes.find((theme) => theme === value);
