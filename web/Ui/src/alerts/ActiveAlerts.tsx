import type { Alert, AlertingRule } from '../api/types';
import { annotationPairs } from '../format/labels';
import { formatValue, parseSampleValue } from '../format/values';
import { Age } from '../shell/Age';
import { Labels } from '../shell/Labels';
import { TextOrLink } from '../shell/Link';
import { StateBadge } from '../shell/State';
import { useSteps } from '../shell/useSteps';
import classes from './AlertRule.module.css';
import { inOrder } from './filterRules';

/** More instances of one rule come in steps: a rule over all series of a server may have thousands. */
const step = 100;

export function ActiveAlerts({ rule }: { rule: AlertingRule }) {
  const alerts = inOrder(rule.alerts ?? []);
  const { shown, more } = useSteps(alerts, step);
  return (
    <>
      <table className={classes.alerts}>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Labels and annotations</th>
            <th scope="col">Active for</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((alert, i) => (
            <AlertRow key={i} alert={alert} />
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

function AlertRow({ alert }: { alert: Alert }) {
  const annotations = annotationPairs(alert.annotations);
  return (
    <tr>
      <td>
        <StateBadge state={alert.state} />
        {alert.keepFiringSince && <div className={classes.keeping}>kept firing</div>}
      </td>
      <td>
        <Labels labels={alert.labels} hide={['alertname']} />
        {annotations.length > 0 && (
          <dl className={classes.annotations}>
            {annotations.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <TextOrLink text={text} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </td>
      <td className={classes.nowrap}>
        <Age time={alert.activeAt} suffix="" never="–" />
      </td>
      <td className={classes.value} title={alert.value}>
        {formatValue(parseSampleValue(alert.value))}
      </td>
    </tr>
  );
}
