import { useId, useState } from 'react';
import type { AlertingRule } from '../api/types';
import { formatDuration } from '../format/durations';
import { annotationPairs, labelPairs } from '../format/labels';
import { RightIcon } from '../shell/icons';
import { Labels } from '../shell/Labels';
import { Link, TextOrLink } from '../shell/Link';
import { Notice } from '../shell/Notice';
import { StateBadge } from '../shell/State';
import { ActiveAlerts } from './ActiveAlerts';
import classes from './AlertRule.module.css';

/** One rule: a line that says its state, and below it, opened when it is active, everything about it. */
export function AlertRule({ rule }: { rule: AlertingRule }) {
  const active = rule.alerts?.length ?? 0;
  const [chosen, setOpen] = useState<boolean>();
  const fails = rule.health === 'err';
  const open = chosen ?? (rule.state !== 'inactive' || fails);
  const body = useId();
  return (
    <article className={classes.rule} data-state={rule.state} data-fails={fails || undefined}>
      <button type="button" className={classes.line} aria-expanded={open} aria-controls={body} onClick={() => setOpen(!open)}>
        <span className={classes.chevron}>
          <RightIcon size={11} />
        </span>
        {/* A rule that fails has found nothing: that is not the calm of an inactive one. */}
        {!(fails && rule.state === 'inactive') && <StateBadge state={rule.state} />}
        {fails && <StateBadge state="err">fails</StateBadge>}
        <span className={classes.name}>{rule.name}</span>
        <code className={classes.summary}>{open ? '' : rule.query}</code>
        {rule.duration > 0 && <span className={classes.for}>{`for ${formatDuration(rule.duration * 1_000)}`}</span>}
        {active > 0 && <span className={classes.count}>{active === 1 ? '1 alert' : `${active} alerts`}</span>}
      </button>
      {open && (
        <div id={body} className={classes.body}>
          {rule.lastError && (
            <Notice kind="error" title="The last evaluation failed">
              {rule.lastError}
            </Notice>
          )}
          <dl className={classes.facts}>
            <div>
              <dt>Expression</dt>
              <dd>
                <Link to="/query" search={queryOf(rule)} className={classes.expression} title="Open in Query">
                  {rule.query}
                </Link>
              </dd>
            </div>
            {labelPairs(rule.labels ?? {}).length > 0 && (
              <div>
                <dt>Labels</dt>
                <dd>
                  <Labels labels={rule.labels ?? {}} />
                </dd>
              </div>
            )}
            {active === 0 &&
              annotationPairs(rule.annotations ?? {}).map(([name, text]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <TextOrLink text={text} />
                  </dd>
                </div>
              ))}
          </dl>
          {active > 0 && <ActiveAlerts rule={rule} />}
        </div>
      )}
    </article>
  );
}

function queryOf(rule: AlertingRule): string {
  return new URLSearchParams({ 'g0.expr': rule.query, 'g0.tab': '0', 'g0.range_input': '1h' }).toString();
}
