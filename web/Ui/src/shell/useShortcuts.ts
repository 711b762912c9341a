import { useEffect } from 'react';
import { pages } from './pages';
import { navigate } from './router';

/** How long after `g` the page's letter may follow. */
const sequenceMs = 1_500;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

interface Actions {
  help: () => void;
  theme: () => void;
}

export function useShortcuts({ help, theme }: Actions): void {
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      const going = event.timeStamp < goUntil;
      goUntil = 0;
      const page = going ? pages.find(p => p.shortcut === event.key) : undefined;
      if (page) navigate(page.path);
      else if (event.key === 'g') goUntil = event.timeStamp + sequenceMs;
      else if (event.key === '?') help();
      else if (event.key === 'D') theme();
      else if (event.key === '/') document.querySelector<HTMLElement>('[data-search] input, [data-search] .cm-content')?.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [help, theme]);
}
