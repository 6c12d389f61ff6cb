export { type Share, type ShareInterval, type TestResult, twoProportionZ, wilsonInterval } from './proportion.ts'
