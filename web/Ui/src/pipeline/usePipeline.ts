import { useEffect, useRef, useState } from 'react';
import type { PipelineData } from '../api/types';
import { type Polled, usePolled } from '../api/usePolled';
import { type EdgeRates, keepWindow, ratesBetween, type Reading } from './rates';

const pollMs = 1_000;
/** Sources send every few seconds: a shorter window would show bursts and silence in turn. */
const windowMs = 10_000;

export interface LivePipeline {
  polled: Polled<PipelineData>;
  rates: Map<string, EdgeRates>;
}

export function usePipeline(): LivePipeline {
  const polled = usePolled<PipelineData>('pipeline', pollMs);
  const readings = useRef<Reading[]>([]);
  const [rates, setRates] = useState<Map<string, EdgeRates>>(new Map());
  const { data, receivedAt } = polled;

  useEffect(() => {
    if (!data || receivedAt === undefined) return;
    const now: Reading = { atMs: receivedAt, edges: new Map(data.edges.map(edge => [edge.id, edge])) };
    readings.current = keepWindow(readings.current, now, windowMs);
    const oldest = readings.current[0];
    setRates(ratesBetween(oldest === now ? undefined : oldest, now));
  }, [data, receivedAt]);

  return { polled, rates };
}
