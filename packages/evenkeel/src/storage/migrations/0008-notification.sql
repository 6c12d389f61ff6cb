-- What people are told about incidents: one row for each message to a channel, and at the same time the queue it waits in.

-- `state`: waiting, delivered, superseded (a later message says more, or there is nothing new to say), failed (nobody
-- tries any more), dropped (the channel's queue was full). `message` is written at the first attempt, so that every
-- attempt says the same (and json, not jsonb: to the letter); `repeat_at`: when a channel that forgets is told again what it was told.
create table notifications (
  seq bigint generated always as identity,
  id text primary key,
  project text not null references projects (id),
  model text not null,
  incident text not null,
  channel text not null,
  event text not null,
  cause bigint not null,
  state text not null,
  attempts int not null default 0,
  message json,
  substance text,
  why text,
  created_at timestamptz not null,
  due_at timestamptz not null,
  ended_at timestamptz,
  repeat_at timestamptz,
  repeats int not null default 0
);
create index notifications_waiting on notifications (project, channel, due_at) where state = 'waiting';
create index notifications_repeating on notifications (project, channel, repeat_at) where repeat_at is not null;
create index notifications_by_incident on notifications (project, incident, channel, seq);
