import type { Random } from '../random.ts'
import { AGRAWAL } from './agrawal.ts'

export type LabelledRow = { readonly features: Float64Array; readonly label: number }

/** Where rows come from. A variant is a concept: which label belongs to which features. */
export type ConceptSource = {
  /** Categories of each feature; 0 for a numeric one. */
  readonly categories: readonly number[]
  readonly classes: number
  readonly variants: number
  /** `world` gives what belongs to the variant (its weights, its centres), the same with every call; `random` is the row's own chance. */
  readonly draw: (variant: number, random: Random, world: () => Random) => LabelledRow
}

export type ConceptName = 'sea' | 'stagger' | 'sine' | 'mixed' | 'agrawal' | 'hyperplane' | 'led' | 'random-rbf'

const SEA_LIMITS = [8, 9, 7, 9.5]
/** Segments of the digits 0 to 9, from the top, left before right. */
const SEGMENTS = [
  '1110111',
  '0010010',
  '1011101',
  '1011011',
  '0111010',
  '1101011',
  '1101111',
  '1010010',
  '1111111',
  '1111011',
]
const LED_FEATURES = 24
const RBF_CENTRES = 50
const DIMENSIONS = 10

/**
 * The generators that studies of concept drift use, by their published definitions.
 * - `sea`: three features of 0 to 10, the third irrelevant; 1 where the first two sum to at most 8, 9, 7, 9.5 (Street and Kim 2001)
 * - `stagger`: size, colour, shape; small and red | green or circle | medium or large (Schlimmer and Granger 1986)
 * - `sine`: below sin x | the reverse | below 0.5 + 0.3 sin 3πx | the reverse (Gama and others 2004)
 * - `mixed`: at least two of two booleans and below 0.5 + 0.3 sin 3πx | the reverse (Gama and others 2004)
 * - `agrawal`: loan applicants, ten rules (Agrawal, Imielinski and Swami 1993)
 * - `hyperplane`: ten features of 0 to 1 on either side of a random plane (Hulten, Spencer and Domingos 2001)
 * - `led`: a digit from seven segments, each wrong with probability 0.1, among 17 irrelevant ones; variant k has the first k
 *   segments change places with irrelevant ones (Breiman and others 1984; MOA)
 * - `random-rbf`: clouds around 50 weighted random centres, each of a class (MOA)
 */
export const CONCEPTS: Readonly<Record<ConceptName, ConceptSource>> = {
  sea: {
    categories: [0, 0, 0],
    classes: 2,
    variants: SEA_LIMITS.length,
    draw(variant, random) {
      const features = uniform(3, random).map((x) => 10 * x)
      return { features, label: features[0]! + features[1]! <= SEA_LIMITS[variant]! ? 1 : 0 }
    },
  },
  stagger: {
    categories: [3, 3, 3],
    classes: 2,
    variants: 3,
    draw(variant, random) {
      const features = Float64Array.from({ length: 3 }, () => random.integer(3))
      const [size, colour, shape] = features
      const right = [size === 0 && colour === 0, colour === 1 || shape === 0, size !== 0]
      return { features, label: right[variant] ? 1 : 0 }
    },
  },
  sine: {
    categories: [0, 0],
    classes: 2,
    variants: 4,
    draw(variant, random) {
      const features = uniform(2, random)
      const [x, y] = features
      const below = y! < (variant < 2 ? Math.sin(x!) : wave(x!))
      return { features, label: below === (variant % 2 === 0) ? 1 : 0 }
    },
  },
  mixed: {
    categories: [2, 2, 0, 0],
    classes: 2,
    variants: 2,
    draw(variant, random) {
      const features = Float64Array.of(random.integer(2), random.integer(2), random.next(), random.next())
      const right = features[0]! + features[1]! + (features[3]! < wave(features[2]!) ? 1 : 0) >= 2
      return { features, label: right === (variant === 0) ? 1 : 0 }
    },
  },
  agrawal: AGRAWAL,
  hyperplane: {
    categories: new Array<number>(DIMENSIONS).fill(0),
    classes: 2,
    variants: 1000,
    draw(_variant, random, world) {
      const features = uniform(DIMENSIONS, random)
      const weights = world()
      let sum = 0
      for (const x of features) sum += weights.next() * (x - 0.5)
      return { features, label: sum >= 0 ? 1 : 0 }
    },
  },
  led: {
    categories: new Array<number>(LED_FEATURES).fill(2),
    classes: 10,
    variants: 8,
    draw(variant, random) {
      const label = random.integer(10)
      const features = Float64Array.from({ length: LED_FEATURES }, () => random.integer(2))
      for (let segment = 0; segment < 7; segment++) {
        const lit = Number(SEGMENTS[label]![segment]) ^ (random.next() < 0.1 ? 1 : 0)
        features[segment < variant ? segment + 7 : segment] = lit
      }
      return { features, label }
    },
  },
  'random-rbf': {
    categories: new Array<number>(DIMENSIONS).fill(0),
    classes: 2,
    variants: 1000,
    draw(_variant, random, world) {
      const chosen = chooseCentre(random, world())
      const own = world().fork(chosen)
      const centre = uniform(DIMENSIONS, own)
      const label = own.integer(2)
      const direction = centre.map(() => 2 * random.next() - 1)
      const length = Math.hypot(...direction)
      const reach = random.normal() * own.next()
      return { features: centre.map((x, i) => x + (direction[i]! / length) * reach), label }
    },
  },
}

function chooseCentre(random: Random, weights: Random): number {
  const shares = Float64Array.from({ length: RBF_CENTRES }, () => weights.next())
  let left = random.next() * shares.reduce((sum, share) => sum + share, 0)
  for (let i = 0; i < RBF_CENTRES; i++) if ((left -= shares[i]!) < 0) return i
  return RBF_CENTRES - 1
}

function wave(x: number): number {
  return 0.5 + 0.3 * Math.sin(3 * Math.PI * x)
}

function uniform(count: number, random: Random): Float64Array {
  return Float64Array.from({ length: count }, () => random.next())
}
