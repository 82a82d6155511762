"""The data phase of the flights in DuckDB: raw tables to the three splits, in SQL.

Usage: python -m template.benchmarks.tables.in_duckdb RAW TARGET TRAIN_UNTIL VALID_UNTIL
"""

import sys
from pathlib import Path

import duckdb

from template.benchmarks.tables.columns import RANGES, STATE, WEATHER

GROUPS = {"city": [], "origin": ["origin"], "carrier": ["origin", "carrier"]}

# Times in minutes since 1970; `gone` of a cancelled flight is missing.
FLIGHTS = """
create table flights as
select *, due - 120 as seen, due + case when dep_delay < -120 then -120 else dep_delay end as gone,
  row_number() over () as id
from (
  select *, epoch(sched_dep) // 60 as due from (
    select *, make_timestamp(year, month, day, 0, 0, 0)
      + to_minutes(sched_dep_time // 100 * 60 + sched_dep_time % 100) as sched_dep
    from read_parquet('{raw}/flights-*.parquet')))
"""
# Events of a group, one row an instant, with running totals.
EVENTS = """
create temp table {name} as
select {by} t, sum(sum(delay)) over ({over} order by t) as total, sum(count(*)) over ({over} order by t) as n
from (select {by} {time} as t, gone - due as delay from flights) where t is not null group by {by} t
"""
ORDER = "order by sched_dep, carrier, flight, origin"
END = "case when gone is null then due + 180 else least(greatest(gone, due), due + 180) end"
OF_GROUP = """
create temp table {prefix} as
select f.id,
  (coalesce(now.total, 0) - coalesce(past.total, 0)) / nullif(coalesce(now.n, 0) - coalesce(past.n, 0), 0)
    as {prefix}_delay_3h,
  (coalesce(now.n, 0) - coalesce(past.n, 0))::double as {prefix}_departures_3h,
  (coalesce(begun.n, 0) - coalesce(done.n, 0))::double as {prefix}_waiting
from flights f
asof left join {prefix}_gone now on {same_now} f.seen >= now.t
asof left join {prefix}_gone past on {same_past} f.seen - 180 >= past.t
asof left join {prefix}_begun begun on {same_begun} f.seen >= begun.t
asof left join {prefix}_done done on {same_done} f.seen >= done.t
"""
TABLE = """
create view made as
select strftime(sched_dep, '%Y%m%dT%H%M') || f.carrier || f.flight || f.origin as flight_id,
  (arr_delay > 15)::bigint as late, sched_dep, strftime(sched_dep, '%Y-%m') as month, f.tailnum,
  hour(sched_dep)::double as hour, (hour(sched_dep) * 60 + minute(sched_dep))::double as minute_of_day,
  (isodow(sched_dep) - 1)::double as weekday, distance::double as distance,
  year(sched_dep) - case when plane_year > 1940 then plane_year end as plane_age, seats::double as seats,
  {weather}, {state}, aircraft_delay, aircraft_since, f.carrier, f.origin, dest,
  f.origin || '-' || dest as route,
  coalesce(regexp_replace(upper(manufacturer), ' .*', ''), 'missing') as manufacturer,
  coalesce(engine, 'missing') as engine, f.flight
from (select *, case when seen - g.t < 1440 then g.delay end as aircraft_delay,
    case when seen - g.t < 1440 then seen - g.t end as aircraft_since
  from flights asof left join aircraft g on flights.tailnum = g.tail and flights.seen >= g.t) f
join city using (id) join origin using (id) join carrier using (id)
asof left join weather w on f.origin = w.place and f.seen >= w.known
left join planes p on f.tailnum = p.tail
where arr_delay is not null and {checks}
"""


def same(by: list[str], other: str) -> str:
    """The condition that a flight and an event are of one group."""
    return "".join(f"f.{name} = {other}.{name} and " for name in by)


def prepare(base: "duckdb.DuckDBPyConnection", raw: str) -> None:
    """Tables of the flights, the states of city, airport and aircraft, weather and planes."""
    base.execute(FLIGHTS.format(raw=raw))
    for prefix, by in GROUPS.items():
        over = f"partition by {', '.join(by)}" if by else ""
        for name, time in (("gone", "gone"), ("begun", "due"), ("done", END)):
            names = "".join(f"{one}, " for one in by)
            base.execute(EVENTS.format(name=f"{prefix}_{name}", by=names, over=over, time=time))
        joined = {f"same_{one}": same(by, one) for one in ("now", "past", "begun", "done")}
        base.execute(OF_GROUP.format(prefix=prefix, **joined))
    base.execute(
        "create temp table aircraft as select tailnum as tail, gone as t, last(gone - due order by due, "
        "carrier, flight, origin) as delay from flights where gone is not null and tailnum is not null "
        "group by all"
    )
    base.execute(
        f"create temp table weather as select origin as place, {', '.join(WEATHER)}, "
        "epoch(make_timestamp(year, month, day, hour, 0, 0)) // 60 + 60 as known "
        f"from read_parquet('{raw}/weather-*.parquet')"
    )
    base.execute(
        "create temp table planes as select tailnum as tail, year as plane_year, seats, manufacturer, engine "
        f"from read_parquet('{raw}/planes.parquet')"
    )
    checks = " and ".join(
        f"({n} is null or {n} between {low} and {high})" for n, (low, high) in RANGES.items()
    )
    base.execute(TABLE.format(weather=", ".join(WEATHER), state=", ".join(STATE), checks=checks))


def main(raw: str, target: str, train_until: str, valid_until: str) -> None:
    """Write target/train, valid and test, a file each."""
    Path(target).mkdir(parents=True, exist_ok=True)
    base = duckdb.connect(str(Path(target, "work.duckdb")))
    base.execute("set preserve_insertion_order = false")
    prepare(base, raw)
    base.execute("create temp table whole as select * from made")
    splits = {
        "train": f"month <= '{train_until}'",
        "valid": f"month > '{train_until}' and month <= '{valid_until}'",
        "test": f"month > '{valid_until}'",
    }
    for name, rows in splits.items():
        base.execute(
            f"copy (select * exclude flight from whole where {rows} {ORDER}) "
            f"to '{target}/{name}.parquet' (format parquet, compression zstd)"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
