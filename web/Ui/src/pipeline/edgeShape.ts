import type { Point } from './layout';

export interface EdgeShape {
  /** For the `d` of an SVG path. */
  path: string;
  label: Point;
}

/** A curve that leaves and arrives level, straight through the columns between; its label stands on a straight part if there is one. */
export function edgeShape(from: Point, to: Point, route: readonly Point[], columnWidth: number, labelAt: number): EdgeShape {
  let path = `M${from.x},${from.y}`;
  let at = from;
  for (const place of route) {
    const leaving = { x: place.x + columnWidth, y: place.y };
    path += `${curve(at, place)} L${leaving.x},${leaving.y}`;
    at = leaving;
  }
  path += curve(at, to);
  const middle = route[Math.floor((route.length - 1) / 2)];
  return { path, label: middle ? { x: middle.x + columnWidth / 2, y: middle.y } : along(from, to, labelAt) };
}

function curve(from: Point, to: Point): string {
  const x = (from.x + to.x) / 2;
  return ` C${x},${from.y} ${x},${to.y} ${to.x},${to.y}`;
}

/** The point of that curve at t: both inner control points are halfway across. */
function along(from: Point, to: Point, t: number): Point {
  const rest = 1 - t;
  const inner = 3 * t * rest * rest + 3 * t * t * rest;
  const x = from.x * rest ** 3 + ((from.x + to.x) / 2) * inner + to.x * t ** 3;
  const y = from.y * (rest ** 3 + 3 * t * rest * rest) + to.y * (3 * t * t * rest + t ** 3);
  return { x, y };
}
