const key = 'streamline.history';
const maxEntries = 50;

/** The latest first, each expression once. */
export function withEntry(history: readonly string[], expr: string): string[] {
  const trimmed = expr.trim();
  if (trimmed === '') return [...history];
  return [trimmed, ...history.filter(entry => entry !== trimmed)].slice(0, maxEntries);
}

export function readHistory(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter(entry => typeof entry === 'string').slice(0, maxEntries) : [];
  } catch {
    return [];
  }
}

export function remember(expr: string): void {
  try {
    localStorage.setItem(key, JSON.stringify(withEntry(readHistory(), expr)));
  } catch {
    // A browser that stores nothing still runs queries.
  }
}
