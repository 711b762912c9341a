import { TextOrLink } from '../shell/Link';
import classes from './Status.module.css';

export interface Fact {
  name: string;
  value: string;
}

/** Names and values in two columns; values as text. */
export function Facts({ title, facts }: { title: string; facts: Fact[] }) {
  return (
    <section className={classes.card}>
      <h2>{title}</h2>
      <dl className={classes.facts}>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === '' ? <span className="muted">–</span> : <TextOrLink text={value} />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
