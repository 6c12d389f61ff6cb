-- The ground: projects, the journal, its readers' cursors, and the blobs' catalogue.

create table projects (
  id text primary key,
  created_at timestamptz not null
);

create table journal (
  id bigint primary key generated always as identity,
  project text not null references projects (id),
  type text not null,
  subject text not null,
  at timestamptz not null,
  cause bigint,
  data jsonb not null
);
create index journal_by_type on journal (type, id);
create index journal_by_subject on journal (project, subject, id);
create index journal_by_cause on journal (cause) where cause is not null;

create table cursors (
  reader text primary key,
  position bigint not null
);

-- What retention has dropped, by kind: counted in the transaction that dropped it.
create table forgotten (
  project text not null references projects (id),
  what text not null,
  rows bigint not null,
  before timestamptz not null,
  at timestamptz not null,
  primary key (project, what)
);

create table blobs (
  project text not null references projects (id),
  sha256 text not null,
  bytes bigint not null,
  media_type text not null,
  created_at timestamptz not null,
  primary key (project, sha256)
);
