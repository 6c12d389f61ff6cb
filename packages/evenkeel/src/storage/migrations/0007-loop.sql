-- Events a step failed on several times: set aside, so that the rest flows on, and shown until a person retries them.

create table stuck_events (
  step text not null,
  event bigint not null,
  error text not null,
  at timestamptz not null,
  primary key (step, event)
);
