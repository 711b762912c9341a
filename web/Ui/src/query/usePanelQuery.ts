import { useEffect, useState } from 'react';
import { ApiError, errorText, isAbort, postApi } from '../api/client';
import type { MatrixSeries, PlanNode, QueryData } from '../api/types';
import type { PanelState } from './panel';
import { stepOf } from './controls/resolution';

export type PanelResult =
  | { kind: 'table'; data: QueryData; atMs: number }
  | { kind: 'graph'; series: MatrixSeries[]; startMs: number; endMs: number; stepMs: number }
  | { kind: 'explain'; plan: PlanNode; stepMs: number };

export interface PanelAnswer {
  result?: PanelResult;
  expr: string;
  warnings: string[];
  infos: string[];
  error?: string;
  errorType?: string;
  elapsedMs: number;
}

export interface PanelQuery {
  answer: PanelAnswer | undefined;
  loading: boolean;
}

/** Runs the panel's query whenever something that changes its result does, or `run` rises. The last answer stays meanwhile. */
export function usePanelQuery(panel: PanelState, run: number): PanelQuery {
  const [answer, setAnswer] = useState<PanelAnswer>();
  const [loading, setLoading] = useState(false);
  const { expr, tab, rangeMs, endMs, resolution } = panel;
  const stepMs = stepOf(rangeMs, resolution);

  useEffect(() => {
    if (expr.trim() === '') {
      setAnswer(undefined);
      setLoading(false);
      return;
    }
    const abort = new AbortController();
    const started = performance.now();
    // Whole seconds: nobody reads the milliseconds of "now".
    const atMs = endMs ?? Math.floor(Date.now() / 1_000) * 1_000;
    const finish = (part: Partial<PanelAnswer>) => {
      setLoading(false);
      setAnswer({ expr, warnings: [], infos: [], elapsedMs: performance.now() - started, ...part });
    };
    const answerOf = () => {
      switch (tab) {
        case 'table':
          return instant(expr, atMs, abort.signal);
        case 'graph':
          return range(expr, rangeMs, atMs, stepMs, abort.signal);
        case 'explain':
          return explain(expr, rangeMs, atMs, stepMs, abort.signal);
      }
    };
    setLoading(true);
    answerOf()
      .then(finish)
      .catch((error: unknown) => {
        if (isAbort(error)) return;
        finish({ error: errorText(error), errorType: error instanceof ApiError ? error.type : undefined });
      });
    return () => abort.abort();
    // The table looks at one time: step and range are nothing to it.
  }, [expr, tab, tab === 'table' ? 0 : rangeMs, endMs, tab === 'table' ? 0 : stepMs, run]);

  return { answer, loading };
}

async function instant(query: string, atMs: number, signal: AbortSignal): Promise<Partial<PanelAnswer>> {
  const { data, warnings, infos } = await postApi<QueryData>('query', { query, time: String(atMs / 1_000) }, signal);
  return { result: { kind: 'table', data, atMs }, warnings, infos };
}

async function range(query: string, rangeMs: number, endMs: number, stepMs: number, signal: AbortSignal): Promise<Partial<PanelAnswer>> {
  const startMs = endMs - rangeMs;
  const { data, warnings, infos } = await postApi<{ result: MatrixSeries[] }>(
    'query_range',
    { query, start: String(startMs / 1_000), end: String(endMs / 1_000), step: String(stepMs / 1_000) },
    signal,
  );
  return { result: { kind: 'graph', series: data.result, startMs, endMs, stepMs }, warnings, infos };
}

/** The query runs as for the graph; its answer stays on the server. */
async function explain(query: string, rangeMs: number, endMs: number, stepMs: number, signal: AbortSignal): Promise<Partial<PanelAnswer>> {
  const { data, warnings, infos } = await postApi<{ explain?: PlanNode }>(
    'query_range',
    { query, start: String((endMs - rangeMs) / 1_000), end: String(endMs / 1_000), step: String(stepMs / 1_000), explain: 'analyze' },
    signal,
  );
  if (!data.explain) throw new Error('This server does not explain queries.');
  return { result: { kind: 'explain', plan: data.explain, stepMs }, warnings, infos };
}
