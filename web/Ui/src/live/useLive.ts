import { useEffect, useState } from 'react';
import { basePath, encodeParameters, errorText, getApi } from '../api/client';
import { addRows, type LiveRow, type LiveWindow, readWindow, selectorsOf } from './live';

export interface Live {
  rows: LiveRow[];
  counts: LiveWindow | null;
  error: string | null;
}

const nothing: Live = { rows: [], counts: null, error: null };

/** Samples as they pass a node. A change of what is asked for starts over; while paused nothing is asked of the server. */
export function useLive(match: string, node: string, paused: boolean): Live {
  const [live, setLive] = useState(nothing);
  useEffect(() => setLive(nothing), [match, node]);
  useEffect(() => {
    if (paused) return;
    const query = encodeParameters({ node, 'match[]': selectorsOf(match) }).toString();
    const events = new EventSource(`${basePath()}api/v1/live?${query}`);
    events.onmessage = event => {
      const window = readWindow(event.data as string);
      if (window) setLive(before => ({ rows: addRows(before.rows, window.samples), counts: window, error: null }));
    };
    events.addEventListener('refused', event => {
      events.close();
      setLive(before => ({ ...before, error: event.data as string }));
    });
    // An event source does not tell why it was refused: the same question without the stream does.
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) void explain(query).then(error => setLive(before => ({ ...before, error })));
      else setLive(before => ({ ...before, error: 'The connection was lost; trying again.' }));
    };
    return () => events.close();
  }, [match, node, paused]);
  return live;
}

async function explain(query: string): Promise<string> {
  const stop = new AbortController();
  try {
    const response = getApi(`live?${query}`, {}, stop.signal);
    window.setTimeout(() => stop.abort(), 3_000);
    await response;
    return 'The server ended the live tail.';
  } catch (error) {
    return errorText(error);
  }
}
