export type Bracket = { readonly start: number; readonly low: number; readonly high: number }

/** Root of an increasing function: Newton's steps (or secants) kept inside a shrinking bracket. */
export function invert(
  f: (x: number) => number,
  density: ((x: number) => number) | undefined,
  bracket: Bracket,
): number {
  let { low, high, start: x } = bracket
  for (let i = 0; i < 400; i++) {
    const error = f(x)
    if (error === 0) return x
    if (error < 0) low = x
    else high = x
    const slope = density?.(x)
    const newton = slope ? x - error / slope : Number.NaN
    const next = newton > low && newton < high ? newton : between(low, high, x)
    if (Math.abs(next - x) <= 1e-15 * Math.abs(x)) return next
    x = next
  }
  return x
}

function between(low: number, high: number, x: number): number {
  if (Number.isFinite(low) && Number.isFinite(high)) return (low + high) / 2
  return Number.isFinite(low) ? Math.max(2 * x, x + 1) : Math.min(2 * x, x - 1)
}
