import { useSyncExternalStore } from 'react';
import { basePath } from '../api/client';

/** Where the page is: the path below the route prefix (`/query`), and the query string without its `?`. */
export interface Location {
  path: string;
  search: string;
}

/** Pages of Prometheus that are parts of ours, with the parameters of the place. */
const elsewhere: Record<string, Location> = {
  '/config': { path: '/status', search: 'tab=config' },
  '/flags': { path: '/status', search: 'tab=flags' },
  '/tsdb-status': { path: '/status', search: 'tab=tsdb' },
  '/runtime': { path: '/status', search: '' },
};

const listeners = new Set<() => void>();
let current = read();

function read(): Location {
  if (typeof window === 'undefined') return { path: '/', search: '' };
  const below = window.location.pathname.slice(basePath().length).replace(/\/+$/, '');
  return resolve(`/${below}`, window.location.search.slice(1), window.location.hash);
}

/** The page behind an address: old and foreign forms of it (`/graph?g0.expr=`, `/classic/flags`, `/#/alerts`) mean today's pages. */
export function resolve(path: string, search: string, hash: string): Location {
  const fragment = /^#\/([\w-]+)/.exec(hash)?.[1];
  // The server sends / on to /query, and browsers keep the fragment on the way.
  if ((path === '/' || path === '/query') && fragment) return resolve(`/${fragment}`, hash.split('?')[1] ?? '', '');
  const plain = path.replace(/^\/(classic|new)(?=\/)/, '');
  if (plain === '/' || plain === '/graph') return { path: '/query', search };
  return elsewhere[plain] ?? { path: plain, search };
}

function publish(): void {
  current = read();
  listeners.forEach(listener => listener());
}

if (typeof window !== 'undefined') {
  window.addEventListener('popstate', publish);
  window.addEventListener('hashchange', publish);
}

export function hrefOf(path: string, search = ''): string {
  return `${basePath()}${path.replace(/^\//, '')}${search ? `?${search}` : ''}`;
}

export function navigate(path: string, search = '', options: { replace?: boolean } = {}): void {
  const href = hrefOf(path, search);
  if (href === window.location.pathname + window.location.search) return;
  if (options.replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  publish();
}

export function useLocation(): Location {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** One value kept in the query string; null takes it out. */
export function withParameter(search: string, name: string, value: string | null): string {
  const parameters = new URLSearchParams(search);
  if (value === null || value === '') parameters.delete(name);
  else parameters.set(name, value);
  return parameters.toString();
}

export function useParameter(name: string, otherwise = ''): [string, (value: string) => void] {
  const { path, search } = useLocation();
  const value = new URLSearchParams(search).get(name) ?? otherwise;
  const set = (next: string) => navigate(path, withParameter(current.search, name, next === otherwise ? null : next), { replace: true });
  return [value, set];
}
