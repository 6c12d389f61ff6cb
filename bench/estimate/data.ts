import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Feature } from '../../packages/stats/src/index.ts'

/** A table in the order of its time, with 0/1 labels; `scores` where the publisher gave those of a model. */
export type DataSet = {
  readonly name: string
  readonly features: readonly Feature[]
  readonly labels: Float64Array
  readonly scores?: Float64Array
  /** Rows that the publisher calls reference, or that train a model, and rows behind them that are the reference. */
  readonly training: number
  readonly reference: number
  /** Whether the rows have an order of time. */
  readonly ordered: boolean
  /** Constants were chosen on some sets; the others were looked at once. */
  readonly half: 'tuned' | 'held out'
}

type Source = Omit<DataSet, 'features' | 'labels' | 'scores'> & {
  /** Select list and relation, in order; columns `label` and, if given, `score`; the others are features. */
  readonly query: (folder: string) => string
}

const pm25 = (folder: string) => `select month, hour, DEWP, TEMP, PRES, cbwd, Iws, "Is", Ir,
  lag(try_cast("pm2.5" as double), 24) over (order by No) as yesterday, (try_cast("pm2.5" as double) > 75)::int as label
  from read_csv('${folder}/beijing_pm25/*.csv', nullstr='NA') where try_cast("pm2.5" as double) is not null order by No`

const bikes = (folder: string) => `select season, hr, holiday, weekday, workingday, weathersit, temp, atemp, hum,
  windspeed, (cnt > 150)::int as label from read_csv('${folder}/bike_sharing/bike_hour.csv.gz') order by instant`

const adults = (folder: string) => `select * exclude (class, fnlwgt), (class = '>50K')::int as label
  from read_parquet('${folder}/adult/adults.parquet') order by hash(age, fnlwgt, "hours-per-week")`

const hotel = (
  folder: string,
) => `select * exclude (y_pred, y_pred_proba, is_canceled, timestamp, "Index", agent, company),
  y_pred_proba as score, is_canceled as label from (
  select * from read_parquet('${folder}/hotel_booking/reference_*.parquet') union all by name
  select * from read_parquet('${folder}/hotel_booking/monitoring_*.parquet')) order by timestamp, "Index"`

const employment = (folder: string) => `select * exclude (id, employed, year, prediction, predicted_probability),
  predicted_probability as score, employed as label from (
  select * from read_parquet('${folder}/ma_employment/employment_MA_reference.pq') union all by name
  select * from read_parquet('${folder}/ma_employment/employment_MA_analysis.pq') rows
    join read_parquet('${folder}/ma_employment/employment_MA_analysis_target.pq') truth using (id)) order by id`

const loans = (folder: string) => `select * exclude (repaid, timestamp, y_pred_proba, y_pred, id, part),
  y_pred_proba as score, repaid as label from (
  select *, 0 as part, '' as id from read_parquet('${folder}/car_loan/reference_*.parquet') union all by name
  select *, 1 as part from read_parquet('${folder}/car_loan/monitoring_*.parquet')) order by part, timestamp`

const insurance = (folder: string) => `select Distribution_channel, Payment, Type_risk, Area, Second_driver, Power,
  Year_matriculation, Value_vehicle, N_doors, Type_fuel, Weight, Premium, year(Date_birth) as born,
  (N_claims_year > 0)::int as label from read_parquet('${folder}/motor_insurance/*.parquet')
  order by Date_last_renewal, ID`

const shoppers = (folder: string) => `select * exclude (Revenue, Month, Weekend), Weekend::int as weekend,
  (Revenue::varchar in ('1', 'true', 'TRUE'))::int as label from read_csv('${folder}/online_shoppers/*.csv')
  order by list_position(['Feb','Mar','May','June','Jul','Aug','Sep','Oct','Nov','Dec'], Month), hash(ProductRelated_Duration, ExitRates)`

const houses = (
  folder: string,
) => `select MedInc, HouseAge, AveRooms, AveBedrms, Population, AveOccup, Latitude, Longitude,
  y_pred_proba as score, clf_target as label from (
  select * from read_csv('${folder}/california_housing/california_housing_reference.csv') union all by name
  select * from read_csv('${folder}/california_housing/california_housing_analysis.csv') rows
    join read_csv('${folder}/california_housing/california_housing_analysis_gt.csv') truth using (id)) order by id`

const flights = () => `select hour(departed) as hour, dayofweek(departed) as day, distance, origin, destination,
  (delay > 15)::int as label from (select "date"::timestamp as departed, * from
  read_parquet('${path.join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')}'))
  where hash(departed, origin, destination, distance) % 30 = 0 order by departed, origin, destination`

const SOURCES: readonly Source[] = [
  { name: 'ma_employment', half: 'held out', ordered: true, training: 48_785, reference: 20_000, query: employment },
  { name: 'car_loan', half: 'held out', ordered: true, training: 30_000, reference: 20_000, query: loans },
  { name: 'motor_insurance', half: 'held out', ordered: true, training: 20_000, reference: 15_000, query: insurance },
  { name: 'online_shoppers', half: 'held out', ordered: true, training: 4_000, reference: 4_000, query: shoppers },
  { name: 'california_housing', half: 'held out', ordered: true, training: 0, reference: 5_832, query: houses },
  { name: 'flights', half: 'held out', ordered: true, training: 20_000, reference: 20_000, query: flights },
  { name: 'adult', half: 'tuned', ordered: false, training: 12_000, reference: 12_000, query: adults },
  { name: 'hotel_booking', half: 'tuned', ordered: true, training: 0, reference: 16_913, query: hotel },
  { name: 'beijing_pm25', half: 'tuned', ordered: true, training: 12_000, reference: 8_700, query: pm25 },
  { name: 'bike_sharing', half: 'tuned', ordered: true, training: 5_000, reference: 4_000, query: bikes },
]

export async function loadSets(folder: string): Promise<DataSet[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  const sets: DataSet[] = []
  for (const { query, ...source } of SOURCES) {
    const answer = await connection.runAndReadAll(query(folder))
    const names = answer.columnNames()
    const columns = answer.getColumnsJson()
    const numbers = (name: string) => Float64Array.from(columns[names.indexOf(name)]!, Number)
    const features = names.flatMap((name, i) =>
      name === 'label' || name === 'score' ? [] : [featureOf(name, columns[i]!)],
    )
    const scores = names.includes('score') ? { scores: numbers('score') } : {}
    sets.push({ ...source, features, labels: numbers('label'), ...scores })
  }
  connection.closeSync()
  return sets
}

/** Text becomes codes in the order of first appearance, a number stays one; null is missing. */
function featureOf(name: string, column: readonly unknown[]): Feature {
  const isText = column.some((value) => value !== null && Number.isNaN(Number(value)))
  if (!isText) return { name, kind: 'numeric', values: Float64Array.from(column, numberOf) }
  const codes = new Map<unknown, number>()
  const values = Float64Array.from(column, (value) => {
    if (value === null) return Number.NaN
    if (!codes.has(value)) codes.set(value, codes.size)
    return codes.get(value)!
  })
  return { name, kind: 'categorical', values, categories: codes.size }
}

function numberOf(value: unknown): number {
  return value === null ? Number.NaN : Number(value)
}
