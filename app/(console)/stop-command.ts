/** What to type on the host when no page answers. */
export const stopCommand = 'npx countersign stop --global';
