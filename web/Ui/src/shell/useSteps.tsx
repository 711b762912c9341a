import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';

/** A list of thousands in steps: what is shown now, and the button for more as long as there is more. */
export function useSteps<T>(all: readonly T[], step: number): { shown: readonly T[]; more: ReactNode } {
  const [count, setCount] = useState(step);
  const more = all.length > count && (
    <Button size="compact-sm" variant="default" m="xs" onClick={() => setCount(count + step)}>
      {`Show more of ${all.length}`}
    </Button>
  );
  return { shown: all.slice(0, count), more };
}
