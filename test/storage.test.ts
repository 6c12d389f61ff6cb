import { storageConformance } from './conformance/storage.ts'

storageConformance(
  process.env['EVENKEEL_TEST_DATABASE_URL'] === undefined ? 'the embedded database' : 'a PostgreSQL server',
)
