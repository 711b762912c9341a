import { Button } from '@mantine/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { errorText, getApi, isAbort } from '../api/client';
import type { RelabelStep, RelabelStepsData } from '../api/types';
import type { LabelSet } from '../format/labels';
import { LeftIcon, RightIcon } from '../shell/icons';
import { Labels } from '../shell/Labels';
import { Notice } from '../shell/Notice';
import classes from './Discovery.module.css';
import { changesOf, effectOf, effectText, finalLabels, inputOf, ruleFields } from './relabel';

/** A target's way through the rules of its job: the rules on the left, what the chosen one did on the right. */
export function RelabelSteps({ pool, discovered }: { pool: string; discovered: LabelSet }) {
  const labels = JSON.stringify(discovered);
  const [steps, setSteps] = useState<RelabelStep[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    getApi<RelabelStepsData>('targets/relabel_steps', { scrapePool: pool, labels }, abort.signal)
      .then(answer => setSteps(answer.data.steps))
      .catch((reason: unknown) => isAbort(reason) || setError(errorText(reason)));
    return () => abort.abort();
  }, [pool, labels]);

  if (error) return <Notice kind="error">{error}</Notice>;
  if (!steps) return <p className="muted">Loading…</p>;
  if (steps.length === 0) return <p className="muted">The job has no relabel_configs: labels that begin with __ are taken away, the rest stays.</p>;
  return <Stepper steps={steps} discovered={discovered} />;
}

function Stepper({ steps, discovered }: { steps: RelabelStep[]; discovered: LabelSet }) {
  // Where the target ends is what people came for: the rule that drops it, else the first.
  const dropping = steps.findIndex(step => !step.keep);
  const [at, setAt] = useState(Math.max(dropping, 0));
  const list = useRef<HTMLOListElement>(null);
  const go = (to: number) => setAt(Math.min(Math.max(to, 0), steps.length - 1));
  const onKey = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
    const rules = list.current?.querySelectorAll<HTMLElement>('button');
    if (list.current?.contains(document.activeElement)) rules?.[Math.min(Math.max(to, 0), steps.length - 1)]?.focus();
  };
  return (
    <div className={classes.stepper} role="group" aria-label="Relabelling, rule by rule" onKeyDown={onKey}>
      <div>
        <div className={classes.moves}>
          <Button size="compact-sm" variant="default" leftSection={<LeftIcon size={12} />} disabled={at === 0} onClick={() => go(at - 1)}>
            Before
          </Button>
          <Button size="compact-sm" variant="default" rightSection={<RightIcon size={12} />} disabled={at === steps.length - 1} onClick={() => go(at + 1)}>
            Next
          </Button>
          <span className="muted" aria-live="polite">{`Rule ${at + 1} of ${steps.length}`}</span>
        </div>
        <ol className={classes.rules} ref={list}>
          {steps.map((step, i) => (
            <li key={i}>
              <button type="button" className={classes.rule} aria-current={i === at ? 'step' : undefined} data-effect={effectOf(steps, i, discovered)} onClick={() => go(i)}>
                <span className={classes.index}>{i + 1}</span>
                <span className={classes.action}>{step.rule.action}</span>
                <span className={classes.effect}>{effectText(steps, i, discovered)}</span>
              </button>
            </li>
          ))}
        </ol>
      </div>
      <StepDetail steps={steps} at={at} discovered={discovered} />
    </div>
  );
}

function StepDetail({ steps, at, discovered }: { steps: RelabelStep[]; at: number; discovered: LabelSet }) {
  const step = steps[at]!;
  const effect = effectOf(steps, at, discovered);
  const final = at === steps.length - 1 ? finalLabels(steps, discovered) : null;
  return (
    <div className={classes.detail} data-testid="relabel-step">
      <dl className={classes.fields}>
        {ruleFields(step.rule).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {effect === 'drops' && <Notice kind="warning">This rule drops the target. It had these labels:</Notice>}
      {effect === 'after drop' && <Notice kind="info">Not reached: an earlier rule drops the target.</Notice>}
      {effect !== 'after drop' && (
        <ul className={classes.changes}>
          {changesOf(inputOf(steps, at, discovered), step.keep ? step.output : inputOf(steps, at, discovered)).map(change => (
            <li key={change.name} data-kind={change.kind}>
              <span className={classes.mark}>{{ added: '+', removed: '−', changed: '~', same: '' }[change.kind]}</span>
              <span className={classes.name}>{change.name}</span>
              {change.kind === 'changed' && <del>{change.before}</del>}
              {change.kind === 'removed' ? <del>{change.before}</del> : <span>{change.after}</span>}
              <span className={classes.word}>{change.kind === 'same' ? '' : change.kind}</span>
            </li>
          ))}
        </ul>
      )}
      {final && (
        <p className={classes.final}>
          <span className="muted">Labels that begin with __ are taken away now. What stays: </span>
          <Labels labels={final} />
        </p>
      )}
    </div>
  );
}
