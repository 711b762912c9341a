import { createTheme, type MantineColorsTuple } from '@mantine/core';

const teal: MantineColorsTuple = [
  '#e6f7f6', '#cdeceb', '#9cd9d7', '#66c5c2', '#38b3af', '#1aa19d', '#0d8e8b', '#0d7a78', '#0a6462', '#064a49',
];

const slate: MantineColorsTuple = [
  '#d5dbe3', '#a9b4c1', '#8593a3', '#66758a', '#3a4656', '#293341', '#1f2731', '#161c24', '#11161d', '#0c1015',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 7,
  colors: { teal, dark: slate },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  headings: { fontWeight: '620' },
  defaultRadius: 'md',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
});
