-- Feature sets, training runs, models, their versions, and the aliases that point to these.

-- A view's features of one batch, as Parquet.
create table feature_sets (
  project text not null references projects (id),
  view text not null,
  fingerprint text not null,
  batch text not null,
  blob text not null,
  rows bigint not null,
  created_at timestamptz not null,
  primary key (project, view, fingerprint, batch)
);

create table runs (
  project text not null references projects (id),
  run text not null,
  model text not null,
  state text not null check (state in ('requested', 'running', 'finished', 'failed')),
  reason text not null,
  "from" timestamptz,
  until timestamptz,
  parent int,
  remedy text,
  requested_by bigint not null,
  requested_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  attempts int not null default 0,
  facts jsonb,
  error text,
  log jsonb not null default '[]',
  primary key (project, run)
);
create index runs_by_model on runs (project, model, requested_at desc);

-- One row to a model: locked by whoever numbers a version or moves an alias, so that both happen one after the other.
create table models (
  project text not null references projects (id),
  model text not null,
  task text not null check (task in ('binary', 'multiclass', 'regression')),
  created_at timestamptz not null,
  primary key (project, model)
);

create table versions (
  project text not null,
  model text not null,
  version int not null,
  run text,
  task text not null,
  classes jsonb,
  inputs jsonb not null,
  encoding jsonb,
  artifact text not null,
  reference text not null,
  metrics jsonb not null,
  lineage jsonb,
  created_at timestamptz not null,
  created_by text not null,
  primary key (project, model, version),
  unique (project, run),
  foreign key (project, model) references models (project, model)
);

-- A version never changes (law 6), whoever asks.
create function refuse_version_change() returns trigger language plpgsql as $$
begin
  raise exception 'versions are immutable: % refused; register a new version instead', tg_op;
end
$$;
create trigger versions_never_change before update or delete on versions
  for each row execute function refuse_version_change();
create trigger versions_are_kept before truncate on versions
  for each statement execute function refuse_version_change();

-- Projections of alias.moved.
create table aliases (
  project text not null,
  model text not null,
  alias text not null,
  version int not null,
  moved_at timestamptz not null,
  moved_by text not null,
  primary key (project, model, alias),
  foreign key (project, model, version) references versions (project, model, version)
);

create table alias_history (
  event bigint primary key,
  project text not null,
  model text not null,
  alias text not null,
  "from" int,
  "to" int,
  at timestamptz not null,
  by text not null,
  reason text not null,
  remedy text
);
create index alias_history_by_model on alias_history (project, model, event desc);
