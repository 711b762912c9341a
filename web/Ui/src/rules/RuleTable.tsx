import type { Rule } from '../api/types';
import { formatDuration, formatElapsed } from '../format/durations';
import { labelPairs } from '../format/labels';
import { Age } from '../shell/Age';
import { Labels } from '../shell/Labels';
import { Link } from '../shell/Link';
import { StateBadge } from '../shell/State';
import tableClasses from '../shell/Table.module.css';
import { useSteps } from '../shell/useSteps';
import { healthOf } from './filterRules';
import classes from './Rules.module.css';

/** A group of thousands of rules comes in steps. */
const step = 200;

export function RuleTable({ rules }: { rules: Rule[] }) {
  const { shown, more } = useSteps(rules, step);
  return (
    <>
      <table className={`${tableClasses.table} ${classes.rules}`}>
        <thead>
          <tr>
            <th scope="col">Health</th>
            <th scope="col">Rule</th>
            <th scope="col" className={tableClasses.number}>
              Last evaluation
            </th>
            <th scope="col" className={tableClasses.number}>
              Duration
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((rule, i) => (
            <RuleRow key={`${rule.name}${i}`} rule={rule} />
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

function RuleRow({ rule }: { rule: Rule }) {
  const health = healthOf(rule);
  return (
    <>
      <tr data-testid="rule-row" data-health={health}>
        <td>
          <StateBadge state={health} />
        </td>
        <td>
          <div className={classes.name}>
            <span className="muted">{rule.type === 'alerting' ? 'alert' : 'record'}</span> <b>{rule.name}</b>
            {rule.type === 'alerting' && <span className="muted">{alertTimes(rule.duration, rule.keepFiringFor ?? 0)}</span>}
          </div>
          <Link to="/query" search={queryOf(rule)} className={classes.expression} title="Open in Query">
            {rule.query}
          </Link>
          {labelPairs(rule.labels ?? {}).length > 0 && <Labels labels={rule.labels ?? {}} />}
        </td>
        <td className={tableClasses.number}>
          <Age time={rule.lastEvaluation} />
        </td>
        <td className={tableClasses.number}>{formatElapsed(rule.evaluationTime)}</td>
      </tr>
      {rule.lastError && (
        <tr className={tableClasses.below}>
          <td colSpan={4}>
            <div className={tableClasses.error}>{rule.lastError}</div>
          </td>
        </tr>
      )}
    </>
  );
}

function alertTimes(forSeconds: number, keepSeconds: number): string {
  const wait = forSeconds > 0 ? ` for ${formatDuration(forSeconds * 1_000)}` : '';
  return keepSeconds > 0 ? `${wait} keep firing for ${formatDuration(keepSeconds * 1_000)}` : wait;
}

function queryOf(rule: Rule): string {
  return new URLSearchParams({ 'g0.expr': rule.query, 'g0.tab': '0', 'g0.range_input': '1h' }).toString();
}
