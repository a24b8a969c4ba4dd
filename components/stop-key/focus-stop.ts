/** In the address of the stop panel: whoever comes by STOP goes on by keyboard at the button that they most likely want. */
export const stopAnchor = 'stop';

/** Moves the focus to the first thing that stops: what was asked for by the address, or everything. Does nothing where no panel stands. */
export function focusStop(): void {
  const panel = document.getElementById(stopAnchor);
  panel?.querySelector<HTMLElement>('[data-chosen] .do button, [data-chosen] .do a')?.focus();
  if (panel && !panel.contains(document.activeElement)) panel.querySelector<HTMLElement>('[data-arm="global"]')?.focus();
}
