import { ActionIcon, type MantineColorScheme, Tooltip, useMantineColorScheme } from '@mantine/core';
import { AutoIcon, MoonIcon, SunIcon } from './icons';

const order: MantineColorScheme[] = ['auto', 'dark', 'light'];
const icons = { auto: AutoIcon, dark: MoonIcon, light: SunIcon };
const names = { auto: 'as the system', dark: 'dark', light: 'light' };

export function useNextTheme(): { scheme: MantineColorScheme; next: MantineColorScheme; change: () => void } {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = order[(order.indexOf(colorScheme) + 1) % order.length]!;
  return { scheme: colorScheme, next, change: () => setColorScheme(next) };
}

export function ThemeToggle() {
  const { scheme, next, change } = useNextTheme();
  const Icon = icons[scheme];
  const label = `Theme: ${names[scheme]}. Change to ${names[next]}`;
  return (
    <Tooltip label={`Theme: ${names[scheme]}`}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} data-testid="theme-toggle" data-scheme={scheme} onClick={change}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
