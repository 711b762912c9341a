import type { PipelineData } from '../api/types';
import { formatCount, formatRate } from '../format/values';
import { dropList } from './drops';
import classes from './Pipeline.module.css';
import { QueueBar } from './QueueBar';
import { type EdgeRates, noRates } from './rates';

/** The graph's edges in figures: the same for readers of screens, and the place to see reasons and totals. */
export function EdgeTable({ data, rates }: { data: PipelineData; rates: Map<string, EdgeRates> }) {
  return (
    <div className={classes.tableBox}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Edge</th>
            <th scope="col">Samples</th>
            <th scope="col">Batches</th>
            <th scope="col">Total samples</th>
            <th scope="col">Queue</th>
            <th scope="col">Blocked</th>
            <th scope="col">Dropped</th>
          </tr>
        </thead>
        <tbody>
          {data.edges.map(edge => {
            const rate = rates.get(edge.id) ?? noRates;
            return (
              <tr key={edge.id}>
                <th scope="row">
                  {edge.from} <span className="muted">→</span> {edge.to}
                </th>
                <td>{formatRate(rate.samplesPerSecond)}</td>
                <td>{formatRate(rate.batchesPerSecond)}</td>
                <td>{formatCount(edge.samples)}</td>
                <td>
                  <span className={classes.queueCell}>
                    <QueueBar queue={edge.queue} capacity={edge.capacity} />
                    {edge.capacity > 0 ? `${edge.queue}/${edge.capacity}` : '–'}
                  </span>
                </td>
                <td>{rate.blocked > 0 ? `${(rate.blocked * 100).toFixed(1)} %` : '–'}</td>
                <td>
                  {dropList(edge.dropped).map(([reason, count]) => (
                    <span key={reason} className={classes.reason}>
                      {`${reason} ${formatCount(count)}`}
                      {(rate.dropsPerSecond[reason] ?? 0) > 0 && ` (${formatRate(rate.dropsPerSecond[reason]!)})`}
                    </span>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
