export {
  compareStreams,
  compareWindowCounts,
  countWindow,
  type StreamComparison,
  type StreamComparisonOptions,
} from './compare-streams.ts'
export { FAMILIES as STREAM_FAMILIES, type Family as StreamFamily } from './components.ts'
export { freezeStreamTest, type StreamTest, type StreamTestOptions } from './stream-test.ts'
