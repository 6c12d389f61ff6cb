/** What a project imports from `evenkeel`: the words its configuration is written in. */
export { type Config, type ConfigInput, defineConfig } from './config/index.ts'
export { type ErrorDetails, EvenkeelError, isEvenkeelError } from './error.ts'
export {
  category,
  column,
  dayOfWeek,
  defineFeatureView,
  difference,
  type Feature,
  type FeatureKind,
  type FeatureView,
  hourOfDay,
  log,
  monthOfYear,
  type RawRow,
  type RowTransformOptions,
  ratio,
  rowTransform,
  type TimeOptions,
  textLength,
  timeSince,
  type ViewDeclaration,
} from './features/index.ts'
