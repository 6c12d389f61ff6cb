-- What may be done, is being done and was done about trouble. All of it is a projection of the journal.

-- Incidents as remedies see them: whether the data itself is at fault, and whether that still lasts.
create table remediation_incidents (
  project text not null references projects (id),
  model text not null,
  incident text not null,
  integrity boolean not null,
  open boolean not null,
  primary key (project, incident)
);

-- The alarms a remedy is judged by. `recovered_from`: start of the first window that was well again.
create table remediation_alarms (
  project text not null references projects (id),
  model text not null,
  alert text not null,
  monitor text not null,
  incident text,
  firing boolean not null,
  recovered_from timestamptz,
  primary key (project, alert)
);

create table plans (
  project text not null references projects (id),
  model text not null,
  plan text not null,
  incident text not null,
  diagnosis text not null,
  action text not null,
  parameters jsonb not null,
  approval text not null,
  words text not null,
  state text not null,
  why text,
  decided_by text,
  proposed_at timestamptz not null,
  primary key (project, plan)
);
create index plans_by_model on plans (project, model, state);

-- `alarm` and `model_*`: the last verdicts of the monitors since the remedy started, and of the model before it did.
create table remedies (
  project text not null references projects (id),
  model text not null,
  remedy text not null,
  plan text not null,
  incident text not null,
  action text not null,
  parameters jsonb not null,
  state text not null,
  started_at timestamptz not null,
  review_by timestamptz not null,
  ended_at timestamptz,
  outcome text,
  evidence jsonb,
  failure text,
  promoted int,
  alarm text,
  alarm_steady int not null default 0,
  model_before text,
  model_after text,
  primary key (project, remedy)
);
create index remedies_by_model on remedies (project, model, state);

create table automation_switch (
  project text primary key references projects (id),
  automation text not null,
  thrown_by text not null,
  reason text not null,
  at timestamptz not null
);

-- The last conclusion on each incident.
create table diagnoses (
  project text not null references projects (id),
  model text not null,
  incident text not null,
  diagnosis text not null,
  event bigint not null,
  primary key (project, incident)
);
