export { betaI } from './beta.ts'
export {
  betaQuantile,
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSf,
  kolmogorovQuantile,
  kolmogorovSf,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from './distributions.ts'
export { gammaP, gammaQ, lgamma } from './gamma.ts'
