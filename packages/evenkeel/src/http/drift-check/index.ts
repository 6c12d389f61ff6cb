export { createDriftChecker, type DriftChecker } from './checker.ts'
export { driftCheckRoutes } from './route.ts'
