import type { PipelineNode } from '../api/types';

/** A node without a name of its own is numbered: then its kind says more. */
export function titleOfNode({ name, kind }: Pick<PipelineNode, 'name' | 'kind'>): string {
  if (name === '' || name === '1') return kind;
  return /^\d+$/.test(name) ? `${kind} ${name}` : name;
}
