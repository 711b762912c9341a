import { Link } from './Link';
import { useLocation } from './router';

export function NotFound() {
  const { path } = useLocation();
  return (
    <div>
      <h2>There is no page here</h2>
      <p className="muted">
        Nothing answers at <span className="mono">{path}</span>. The <Link to="/query">query page</Link> is a place to start.
      </p>
    </div>
  );
}
