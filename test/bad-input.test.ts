import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as stats from '@evenkeel/stats'
import fc from 'fast-check'
import { anomaly } from './bad-input/anomaly.ts'
import { byName, evidentlyTable, riverTable, whylogsTable } from './bad-input/compat.ts'
import { distance } from './bad-input/distance.ts'
import type { Case } from './bad-input/draw.ts'
import { estimate } from './bad-input/estimate.ts'
import { assertFinite, assertSpeaking } from './bad-input/finite.ts'
import { hypothesis } from './bad-input/hypothesis.ts'
import { learn } from './bad-input/learn.ts'
import { multivariate } from './bad-input/multivariate.ts'
import { nannymlTable } from './bad-input/nannyml.ts'
import { score } from './bad-input/score.ts'
import { sequential } from './bad-input/sequential.ts'
import { sketch } from './bad-input/sketch.ts'
import { special } from './bad-input/special.ts'
import { stream } from './bad-input/stream.ts'

/** What each exported function is called with, by its name; the peers' with that of their namespace before it. */
const TABLE: Readonly<Record<string, Case>> = {
  ...special,
  ...hypothesis,
  ...distance,
  ...sketch,
  ...multivariate,
  ...score,
  ...estimate,
  ...sequential,
  ...stream,
  ...learn,
  ...anomaly,
  ...byName,
  ...evidentlyTable,
  ...nannymlTable,
  ...riverTable,
  ...whylogsTable,
}
/** A case that fails is made smaller for no longer than the limit. */
const SEED = { seed: 20_261_121, numRuns: 30, interruptAfterTimeLimit: 10_000 }

/** `ONLY=psi,gTest node --test test/bad-input.test.ts` asks these alone. */
const only = process.env['ONLY']?.split(',')
for (const [name, { draws, call, allowed }] of Object.entries(TABLE).filter(([name]) => !only || only.includes(name)))
  test(`whatever ${name} is given, it answers in finite numbers or says why not`, () => {
    let answers = 0
    fc.assert(
      fc.property(draws, (drawn) => {
        let found: unknown
        try {
          found = call(...(drawn as never[]))
        } catch (error) {
          return assertSpeaking(error, name)
        }
        assertFinite(found, name, allowed)
        answers++
      }),
      SEED,
    )
    assert.ok(answers >= SEED.numRuns / 10, `only ${answers} of ${SEED.numRuns} calls were answered at all`)
  })

test('every exported function is in the table', () => {
  const exported = Object.entries(stats).flatMap(([name, value]) =>
    isNamespace(value) ? functionsOf(value).map((inner) => `${name}.${inner}`) : isFunction(value) ? [name] : [],
  )
  assert.deepEqual(Object.keys(TABLE).sort(), exported.sort())
})

function functionsOf(namespace: object): string[] {
  return Object.entries(namespace).flatMap(([name, value]) => (isFunction(value) ? [name] : []))
}

function isNamespace(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Module]'
}

/** Errors are classes; they are what is thrown, not what is asked. */
function isFunction(value: unknown): boolean {
  return typeof value === 'function' && !(value.prototype instanceof Error)
}
