/** Why a learner refused its input; `code` is stable, `details` holds the place, what was found and what was expected. */
export type LearnErrorCode =
  | 'LEARN_DATA_INVALID'
  | 'LEARN_OPTION_INVALID'
  | 'LEARN_TARGET_CONSTANT'
  | 'LEARN_SINGULAR'
  | 'LEARN_MODEL_INVALID'

export class LearnError extends Error {
  override readonly name = 'LearnError'
  readonly code: LearnErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: LearnErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}
