-- Windows of event time and what was found in them; rollouts, alerts and incidents, which are folds of the journal.

create table windows (
  project text not null references projects (id),
  model text not null,
  kind text not null,
  start timestamptz not null,
  until timestamptz not null,
  due_at timestamptz not null,
  closed_at timestamptz,
  attempt integer not null default 0,
  rows bigint not null default 0,
  -- batches that brought rows after the window had been judged
  late_batches integer not null default 0,
  -- the latest event that brought it predictions, or labels: what its closing is a consequence of
  cause bigint,
  primary key (project, model, kind, start)
);
create index windows_due on windows (project, due_at) where closed_at is null;

create table findings (
  event bigint primary key,
  project text not null references projects (id),
  model text not null,
  version integer not null,
  role text not null,
  window_id text not null,
  kind text not null,
  start timestamptz not null,
  until timestamptz not null,
  at timestamptz not null,
  findings jsonb not null
);
create index findings_by_model on findings (project, model, start desc, event desc);

create table rollouts (
  id text primary key,
  project text not null references projects (id),
  model text not null,
  kind text not null,
  challenger integer not null,
  champion integer not null,
  stage text not null,
  share double precision not null,
  state text not null,
  started_at timestamptz not null,
  stage_at timestamptz not null,
  ended_at timestamptz,
  reason text,
  evidence jsonb,
  remedy text
);
create unique index rollouts_running on rollouts (project, model) where state = 'running';

-- every champion a model has had, in order: who it may be rolled back to
create table champions (
  event bigint primary key,
  project text not null references projects (id),
  model text not null,
  version integer not null,
  at timestamptz not null,
  by text not null
);
create index champions_by_model on champions (project, model, event desc);

create table alerts (
  id text primary key,
  project text not null references projects (id),
  model text not null,
  monitor text not null,
  version integer not null,
  state text not null,
  severity text not null,
  reason text not null,
  onset timestamptz not null,
  "window" text not null,
  pending_at timestamptz not null,
  fired_at timestamptz,
  resolved_at timestamptz,
  incident text
);
create unique index alerts_open on alerts (project, model, monitor) where state in ('pending', 'firing');

create table incidents (
  id text primary key,
  project text not null references projects (id),
  model text not null,
  title text not null,
  alerts jsonb not null,
  onset timestamptz not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  outcome text
);
create index incidents_by_model on incidents (project, model, opened_at desc);
