import { ActionIcon, AppShell, Burger, Button, MantineProvider, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect } from 'react';
import classes from './App.module.css';
import { ErrorBoundary } from './ErrorBoundary';
import { MemoryNotice } from './MemoryNotice';
import { Help } from './Help';
import { HelpIcon } from './icons';
import { Link } from './Link';
import { NotFound } from './NotFound';
import { pages } from './pages';
import { useLocation } from './router';
import { SettingsProvider, useSettings } from './settings';
import { theme } from './theme';
import { ThemeToggle, useNextTheme } from './ThemeToggle';
import { useShortcuts } from './useShortcuts';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <SettingsProvider>
        <Shell />
      </SettingsProvider>
    </MantineProvider>
  );
}

function Shell() {
  const { path } = useLocation();
  const [menu, { toggle, close }] = useDisclosure();
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure();
  const { change } = useNextTheme();
  useShortcuts({ help: openHelp, theme: change });
  const page = pages.find(p => p.path === path);
  useEffect(() => {
    document.title = page ? `${page.title} · Streamline` : 'Streamline';
    close();
  }, [page, close]);
  const Content = page?.content ?? NotFound;

  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 240, breakpoint: 'md', collapsed: { desktop: true, mobile: !menu } }}>
      <a className={classes.skip} href="#main" onClick={skipToMain}>
        Skip to the content
      </a>
      <AppShell.Header className={classes.header}>
        <Burger className={classes.burger} opened={menu} onClick={toggle} size="sm" aria-label="Menu" aria-expanded={menu} />
        <Link to="/query" className={classes.brand} aria-label="Streamline, to the query page">
          <Mark />
          <span>Streamline</span>
        </Link>
        <nav className={classes.links} aria-label="Pages">
          <PageLinks current={path} />
        </nav>
        <div className={classes.tools}>
          <ZoneToggle />
          <ThemeToggle />
          <Tooltip label="Keyboard shortcuts">
            <ActionIcon variant="subtle" color="gray" size="lg" onClick={openHelp} aria-label="Keyboard shortcuts">
              <HelpIcon size={18} />
            </ActionIcon>
          </Tooltip>
        </div>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label="Pages, small screen">
        {/* Not there while it is folded away: it would take the focus off the screen. */}
        {menu && <PageLinks current={path} />}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <MemoryNotice />
        <ErrorBoundary key={path}>
          <Suspense fallback={<div className={classes.loading}>Loading…</div>}>
            <Content />
          </Suspense>
        </ErrorBoundary>
      </AppShell.Main>
      <Help opened={help} onClose={closeHelp} />
    </AppShell>
  );
}

// A plain fragment link would leave the page: <base> makes it point at the root.
function skipToMain(event: React.MouseEvent) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function PageLinks({ current }: { current: string }) {
  return pages.map(({ path, title, icon: Icon }) => (
    <Link key={path} to={path} className={classes.link} aria-current={path === current ? 'page' : undefined}>
      <Icon />
      {title}
    </Link>
  ));
}

function ZoneToggle() {
  const { utc, setUtc } = useSettings();
  return (
    <Tooltip label={utc ? 'Times are in UTC' : 'Times are in this browser’s time zone'}>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setUtc(!utc)} aria-label={`Time zone: ${utc ? 'UTC' : 'local'}. Change`}>
        {utc ? 'UTC' : 'Local'}
      </Button>
    </Tooltip>
  );
}

function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0d7a78" />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d="M6 11h7c5 0 5 10 10 10h3" />
        <path d="M6 21h5M19 11h7" opacity=".65" />
      </g>
    </svg>
  );
}
