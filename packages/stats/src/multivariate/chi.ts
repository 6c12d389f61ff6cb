/**
 * Chi-square statistics on one scale: the cube root of Wilson and Hilferty (1931), close to a standard normal deviate
 * for any degrees of freedom, so that the largest of many is the least likely one. 0 where there is no freedom.
 */
export function deviate(chiSquare: number, freedom: number): number {
  if (freedom <= 0) return 0
  const spread = 2 / (9 * freedom)
  return (Math.cbrt(Math.max(0, chiSquare) / freedom) - 1 + spread) / Math.sqrt(spread)
}
