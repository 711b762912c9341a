import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { errorText } from '../api/client';
import { Notice } from './Notice';

interface State {
  error?: unknown;
}

/** Keeps a fault of one page on that page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Notice kind="error" title="This page failed">
        {errorText(this.state.error)}
        <div>
          <Button size="xs" variant="default" mt="sm" onClick={() => window.location.reload()}>
            Load again
          </Button>
        </div>
      </Notice>
    );
  }
}
