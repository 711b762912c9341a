import { Notice } from '../shell/Notice';
import pageClasses from '../shell/Page.module.css';

/** Jobs that lack targets they should have, with the reason. */
export function PoolErrors({ errors }: { errors: Record<string, string> | undefined }) {
  return Object.entries(errors ?? {}).map(([pool, error]) => (
    <div key={pool} className={pageClasses.notice}>
      <Notice kind="error" title={pool}>
        {error}
      </Notice>
    </div>
  ));
}
