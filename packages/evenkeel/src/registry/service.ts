import type { Profile } from '@evenkeel/stats'
import type { Clock } from '../clock.ts'
import type { FeatureView, RawRow } from '../features/index.ts'
import type { Batch, Schema } from '../ingest/index.ts'
import type {
  AnyEvent,
  BlobStore,
  Database,
  Journal,
  NewEvent,
  Projection,
  Queryable,
  Step,
  Transaction,
} from '../storage/index.ts'
import type { Task, VersionFacts } from '../training/index.ts'
import type { VersionDifference } from './difference.ts'
import type { Alias, AliasMove, ModelVersion, RegisteredModel } from './version.ts'

export interface RegistryOptions {
  readonly db: Database
  readonly journal: Journal
  readonly blobs: BlobStore
  readonly clock: Clock
  /** Views declared in code; needed to serve versions with features written as functions. */
  readonly views?: readonly FeatureView[]
}

export interface VersionName {
  readonly project: string
  readonly model: string
  readonly version: number
}

export interface AliasName {
  readonly project: string
  readonly model: string
  readonly alias: string
}

/** A compare-and-swap: the alias goes to `to` if it stands at `expected`; null is nowhere. */
export interface MoveRequest extends AliasName {
  readonly expected: number | null
  readonly to: number | null
  readonly by: string
  readonly reason: string
  readonly remedy?: string | null
}

/** A model made elsewhere, as ONNX. */
export interface ForeignModel {
  readonly project: string
  readonly model: string
  readonly bytes: Uint8Array
  readonly task: Task
  /** In the order of the model's outputs; the last of two is the positive one. Null for regression. */
  readonly classes: readonly string[] | null
  /**
   * Columns of a request. Those of role feature feed the model: inputs are matched by name, or one matrix takes them in
   * this order.
   */
  readonly inputs: Schema
  /** Rows it was trained on or is used to: what its traffic is held against. Without them drift is unknown. */
  readonly reference?: Batch
  readonly by: string
}

/** A version ready to predict. `release` it when it is no longer used. */
export interface LoadedVersion {
  readonly version: ModelVersion
  /** Numbers per encoded row. */
  readonly width: number
  encodeRow(row: RawRow, out: Float32Array, offset: number): void
  /** `rows * width` encoded inputs in; out for each row a probability per class (or the positive one's alone), or the number. */
  predict(inputs: Float32Array, rows: number): Promise<Float32Array>
  /** Its columns are empty where no reference is known. */
  readonly reference: Profile
  release(): Promise<void>
}

export interface Registry {
  readonly steps: readonly Step[]
  readonly projections: readonly Projection[]
  readModel(q: Queryable, name: { readonly project: string; readonly model: string }): Promise<RegisteredModel | null>
  listModels(q: Queryable, project: string): Promise<readonly RegisteredModel[]>
  /** @throws EvenkeelError REGISTRY_VERSION_UNKNOWN */
  readVersion(q: Queryable, name: VersionName): Promise<ModelVersion>
  /** Newest first. */
  listVersions(
    q: Queryable,
    query: { readonly project: string; readonly model: string; readonly limit?: number },
  ): Promise<readonly ModelVersion[]>
  /** The version an alias points to; null for none. */
  readAlias(q: Queryable, name: AliasName): Promise<number | null>
  readAliases(q: Queryable, name: { readonly project: string; readonly model: string }): Promise<readonly Alias[]>
  /** Newest first. */
  readAliasHistory(
    q: Queryable,
    query: { readonly project: string; readonly model: string; readonly alias?: string; readonly limit: number },
  ): Promise<readonly AliasMove[]>
  /**
   * Decides a move inside a step: the event to append in this same transaction, or null when the alias no longer stands
   * where expected. Nobody else can move an alias of the model until the transaction ends.
   */
  decideMove(tx: Transaction, move: MoveRequest): Promise<NewEvent | null>
  /** Moves an alias. @throws EvenkeelError REGISTRY_ALIAS_MOVED (found, expected), REGISTRY_VERSION_UNKNOWN */
  moveAlias(move: MoveRequest & { readonly cause?: number | null }): Promise<AnyEvent>
  /** Registers what a run made and announces it; aliases stay where they are. */
  registerVersion(request: {
    readonly project: string
    readonly model: string
    readonly facts: VersionFacts
    readonly by: string
    readonly cause?: number | null
  }): Promise<ModelVersion>
  /** @throws EvenkeelError REGISTRY_GRAPH_INVALID, REGISTRY_INPUTS_DIFFER, REGISTRY_OUTPUTS_DIFFER */
  registerForeign(foreign: ForeignModel): Promise<ModelVersion>
  diffVersions(reference: ModelVersion, current: ModelVersion): readonly VersionDifference[]
  /** Loads and checks a version's graph. @throws EvenkeelError FEATURES_VIEW_UNKNOWN when its view needs code that is not declared */
  load(name: VersionName): Promise<LoadedVersion>
}
