import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

interface Settings {
  utc: boolean;
  setUtc: (utc: boolean) => void;
}

const key = 'streamline.utc';
const Context = createContext<Settings>({ utc: false, setUtc: () => {} });

function stored(): boolean {
  try {
    return localStorage.getItem(key) === '1';
  } catch {
    return false;
  }
}

export function SettingsProvider({ children }: { children: ReactNode }) {
  const [utc, set] = useState(stored);
  const settings = useMemo(
    () => ({
      utc,
      setUtc: (next: boolean) => {
        set(next);
        try {
          localStorage.setItem(key, next ? '1' : '0');
        } catch {
          // Not kept for the next visit, nothing else.
        }
      },
    }),
    [utc],
  );
  return <Context value={settings}>{children}</Context>;
}

export const useSettings = () => useContext(Context);
