import { useCallback, useEffect, useRef, useState } from 'react';
import { type ApiAnswer, errorText, getApi, isAbort } from './client';

export interface Polled<T> {
  data: T | undefined;
  /** Why the last request failed; the data of the one before stays. */
  error: string | undefined;
  receivedAt: number | undefined;
  refresh: () => void;
}

interface State<T> {
  data?: T;
  error?: string;
  receivedAt?: number;
}

/** Asks for a path now and every intervalMs after an answer. Hidden tabs ask nothing; they catch up when shown. */
export function usePolled<T>(path: string, intervalMs: number | null): Polled<T> {
  const [state, setState] = useState<State<T>>({});
  const [asked, setAsked] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const abort = new AbortController();
    const next = () => {
      clearTimeout(timer.current);
      if (intervalMs !== null && !abort.signal.aborted) timer.current = setTimeout(load, intervalMs);
    };
    const load = () => {
      if (document.hidden) return;
      getApi<T>(path, {}, abort.signal)
        .then((answer: ApiAnswer<T>) => setState({ data: answer.data, receivedAt: Date.now() }))
        .catch((error: unknown) => {
          if (!isAbort(error)) setState(last => ({ ...last, error: errorText(error) }));
        })
        .finally(next);
    };
    const onShown = () => {
      if (!document.hidden) load();
    };
    load();
    document.addEventListener('visibilitychange', onShown);
    return () => {
      abort.abort();
      clearTimeout(timer.current);
      document.removeEventListener('visibilitychange', onShown);
    };
  }, [path, intervalMs, asked]);

  const refresh = useCallback(() => setAsked(count => count + 1), []);
  return { data: state.data, error: state.error, receivedAt: state.receivedAt, refresh };
}
