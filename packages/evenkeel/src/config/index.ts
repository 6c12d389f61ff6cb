export { type Environment, variableOf } from './environment.ts'
export { type ExplainedSetting, explainConfig } from './explain.ts'
export { hintsOf } from './hints.ts'
export { hashKey, type LoadedConfig, type LoadOptions, loadConfig, parseConfig } from './load.ts'
export { CONFIG_FILES } from './read.ts'
export {
  type Config,
  type ConfigInput,
  defineConfig,
  type ModelConfig,
} from './schema.ts'
export { suggest } from './suggest.ts'
export { plainView } from './view.ts'
