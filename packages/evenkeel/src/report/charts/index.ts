export { type Bar, drawBars } from './bars.ts'
export {
  drawCategoricalDistribution,
  drawNumericDistribution,
} from './distribution.ts'
export { drawSeries, type Incident, type Series } from './series.ts'
export { formatShare, formatTick, INK } from './svg.ts'
