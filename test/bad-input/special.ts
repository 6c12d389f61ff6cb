import {
  andersonDarlingSf,
  betaI,
  betaQuantile,
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSf,
  cramerVonMisesSf,
  createRandom,
  drawHypergeometric,
  drawSplit,
  gammaP,
  gammaQ,
  hypergeometricLogPmf,
  kolmogorovFiniteSf,
  kolmogorovQuantile,
  kolmogorovSf,
  lgamma,
  noncentralChiSquareCdf,
  noncentralityInterval,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { counts, given, level, number, seed, share, whole } from './draw.ts'

const positive = fc.oneof(fc.double({ min: 1e-3, max: 60, noNaN: true }), number)
const endOfSupport = { at: /^[^.]+$/, because: 'the quantile at 0 or 1 of a law without bounds, or the log of nought' }

export const special = {
  lgamma: given([number], lgamma, { at: /^lgamma$/, because: 'its poles, and where it leaves the doubles' }),
  gammaP: given([positive, number], gammaP),
  gammaQ: given([positive, number], gammaQ),
  betaI: given([positive, positive, number], betaI),
  betaQuantile: given([share, positive, positive], betaQuantile),
  normalCdf: given([number], normalCdf),
  normalQuantile: given([share], normalQuantile, endOfSupport),
  chiSquareCdf: given([number, positive], chiSquareCdf),
  chiSquareSf: given([number, positive], chiSquareSf),
  chiSquareQuantile: given([share, positive], chiSquareQuantile, endOfSupport),
  tCdf: given([number, positive], tCdf),
  tQuantile: given([share, positive], tQuantile, endOfSupport),
  noncentralChiSquareCdf: given([number, positive, positive], noncentralChiSquareCdf),
  noncentralityInterval: given([positive, positive, level], noncentralityInterval),
  kolmogorovSf: given([number], kolmogorovSf),
  kolmogorovQuantile: given([share], kolmogorovQuantile, endOfSupport),
  kolmogorovFiniteSf: given([whole, share], kolmogorovFiniteSf),
  cramerVonMisesSf: given([number], cramerVonMisesSf),
  andersonDarlingSf: given([number], andersonDarlingSf),
  hypergeometricLogPmf: given(
    [whole, whole, whole, whole],
    (taken, more, marked, drawn) => hypergeometricLogPmf(taken, { total: 60 + more, marked, drawn }),
    endOfSupport,
  ),
  drawHypergeometric: given([seed, whole, whole, whole], (of, more, marked, drawn) =>
    drawHypergeometric(createRandom(of), { total: 60 + more, marked, drawn }),
  ),
  drawSplit: given([seed, counts(4), whole], (of, pooled, drawn) => {
    const into = new Float64Array(pooled.length)
    drawSplit(createRandom(of), Float64Array.from(pooled), drawn, into)
    return into
  }),
  createRandom: given([seed, fc.array(number, { maxLength: 9 }), fc.integer({ min: 1, max: 9 })], (of, values, n) => {
    const random = createRandom(of)
    return [random.next(), random.integer(n), random.normal(), random.shuffle(values.map(String)), random.sample([], n)]
  }),
}
