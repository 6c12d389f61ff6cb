import { DuckDBInstance } from '@duckdb/node-api'

/** A table to shift: columns held whole, rows in the order of the files. */
export type PowerSet = {
  readonly name: string
  readonly rows: number
  readonly numeric: Readonly<Record<string, Float64Array>>
  readonly categorical: Readonly<Record<string, readonly (string | null)[]>>
}

type Source = {
  readonly name: string
  readonly query: (folder: string) => string
  readonly categorical: readonly string[]
}

/** Labels, predictions, identifiers, times and constant columns are left out. */
const SOURCES: readonly Source[] = [
  {
    name: 'adult',
    query: (folder) =>
      `select * exclude (class, fnlwgt, "education-num") from read_parquet('${folder}/adult/adults.parquet')`,
    categorical: [],
  },
  {
    name: 'california_housing',
    query: (folder) => `select MedInc, HouseAge, AveRooms, AveBedrms, Population, AveOccup, Latitude, Longitude
      from (select * from read_csv('${folder}/california_housing/california_housing_reference.csv') union all by name
      select * from read_csv('${folder}/california_housing/california_housing_analysis.csv'))`,
    categorical: [],
  },
  {
    name: 'hotel_booking',
    query: (folder) => `select * exclude (y_pred, y_pred_proba, is_canceled, timestamp, "Index", agent, company)
      from (select * from read_parquet('${folder}/hotel_booking/reference_*.parquet')
      union all by name select * from read_parquet('${folder}/hotel_booking/monitoring_*.parquet'))`,
    categorical: [],
  },
  {
    name: 'ma_employment',
    query: (folder) => `select * exclude (id, year, prediction, predicted_probability) from
      (select * exclude (employed) from read_parquet('${folder}/ma_employment/employment_MA_reference.pq') union all by name
      select * from read_parquet('${folder}/ma_employment/employment_MA_analysis.pq'))`,
    categorical: [
      'MAR',
      'RELP',
      'CIT',
      'MIG',
      'MIL',
      'ESP',
      'SEX',
      'RAC1P',
      'DIS',
      'ANC',
      'NATIVITY',
      'DEAR',
      'DEYE',
      'DREM',
    ],
  },
  {
    name: 'online_shoppers',
    query: (folder) => `select * exclude (Revenue) from read_csv('${folder}/online_shoppers/*.csv')`,
    categorical: ['OperatingSystems', 'Browser', 'Region', 'TrafficType', 'Weekend'],
  },
  {
    name: 'car_loan',
    query: (folder) => `select * exclude (timestamp, y_pred, y_pred_proba, repaid, "Index") from
      read_parquet('${folder}/car_loan/reference_*.parquet')`,
    categorical: [],
  },
  {
    name: 'motor_insurance',
    query: (folder) => `select * exclude (ID, N_claims_year, Cost_claims_year, Lapse, Date_lapse) from
      read_parquet('${folder}/motor_insurance/*.parquet')`,
    categorical: ['Type_risk', 'Area', 'Second_driver', 'Payment', 'Distribution_channel', 'Type_fuel'],
  },
]

/** @param folder the value of EVENKEEL_SAMPLE_DATA */
export async function loadSet(folder: string, name: string): Promise<PowerSet> {
  const source = SOURCES.find((each) => each.name === name)!
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(source.query(folder))
  const columns = reader.getColumnsObjectJS()
  const numeric: Record<string, Float64Array> = {}
  const categorical: Record<string, (string | null)[]> = {}
  for (const [column, values] of Object.entries(columns)) {
    const numbers = values.every((value) => value === null || typeof value === 'number' || typeof value === 'bigint')
    if (values.some((value) => value instanceof Date)) continue
    if (new Set(values).size < 2) continue
    if (numbers && !source.categorical.includes(column))
      numeric[column] = Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)))
    else categorical[column] = values.map((value) => (value === null ? null : String(value)))
  }
  return { name, rows: reader.currentRowCount, numeric, categorical }
}
