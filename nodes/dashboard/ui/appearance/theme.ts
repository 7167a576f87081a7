/** `system`: as the device is set. */
export type Colours = 'system' | 'light' | 'dark';

const stored = 'percept-colours';

export function chosenColours(): Colours {
  const asked = new URLSearchParams(location.search).get('colours') ?? localStorage.getItem(stored);
  return asked === 'light' || asked === 'dark' ? asked : 'system';
}

export function chooseColours(colours: Colours): void {
  localStorage.setItem(stored, colours);
}

export function isDark(colours: Colours, deviceIsDark: boolean): boolean {
  return colours === 'system' ? deviceIsDark : colours === 'dark';
}

export interface Page {
  readonly theme?: string;
}

/** Pages that use one of the two themes, with the one that is wanted now; undefined when nothing changes. */
export function withTheme<P extends Page>(
  pages: Readonly<Record<string, P>>,
  themes: { readonly light: string; readonly dark: string },
  dark: boolean,
): Record<string, P> | undefined {
  const wanted = dark ? themes.dark : themes.light;
  const ours = (page: P): boolean => page.theme === themes.light || page.theme === themes.dark;
  const entries = Object.entries(pages);
  if (!entries.some(([, page]) => ours(page) && page.theme !== wanted)) return undefined;
  return Object.fromEntries(entries.map(([id, page]) => [id, ours(page) ? { ...page, theme: wanted } : page]));
}
