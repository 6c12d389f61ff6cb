export { betaI } from './beta.ts'
export {
  betaQuantile,
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSf,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from './distributions.ts'
export { gammaP, gammaQ, lgamma } from './gamma.ts'
export { drawHypergeometric, drawSplit, hypergeometricLogPmf, type Urn } from './hypergeometric.ts'
export { kolmogorovQuantile, kolmogorovSf } from './kolmogorov.ts'
export { kolmogorovFiniteSf } from './kolmogorov-finite.ts'
export { noncentralChiSquareCdf, noncentralityInterval } from './noncentral.ts'
export { andersonDarlingSf, cramerVonMisesSf } from './quadratic-laws.ts'
