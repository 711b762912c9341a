export interface TextRange {
  from: number;
  to: number;
}

/** Where in the expression a server's `1:5: parse error: ...` points, as offsets; null when it names no place. */
export function errorRange(expr: string, error: string): TextRange | null {
  const match = /(\d+):(\d+): parse error/.exec(error);
  if (!match) return null;
  const lines = expr.split('\n');
  const line = Number(match[1]) - 1;
  if (line < 0 || line >= lines.length) return null;
  const before = lines.slice(0, line).reduce((length, text) => length + text.length + 1, 0);
  const from = Math.min(before + Math.max(0, Number(match[2]) - 1), expr.length);
  const word = /^[\w:]+/.exec(expr.slice(from))?.[0].length ?? 1;
  return { from: from === expr.length && from > 0 ? from - 1 : from, to: Math.min(from + word, expr.length) };
}
