import type { Transaction } from '../storage/index.ts'

export interface Joined {
  /** Predictions whose label is new or changed. */
  readonly rows: number
  /** Labels that replaced another one. */
  readonly corrected: number
  /** First and last event time of those predictions. */
  readonly from: number
  readonly last: number
  /** Labels that found no prediction. */
  readonly waiting: number
}

/** Rows of one join at most, so that a million labels waiting for one upload do not make one transaction. */
const MAX_JOINED = 200_000

/**
 * `ready`: arrivals to look at. `matched`: with their predictions, in order of arrival. `newest`: one label per prediction,
 * with how often it changed on the way. `deltas`: what the outcomes gain and lose, for both arms. Their rows are found one by
 * one and hashed, never by a join of two lists: nobody has counted these lists for the planner, which takes them for empty.
 */
const JOIN = `
with ready as (
  select * from label_arrivals where project = $1 and model = $2 and ready order by seq limit ${MAX_JOINED}
), matched as (
  select prediction.seq as prediction, prediction.at, ready.seq, ready.class, ready.value, ready.received_at
  from ready join predictions prediction
    on prediction.project = $1 and prediction.model = $2 and prediction.id = ready.id where ready.id is not null
  union all
  select prediction.seq, prediction.at, ready.seq, ready.class, ready.value, ready.received_at
  from ready join predictions prediction
    on prediction.project = $1 and prediction.model = $2 and prediction.entity = ready.entity and prediction.at = ready.at
  where ready.entity is not null
), in_order as (
  select matched.*, label.class as old_class, label.value as old_value, label.prediction is not null as had,
    row_number() over (partition by matched.prediction order by matched.seq desc) as place,
    lag(matched.class, 1, label.class) over by_arrival as before_class,
    lag(matched.value, 1, label.value) over by_arrival as before_value,
    row_number() over by_arrival as nth
  from matched left join labels label on label.prediction = matched.prediction
  window by_arrival as (partition by matched.prediction order by matched.seq)
), changes as (
  select prediction, count(*) filter (where (had or nth > 1)
    and (class is distinct from before_class or value is distinct from before_value)) as corrections
  from in_order group by prediction
), newest as (
  select in_order.*, corrections from in_order join changes using (prediction) where place = 1
), written as (
  insert into labels (prediction, class, value, received_at, corrections)
  select prediction, class, value, received_at, corrections from newest
  where not had or corrections > 0
  on conflict (prediction) do update set class = excluded.class, value = excluded.value,
    received_at = excluded.received_at, corrections = labels.corrections + excluded.corrections
), done as (
  delete from label_arrivals using (select distinct seq from matched) as found where label_arrivals.seq = found.seq
), waiting as (
  update label_arrivals set ready = false from ready
  where label_arrivals.seq = ready.seq and ready.seq not in (select seq from matched)
  returning 1
), signed as (
  select prediction, 1 as sign, class, value from newest where not had or corrections > 0
  union all
  select prediction, -1, old_class, old_value from newest where had and corrections > 0
), deltas as (
  select version, role, source, serving_bucket(at) as bucket, serving_decile(task, score) as decile,
    sum(sign) as labelled, sum(sign * score_part) as score_sum, sum(sign * truth) as label_sum,
    sum(sign * loss) as loss_sum, sum(sign * loss * loss) as loss_squares,
    sum(sign * error) as error_sum, sum(sign * error * error) as error_squares
  from (
    select arm.version, arm.role, arm.source, arm.at, arm.score, task, sign,
      round(arm.score::numeric, 9) as score_part,
      round(serving_truth(task, classes, arm.class, signed.class, signed.value)::numeric, 9) as truth,
      round(serving_loss(task, classes, arm.score, arm.scores, signed.class, signed.value)::numeric, 9) as loss,
      round(serving_error(task, classes, arm.score, arm.class, signed.class, signed.value)::numeric, 9) as error
    from signed join predictions answer on answer.seq = signed.prediction
      cross join lateral (
        select answer.source, answer.at, answer.version, answer.role, answer.score, answer.class, answer.scores
        union all
        select answer.source, answer.at, answer.shadow_version, 'shadow', answer.shadow_score, answer.shadow_class,
          answer.shadow_scores where answer.shadow_version is not null
      ) as arm
      join serving_versions version on version.project = $1 and version.model = $2 and version.version = arm.version
  ) as scored group by 1, 2, 3, 4, 5
), counted as (
  insert into serving_outcomes as outcome (project, model, version, role, source, bucket, decile, labelled, score_sum,
    label_sum, loss_sum, loss_squares, error_sum, error_squares)
  select $1, $2, version, role, source, bucket, decile, labelled, score_sum, label_sum, loss_sum, loss_squares,
    error_sum, error_squares
  from deltas order by version, role, source, bucket, decile
  on conflict (project, model, bucket, version, role, source, decile) do update set
    labelled = outcome.labelled + excluded.labelled, score_sum = outcome.score_sum + excluded.score_sum,
    label_sum = outcome.label_sum + excluded.label_sum, loss_sum = outcome.loss_sum + excluded.loss_sum,
    loss_squares = outcome.loss_squares + excluded.loss_squares,
    error_sum = outcome.error_sum + excluded.error_sum, error_squares = outcome.error_squares + excluded.error_squares
)
select count(*) filter (where not had or corrections > 0) as rows,
  coalesce(sum(corrections), 0)::bigint as corrected,
  min(at) filter (where not had or corrections > 0) as "from", max(at) filter (where not had or corrections > 0) as last,
  (select count(*) from waiting) as waiting
from newest`

export async function joinReady(tx: Transaction, project: string, model: string): Promise<Joined> {
  const [row] = await tx.query<Joined>(JOIN, [project, model])
  return row!
}

/** Deletes the oldest waiting labels beyond the bound; resolves to how many. */
export async function dropWaiting(tx: Transaction, project: string, model: string, max: number): Promise<number> {
  const [row] = await tx.query<{ dropped: number }>(
    `with gone as (
       delete from label_arrivals where project = $1 and model = $2 and not ready and seq <= (
         select seq from label_arrivals where project = $1 and model = $2 and not ready
         order by seq desc offset $3 limit 1)
       returning 1
     ) select count(*) as dropped from gone`,
    [project, model, max],
  )
  return row!.dropped
}
