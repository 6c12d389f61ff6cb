export { type Bar, type BarsOptions, drawBars } from './bars.ts'
export {
  type CategoricalDistribution,
  type ChartSize,
  drawCategoricalDistribution,
  drawNumericDistribution,
  type NumericDistribution,
} from './distribution.ts'
export { drawSeries, type Incident, type Series, type SeriesOptions, type SeriesPoint } from './series.ts'
export { formatShare, formatTick, INK } from './svg.ts'
