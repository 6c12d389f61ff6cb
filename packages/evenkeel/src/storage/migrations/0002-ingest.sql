-- Sources with their pinned schemas, batches, and what the gate held back.

create table sources (
  project text not null references projects (id),
  name text not null,
  hints jsonb not null,
  schema jsonb,
  revision int not null default 0,
  created_at timestamptz not null,
  primary key (project, name)
);

create table source_revisions (
  project text not null,
  source text not null,
  revision int not null,
  schema jsonb not null,
  by text not null,
  reason text not null,
  at timestamptz not null,
  primary key (project, source, revision),
  foreign key (project, source) references sources (project, name)
);

create table batches (
  place bigint generated always as identity,
  project text not null,
  id text not null,
  source text not null,
  state text not null check (state in ('arrived', 'accepted', 'quarantined', 'released')),
  rows bigint not null,
  format text not null,
  raw text,
  blob text not null,
  revision int not null,
  span_from timestamptz,
  span_until timestamptz,
  by text not null,
  idempotency_key text,
  content text not null,
  arrived_at timestamptz not null,
  primary key (project, id),
  unique (project, source, idempotency_key),
  foreign key (project, source) references sources (project, name)
);
create index batches_by_source on batches (project, source, state, span_from);
create index batches_by_place on batches (project, place);

create table gates (
  project text not null,
  source text not null,
  -- Null: the checks that follow from the schema.
  checks jsonb,
  -- Blob with the profile that later batches are compared with; once set it moves only when a person says so (law 11).
  reference text,
  primary key (project, source),
  foreign key (project, source) references sources (project, name)
);

create table verdicts (
  project text not null,
  batch text not null,
  verdict jsonb not null,
  at timestamptz not null,
  primary key (project, batch),
  foreign key (project, batch) references batches (project, id)
);

create table quarantined_rows (
  project text not null,
  batch text not null,
  row int not null,
  reasons jsonb not null,
  cells jsonb not null,
  primary key (project, batch, row),
  foreign key (project, batch) references batches (project, id)
);
