import { Button, CopyButton } from '@mantine/core';
import { usePolled } from '../api/usePolled';
import { CopyIcon } from '../shell/icons';
import { Remote } from './Remote';
import classes from './Status.module.css';

export function ConfigTab() {
  const polled = usePolled<{ yaml: string }>('status/config', null);
  return (
    <Remote polled={polled}>
      {({ yaml }) => (
        <section className={classes.card}>
          <h2>
            What the server runs
            <CopyButton value={yaml}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" leftSection={<CopyIcon size={13} />} onClick={copy}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </h2>
          <pre className={classes.yaml} tabIndex={0} aria-label="Configuration as YAML">
            {yaml}
          </pre>
        </section>
      )}
    </Remote>
  );
}
