import { Notice } from '../shell/Notice';
import classes from './Panel.module.css';
import type { PanelAnswer } from './usePanelQuery';

const titles: Record<string, string> = {
  bad_data: 'The query is not valid',
  execution: 'The query failed',
  timeout: 'The query took too long',
  canceled: 'The query was cancelled',
  network: 'No connection',
};

export function PanelNotices({ answer }: { answer: PanelAnswer }) {
  const { error, errorType = '', warnings, infos } = answer;
  if (!error && warnings.length === 0 && infos.length === 0) return null;
  return (
    <div className={classes.notices}>
      {error && (
        <Notice kind="error" title={titles[errorType] ?? 'The query failed'}>
          {error.replace(/^invalid parameter "query": /, '')}
        </Notice>
      )}
      {warnings.map(text => (
        <Notice key={text} kind="warning">
          {text}
        </Notice>
      ))}
      {infos.map(text => (
        <Notice key={text} kind="info">
          {text}
        </Notice>
      ))}
    </div>
  );
}
