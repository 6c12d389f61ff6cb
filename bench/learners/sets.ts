import { DuckDBInstance } from '@duckdb/node-api'
import type { Feature, Task } from '../../packages/stats/src/index.ts'

/** A table to learn from: what is known, and what came of it. */
export type LearnerSet = {
  readonly name: string
  readonly task: Extract<Task, 'binary' | 'regression'>
  readonly features: readonly Feature[]
  readonly target: Float64Array
}

type Source = Pick<LearnerSet, 'name' | 'task'> & { readonly query: (folder: string) => string }

/** Columns of a query are features, but for `label`. Identifiers, times, published scores and leaks are left out. */
const SOURCES: readonly Source[] = [
  {
    name: 'adult',
    task: 'binary',
    query: (folder) =>
      `select * exclude (class, fnlwgt), (class = '>50K')::int as label from read_parquet('${folder}/adult/adults.parquet')`,
  },
  {
    name: 'hotel_booking',
    task: 'binary',
    query: (folder) => `select * exclude (y_pred, y_pred_proba, is_canceled, timestamp, "Index", agent, company),
      is_canceled as label from (select * from read_parquet('${folder}/hotel_booking/reference_*.parquet')
      union all by name select * from read_parquet('${folder}/hotel_booking/monitoring_*.parquet'))`,
  },
  {
    name: 'ma_employment',
    task: 'binary',
    query: (folder) => `select * exclude (id, employed, year, prediction, predicted_probability), employed as label
      from read_parquet('${folder}/ma_employment/employment_MA_reference.pq')`,
  },
  {
    name: 'online_shoppers',
    task: 'binary',
    query: (folder) => `select * exclude (Revenue, Weekend), Weekend::int as weekend, Revenue::int as label
      from read_csv('${folder}/online_shoppers/*.csv')`,
  },
  {
    name: 'california_housing',
    task: 'binary',
    query: (
      folder,
    ) => `select MedInc, HouseAge, AveRooms, AveBedrms, Population, AveOccup, Latitude, Longitude, clf_target as label
      from (select * from read_csv('${folder}/california_housing/california_housing_reference.csv') union all by name
      select * from read_csv('${folder}/california_housing/california_housing_analysis.csv') rows
      join read_csv('${folder}/california_housing/california_housing_analysis_gt.csv') truth using (id))`,
  },
  {
    name: 'sba_loans',
    task: 'binary',
    query: (folder) => `select Bank, BankState, substr(NAICS::varchar, 1, 3) as industry, Term, NoEmp, NewExist,
      CreateJob, RetainedJob, UrbanRural, RevLineCr, LowDoc, DisbursementGross, GrAppv, SBA_Appv, RealEstate, Portion,
      year(ApprovalDate) as approved, "Default" as label from read_csv('${folder}/sba_loans/sba_loans.csv')`,
  },
  {
    name: 'car_loan',
    task: 'binary',
    query: (folder) => `select * exclude (repaid, timestamp, y_pred_proba, y_pred), repaid::int as label
      from read_parquet('${folder}/car_loan/reference_*.parquet')`,
  },
  {
    name: 'motor_insurance',
    task: 'regression',
    query: (folder) => `select Distribution_channel, Payment, Type_risk, Area, Second_driver, Power, Cylinder_capacity,
      Value_vehicle, N_doors, Type_fuel, Length, Weight, Year_matriculation, year(Date_birth) as born, ln(Premium) as label
      from read_parquet('${folder}/motor_insurance/*.parquet')`,
  },
  {
    name: 'bike_sharing',
    task: 'regression',
    query: (
      folder,
    ) => `select season, yr, mnth, hr, holiday, weekday, workingday, weathersit, temp, atemp, hum, windspeed,
      cnt as label from read_csv('${folder}/bike_sharing/bike_hour.csv.gz')`,
  },
  {
    name: 'beijing_pm25',
    task: 'regression',
    query: (folder) => `select month, day, hour, DEWP, TEMP, PRES, cbwd, Iws, "Is", Ir,
      lag(try_cast("pm2.5" as double), 24) over (order by No) as yesterday, "pm2.5"::double as label
      from read_csv('${folder}/beijing_pm25/*.csv', nullstr='NA') qualify "pm2.5" is not null`,
  },
]

/** @param folder as EVENKEEL_SAMPLE_DATA names it */
export async function loadLearnerSets(folder: string): Promise<LearnerSet[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run('set threads = 1; set preserve_insertion_order = true')
  const sets: LearnerSet[] = []
  for (const { name, task, query } of SOURCES) {
    const answer = await connection.runAndReadAll(query(folder))
    const names = answer.columnNames()
    const columns = answer.getColumnsJson()
    const label = names.indexOf('label')
    sets.push({
      name,
      task,
      features: names.flatMap((column, i) => (i === label ? [] : [featureOf(column, columns[i]!)])),
      target: Float64Array.from(columns[label]!, Number),
    })
  }
  connection.closeSync()
  return sets
}

/** Text becomes codes in alphabetical order, a number stays one; null is missing. */
function featureOf(name: string, column: readonly unknown[]): Feature {
  const texts = column.map((value) => (value === null ? null : String(value)))
  if (!texts.some((text) => text !== null && Number.isNaN(Number(text)))) {
    return { name, kind: 'numeric', values: Float64Array.from(texts, (text) => (text === null ? Number.NaN : +text)) }
  }
  const known = [...new Set(texts.filter((text) => text !== null))].sort()
  const codes = new Map(known.map((text, code) => [text, code]))
  const values = Float64Array.from(texts, (text) => (text === null ? Number.NaN : codes.get(text)!))
  return { name, kind: 'categorical', values, categories: known.length }
}
