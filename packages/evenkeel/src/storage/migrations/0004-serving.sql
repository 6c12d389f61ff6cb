-- What was served, what turned out to be true, and the summaries of both.

-- How far each spool is recorded: moves in the transaction that writes its rows, so that a kill counts nothing twice.
create table serving_spools (
  spool text primary key,
  segment bigint not null,
  position bigint not null
);

-- What the positions in `predictions.features` and `.scores` mean.
create table serving_versions (
  project text not null references projects (id),
  model text not null,
  version int not null,
  task text not null,
  classes text[],
  columns text[] not null,
  primary key (project, model, version)
);

-- One row per answered request row. The arm that did not answer scored the same row beside it: `shadow_*`.
create table predictions (
  seq bigint not null generated always as identity,
  project text not null,
  model text not null,
  id text not null,
  version int not null,
  role text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  entity text,
  source text not null,
  features json not null,
  score double precision not null,
  class text,
  scores double precision[],
  shadow_version int,
  shadow_score double precision,
  shadow_class text,
  shadow_scores double precision[],
  primary key (id, project, model)
);
create unique index predictions_by_seq on predictions (seq);
create index predictions_by_time on predictions using brin (at) with (pages_per_range = 32);
create index predictions_by_receipt on predictions using brin (received_at) with (pages_per_range = 32);
create index predictions_by_entity on predictions (entity, at, project, model) where entity is not null;

-- The newest label of a prediction.
create table labels (
  prediction bigint primary key,
  class text,
  value double precision,
  received_at timestamptz not null,
  corrections int not null
);

-- Labels that are recorded and not yet joined. Ready: to be looked at by the join; otherwise waiting for their prediction.
create table label_arrivals (
  seq bigint primary key generated always as identity,
  project text not null,
  model text not null,
  id text,
  entity text,
  at timestamptz,
  class text,
  value double precision,
  received_at timestamptz not null,
  ready boolean not null default true
);
create index label_arrivals_by_id on label_arrivals (id, project, model) where id is not null;
create index label_arrivals_by_entity on label_arrivals (entity, at, project, model) where entity is not null;
create index label_arrivals_ready on label_arrivals (project, model, seq) where ready;
create index label_arrivals_waiting on label_arrivals (project, model, seq) where not ready;

-- Profile of one hour of event time, by the spool that counted it: replicas never wait for each other.
-- `received_at`, here and below, is that of the newest row: event time may lie far back, and says nothing of how long rows were kept.
create table serving_profiles (
  project text not null,
  model text not null,
  version int not null,
  role text not null,
  source text not null,
  bucket timestamptz not null,
  spool text not null,
  rows bigint not null,
  profile bytea not null,
  received_at timestamptz not null,
  primary key (project, model, bucket, version, role, source, spool)
);

-- Outcomes of one hour of event time by tenth of the score. The sums are numeric: a correction takes away exactly what was added.
create table serving_outcomes (
  project text not null,
  model text not null,
  version int not null,
  role text not null,
  source text not null,
  bucket timestamptz not null,
  decile int not null,
  rows bigint not null default 0,
  labelled bigint not null default 0,
  score_sum numeric not null default 0,
  label_sum numeric not null default 0,
  loss_sum numeric not null default 0,
  loss_squares numeric not null default 0,
  error_sum numeric not null default 0,
  error_squares numeric not null default 0,
  -- null where labels came back to an hour that was already forgotten
  received_at timestamptz,
  primary key (project, model, bucket, version, role, source, decile)
);

-- A projection of feature.quarantined, feature.repaired and feature.released; `until` is null while in force.
create table feature_overrides (
  project text not null,
  model text not null,
  source text not null,
  feature text not null,
  event bigint not null,
  kind text not null,
  repair jsonb,
  "from" timestamptz not null,
  until timestamptz,
  primary key (project, model, source, feature, event)
);

-- Every arm's score of every row: the answer, and the shadow's.
create view served_arms as
  select seq, project, model, id, version, version as answered_by, role, at, received_at, entity, source, features, score, class, scores
  from predictions
  union all
  select seq, project, model, id, shadow_version, version, 'shadow', at, received_at, entity, source, features,
    shadow_score, shadow_class, shadow_scores
  from predictions where shadow_version is not null;

-- Tenth of the score a row is counted in; a regression has one.
create function serving_decile(task text, score double precision) returns int language sql immutable as $$
  select case when task = 'regression' then 0 else greatest(0, least(9, floor(score * 10)))::int end
$$;

create function serving_bucket(at timestamptz) returns timestamptz language sql immutable as $$
  select date_bin('1 hour', at, timestamptz '1970-01-01 00:00:00+00')
$$;

-- What the label is to the score: 1 or 0 for classes (positive; predicted right), the value for a regression.
create function serving_truth(task text, classes text[], predicted text, label text, value double precision)
returns double precision language sql immutable as $$
  select case task
    when 'regression' then value
    when 'binary' then (label = classes[2])::int
    else (label = predicted)::int end
$$;

-- Log loss in nats of the probability given to the true class, or squared error. A probability of 0 costs what 1e-15 does.
create function serving_loss(
  task text, classes text[], score double precision, scores double precision[], label text, value double precision)
returns double precision language sql immutable as $$
  select case task
    when 'regression' then (score - value) * (score - value)
    when 'binary' then -ln(case label = classes[2] when true then greatest(1e-15, score) when false then greatest(1e-15, 1 - score) end)
    else -ln(case when label is not null then greatest(1e-15, scores[array_position(classes, label)]) end) end
$$;

-- Brier score, wrong or not, or absolute error.
create function serving_error(
  task text, classes text[], score double precision, predicted text, label text, value double precision)
returns double precision language sql immutable as $$
  select case task
    when 'regression' then abs(score - value)
    when 'binary' then power(score - (label = classes[2])::int, 2)
    else (label <> predicted)::int end
$$;
