/** Writes the gradient at a point and returns the loss there. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number

const MEMORY = 12
const MAX_STEPS = 2000
const MAX_TRIALS = 40
/** Sufficient decrease and curvature of the weak Wolfe conditions, the usual values for quasi-Newton steps. */
const DECREASE = 1e-4
const CURVATURE = 0.9

/**
 * Limited-memory BFGS from the origin, for smooth convex losses of order one; ends when the largest gradient entry is
 * below 1e-10 or no step lowers the loss. Bisection line search (weak Wolfe), as it needs no cubic's special cases.
 * @see Nocedal and Wright 2006, algorithm 7.4; Lewis and Overton 2013 for the line search
 */
export function minimiseByLbfgs(size: number, objective: Objective): Float64Array {
  let at: Float64Array = new Float64Array(size)
  let gradient: Float64Array = new Float64Array(size)
  let loss = objective(at, gradient)
  const pairs: Pair[] = []
  for (let step = 0; step < MAX_STEPS && largest(gradient) > 1e-10; step++) {
    const direction = descentDirection(gradient, pairs)
    const found = search(objective, { at, gradient, loss }, direction)
    if (found === undefined) break
    remember(pairs, subtract(found.at, at), subtract(found.gradient, gradient))
    at = found.at
    gradient = found.gradient
    loss = found.loss
  }
  return at
}

interface Pair {
  readonly move: Float64Array
  readonly change: Float64Array
  readonly inverse: number
}

interface Point {
  readonly at: Float64Array
  readonly gradient: Float64Array
  readonly loss: number
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value)
  const shares: number[] = []
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { move, change, inverse } = pairs[i]!
    shares[i] = inverse * dot(move, direction)
    addScaled(direction, -shares[i]!, change)
  }
  const last = pairs.at(-1)
  if (last !== undefined) {
    const scale = 1 / (last.inverse * dot(last.change, last.change))
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale
  }
  for (let i = 0; i < pairs.length; i++) {
    const { move, change, inverse } = pairs[i]!
    addScaled(direction, shares[i]! - inverse * dot(change, direction), move)
  }
  return direction
}

/** Undefined when rounding leaves nothing to gain along the direction. */
function search(objective: Objective, from: Point, direction: Float64Array): Point | undefined {
  const slope = dot(from.gradient, direction)
  if (!(slope < 0)) return undefined
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let share = 1
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const at = from.at.slice()
    addScaled(at, share, direction)
    const gradient = new Float64Array(at.length)
    const loss = objective(at, gradient)
    if (!(loss <= from.loss + DECREASE * share * slope)) high = share
    else if (dot(gradient, direction) < CURVATURE * slope) low = share
    else return { at, gradient, loss }
    share = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2
  }
  return undefined
}

function remember(pairs: Pair[], move: Float64Array, change: Float64Array): void {
  const curvature = dot(move, change)
  if (!(curvature > 0)) return
  pairs.push({ move, change, inverse: 1 / curvature })
  if (pairs.length > MEMORY) pairs.shift()
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!
  return sum
}

function addScaled(to: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * values[i]!
}

function subtract(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, i) => value - right[i]!)
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
