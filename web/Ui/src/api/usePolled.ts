import { useEffect, useRef, useState } from 'react';
import { type ApiAnswer, errorText, getApi, isAbort } from './client';

export interface Polled<T> {
  data: T | undefined;
  /** Why the last request failed; the data of the one before stays. */
  error: string | undefined;
  receivedAt: number | undefined;
}

interface State<T> {
  data?: T;
  error?: string;
  receivedAt?: number;
}

/** What is asked for once is asked for again while the server refuses it: it may be starting. */
const retryMs = 5_000;

/** Asks for a path now and every intervalMs after an answer; null asks once. Hidden tabs ask nothing; they catch up when shown. */
export function usePolled<T>(path: string, intervalMs: number | null): Polled<T> {
  const [state, setState] = useState<State<T>>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const abort = new AbortController();
    const again = (afterMs: number | null) => {
      clearTimeout(timer.current);
      if (afterMs !== null && !abort.signal.aborted) timer.current = setTimeout(load, afterMs);
    };
    const load = () => {
      if (document.hidden) return;
      getApi<T>(path, {}, abort.signal)
        .then((answer: ApiAnswer<T>) => {
          setState({ data: answer.data, receivedAt: Date.now() });
          again(intervalMs);
        })
        .catch((error: unknown) => {
          if (isAbort(error)) return;
          setState(last => ({ ...last, error: errorText(error) }));
          again(intervalMs ?? retryMs);
        });
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
  }, [path, intervalMs]);

  return { data: state.data, error: state.error, receivedAt: state.receivedAt };
}
