import type { LabelSet } from '../format/labels';

export type SamplePair = [seconds: number, value: string];

export interface NativeHistogram {
  count: string;
  sum: string;
  buckets?: [rule: number, low: string, high: string, count: string][];
}

export interface VectorSeries {
  metric: LabelSet;
  value?: SamplePair;
  histogram?: [seconds: number, histogram: NativeHistogram];
}

export interface MatrixSeries {
  metric: LabelSet;
  values?: SamplePair[];
  histograms?: [seconds: number, histogram: NativeHistogram][];
}

export type QueryData =
  | { resultType: 'vector'; result: VectorSeries[] }
  | { resultType: 'matrix'; result: MatrixSeries[] }
  | { resultType: 'scalar'; result: SamplePair }
  | { resultType: 'string'; result: SamplePair };

/** An operator of a query's plan, with what it cost. */
export interface PlanNode {
  operator: string;
  expression: string;
  steps: number;
  series: number | null;
  points: number;
  samples: number;
  bytes: number;
  /** Its inputs included. */
  milliseconds: number;
  ownMilliseconds: number;
  inputs: PlanNode[];
}

export type AlertState = 'firing' | 'pending' | 'inactive' | 'unknown';

export interface Alert {
  labels: LabelSet;
  annotations: LabelSet;
  state: AlertState;
  activeAt?: string;
  keepFiringSince?: string;
  value: string;
}

interface RuleCommon {
  name: string;
  query: string;
  labels?: LabelSet;
  health: string;
  lastError?: string;
  evaluationTime: number;
  lastEvaluation: string;
}

export interface AlertingRule extends RuleCommon {
  type: 'alerting';
  state: AlertState;
  duration: number;
  keepFiringFor?: number;
  annotations?: LabelSet;
  alerts?: Alert[];
}

export interface RecordingRule extends RuleCommon {
  type: 'recording';
}

export type Rule = AlertingRule | RecordingRule;

export interface RuleGroup {
  name: string;
  file: string;
  interval: number;
  rules: Rule[];
  evaluationTime: number;
  lastEvaluation: string;
}

export interface Target {
  discoveredLabels: LabelSet;
  labels: LabelSet;
  scrapePool: string;
  scrapeUrl: string;
  globalUrl?: string;
  lastError: string;
  lastScrape: string;
  lastScrapeDuration: number;
  health: 'up' | 'down' | 'unknown';
  scrapeInterval?: string;
  scrapeTimeout?: string;
}

export interface DroppedTarget {
  discoveredLabels: LabelSet;
  scrapePool: string;
}

export interface TargetsData {
  activeTargets: Target[];
  droppedTargets?: DroppedTarget[];
  droppedTargetCounts?: Record<string, number>;
  /** What keeps a job from targets it should have. */
  poolErrors?: Record<string, string>;
}

export interface RelabelRule {
  action: string;
  source_labels?: string[];
  separator: string;
  regex?: string;
  modulus?: number;
  target_label?: string;
  replacement: string;
}

export interface RelabelStep {
  rule: RelabelRule;
  output: LabelSet;
  keep: boolean;
}

export interface RelabelStepsData {
  steps: RelabelStep[];
}

export interface PipelineNode {
  id: string;
  kind: string;
  pipeline: string;
  name: string;
  details?: Record<string, string>;
}

export interface PipelineEdge {
  id: string;
  from: string;
  to: string;
  batches: number;
  samples: number;
  queue: number;
  capacity: number;
  blockedSeconds: number;
  dropped?: Record<string, number>;
}

export interface PipelineData {
  nodes: PipelineNode[];
  edges: PipelineEdge[];
}

export interface TsdbStat {
  name: string;
  value: number;
}

export interface TsdbStatus {
  headStats: Record<string, number>;
  seriesCountByMetricName?: TsdbStat[];
  labelValueCountByLabelName?: TsdbStat[];
  memoryInBytesByLabelName?: TsdbStat[];
  seriesCountByLabelValuePair?: TsdbStat[];
}
