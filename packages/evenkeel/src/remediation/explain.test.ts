import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DAY_MS } from '../clock.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { explain, explainAlert, explainRemedy, explainVersion } from './index.ts'
import { type Bench, causeOf, createBench, START, speak } from './testing.ts'

describe('explanations', () => {
  let opened: TestDatabase
  let bench: Bench
  before(async () => {
    opened = await openTestDatabase()
    bench = createBench(opened.db, 'default')
    const model = speak('default', 'flights')
    await bench.say(
      model.championIs(2),
      ...model.opened('i1', ['performance'], START - DAY_MS),
      model.concluded('i1', [causeOf('bad-version')]),
      ...speak('default', 'other').opened('i9', ['drift:x'], START),
    )
    await bench.say(model.resolved('i1', 'performance', START + DAY_MS))
  })
  after(() => opened.close())

  test('an alert is told from its opening to the remedy that ended it, and nothing of other incidents', async () => {
    const told = await explainAlert(opened.db, 'default', 'i1/performance')
    assert.deepEqual(
      told?.events.map(({ type }) => type),
      [
        'incident.opened',
        'alert.fired',
        'diagnosis.concluded',
        'plan.approved',
        'remedy.started',
        'alias.moved',
        'alert.resolved',
        'remedy.succeeded',
      ],
    )
    assert.match(told?.lines[2] ?? '', /^2001-04-01 00:00 {2}diagnosis\.concluded {3}it is a bad-version \(99 %\)$/)
  })

  test('a remedy and its alert tell the same story', async () => {
    const [remedy] = await bench.remediation.readRemedies(opened.db, { project: 'default', limit: 1 })
    const ofAlert = await explainAlert(opened.db, 'default', 'i1/performance')
    const ofRemedy = await explainRemedy(opened.db, 'default', remedy!.id)
    assert.deepEqual(ofRemedy?.lines, ofAlert?.lines)
  })

  test('a version is told by the moves of its aliases, with why they moved', async () => {
    const told = await explainVersion(opened.db, 'default', { model: 'flights', version: 2 })
    assert.equal(told?.events[0]?.type, 'alias.moved')
    assert.ok(told?.lines.some((line) => line.includes('champion of flights from version 2 to 1, by policy')))
  })

  test('what the journal does not know is not explained', async () => {
    assert.equal(await explain(opened.db, 'default', 'nobody'), null)
    assert.equal(await explain(opened.db, 'elsewhere', 'i1'), null)
  })
})
