"""
Fits Spark MLlib's implicit ALS to a shop's events, counted as aisle counts them, and leaves what
`aisle import spark` reads:

    OUT/userFactors, OUT/itemFactors   id int, features array<float>
    OUT/userIds, OUT/itemIds           row int, id string
    OUT/job                            one line of JSON: the settings, and from when on events were left out

    spark-submit als_job.py --events s3://shop/events --out s3://shop/factors --rank 64 --regularization 0.01

By default the last tenth of the events by time is left out of the fit, as it is when aisle trains, so that the import
can measure the factors on it. --all-events fits to everything: that is what is to be served afterwards.
"""

import argparse
import datetime
import json
import math
import re

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

SECONDS_PER_DAY = 86_400
EVENT_TYPES_MAX = 256
DEFAULT_WEIGHTS = {"View": 1, "AddToCart": 2, "ViewCart": 3, "StartCheckout": 4, "Purchase": 5}
# Names that are understood unasked, the best first; case, "_", "-" and blanks do not matter.
KNOWN_NAMES = {
    "user": ["user_id", "user", "customer_id", "customer", "shopper_id", "visitor_id"],
    "item": ["item_id", "item", "product_id", "product", "sku", "stock_code"],
    "event": ["event_type", "event", "event_name", "action"],
    "time": ["timestamp", "time", "event_time", "datetime", "date", "invoice_date", "created_at"],
    "value": ["event_value", "value", "amount"],
}
# The functions that a formula may call, as Spark's SQL calls them.
FUNCTIONS = {
    **{name: name for name in ("log1p", "exp", "sqrt", "pow", "abs")},
    **{"log": "ln", "min": "least", "max": "greatest"},
}


def main():
    order = parse_arguments()
    spark = (
        SparkSession.builder.appName("aisle-als")
        .config("spark.sql.session.timeZone", "UTC")
        # A cell that is no number is a bad row and no reason to end.
        .config("spark.sql.ansi.enabled", "false")
        .getOrCreate()
    )
    if order.checkpoints:
        spark.sparkContext.setCheckpointDir(order.checkpoints)
    events = read_events(spark, order).persist()
    test_from = find_cut(events, order)
    fitted = events if test_from is None else events.where(F.col("time") < test_from)
    event_count = fitted.count()
    pairs = count_pairs(fitted, order)
    users, items = number_ids(pairs, "user"), number_ids(pairs, "item")
    ratings = pairs.join(users, "user").join(items, "item").select("user_row", "item_row", "rating")
    model = ALS(
        **{"rank": order.rank, "maxIter": order.iterations, "regParam": order.regularization},
        **{"alpha": order.alpha, "implicitPrefs": True, "seed": order.seed},
        **{"userCol": "user_row", "itemCol": "item_row", "ratingCol": "rating"},
        **{"numUserBlocks": order.blocks, "numItemBlocks": order.blocks},
        # In memory, then on disk: what is lost is computed again.
        **{"intermediateStorageLevel": "MEMORY_AND_DISK", "checkpointInterval": 5},
    ).fit(ratings)
    write(order.out, model, users, items)
    job = describe(order, test_from, event_count)
    spark.createDataFrame([(json.dumps(job),)], "value string").coalesce(1).write.mode("overwrite").text(
        f"{order.out}/job"
    )
    print(json.dumps(job))
    spark.stop()


def parse_arguments():
    parser = argparse.ArgumentParser(description="Fits implicit ALS to events, for aisle import spark.")
    parser.add_argument("--events", nargs="+", required=True, help="files or folders of one format")
    parser.add_argument("--out", required=True, help="folder to write to")
    parser.add_argument("--format", choices=["csv", "json", "parquet"], help="where names do not tell")
    parser.add_argument("--columns", type=pairs_of(str), default={}, help="user=…,item=…,event=…,time=…,value=…")
    parser.add_argument("--weights", type=pairs_of(float), default={}, help="view=1,purchase=5; 0 leaves a type out")
    parser.add_argument("--half-life", type=half_life, default=None, help="days: 30, or view=7,purchase=90")
    parser.add_argument("--confidence", default="r", help="formula of r, n, value, age and parameters")
    parser.add_argument("--param", type=pairs_of(float), default={}, help="numbers in the formula, as in epsilon=1")
    cut = parser.add_mutually_exclusive_group()
    cut.add_argument("--test-share", type=float, default=0.1, help="share of the events to leave out, the last ones")
    cut.add_argument("--test-from", type=moment, help="leave out what happened from here on (ISO 8601, UTC)")
    cut.add_argument("--all-events", action="store_true", help="leave nothing out")
    parser.add_argument("--max-bad", type=float, default=0.01, help="share of rows that may be unusable")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--alpha", type=float, default=1.0, help="c = 1 + alpha × confidence")
    parser.add_argument("--regularization", type=float, default=0.01, help="times the pairs of a row")
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blocks", type=int, default=10, help="about the number of cores, for large data")
    parser.add_argument("--checkpoints", help="folder that cuts long lineages, as in hdfs:///tmp or s3://…")
    return parser.parse_args()


def pairs_of(kind):
    def parse(text):
        return {name.strip(): kind(value) for name, value in (part.split("=", 1) for part in text.split(","))}

    return parse


def half_life(text):
    return pairs_of(float)(text) if "=" in text else float(text)


def moment(text):
    parsed = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=datetime.timezone.utc)).timestamp()


def read_events(spark, order):
    """user, item, event, time (epoch seconds), value; rows that are no events are counted and left out."""
    table = read_table(spark, order)
    places = {role: place_column(table.columns, role, order.columns.get(role)) for role in KNOWN_NAMES}
    for role in ("user", "item", "time"):
        if places[role] is None:
            raise SystemExit(f"no column is known to be the {role}: name it, as in --columns {role}=NAME")
    # An archive of aisle's own keeps exposures and sessions beside events.
    if "aisle_record" in table.columns:
        table = table.where(F.coalesce(F.col("aisle_record"), F.lit("event")) == "event")
    event, value = places["event"], places["value"]
    rows = table.select(
        text_of(table, places["user"]).alias("user"),
        text_of(table, places["item"]).alias("item"),
        (F.trim(text_of(table, event)) if event else F.lit("interaction")).alias("event"),
        epoch_seconds(table, places["time"]).alias("time"),
        (F.coalesce(F.col(quote(value)).cast("double"), F.lit(0.0)) if value else F.lit(0.0)).alias("value"),
    )
    wanted = [F.length(F.coalesce(F.col(name), F.lit(""))) > 0 for name in ("user", "item", "event")]
    is_event = wanted[0] & wanted[1] & wanted[2] & F.coalesce(F.col("time") >= 0, F.lit(False))
    counts = rows.agg(F.count("*").alias("all"), F.sum(F.when(is_event, 0).otherwise(1)).alias("bad")).first()
    bad = counts["bad"] or 0
    if bad > counts["all"] * order.max_bad:
        raise SystemExit(f"{bad} of {counts['all']} rows are no events, more than --max-bad {order.max_bad} allows")
    print(f"{counts['all']} rows, {bad} of them left out")
    return rows.where(is_event)


def read_table(spark, order):
    first = order.events[0].lower()
    named = {"csv": r"\.csv(\.gz)?$", "json": r"\.(jsonl|ndjson|json)(\.gz)?$", "parquet": r"\.parquet$"}
    kind = order.format or next((kind for kind, name in named.items() if re.search(name, first)), None)
    if kind is None:
        raise SystemExit(f"{order.events[0]}: the name does not tell the format: say --format csv, json or parquet")
    if kind == "csv":
        reader = spark.read.option("header", True).option("quote", '"').option("escape", '"')
        return reader.csv(order.events)
    return spark.read.json(order.events) if kind == "json" else spark.read.parquet(*order.events)


def place_column(columns, role, asked):
    plain = {re.sub(r"[_\-\s]", "", name).lower(): name for name in reversed(columns)}
    for name in [asked] if asked else KNOWN_NAMES[role]:
        found = plain.get(re.sub(r"[_\-\s]", "", name).lower())
        if found is not None:
            return found
    if asked:
        raise SystemExit(f'there is no column "{asked}" for the {role}: there are {", ".join(columns)}')
    return None


def quote(column):
    return f"`{column.replace('`', '``')}`"


def text_of(table, column):
    return F.col(quote(column)).cast("string")


def epoch_seconds(table, column):
    """A date, ISO 8601 (in UTC where it names no zone), or a number whose magnitude says what it counts."""
    kind, cell = table.schema[column].dataType, F.col(quote(column))
    if isinstance(kind, (T.TimestampType, T.DateType)):
        return cell.cast("timestamp").cast("double")
    text = F.trim(cell.cast("string"))
    is_number = F.lit(True) if isinstance(kind, T.NumericType) else text.rlike(r"^-?\d+(\.\d+)?$")
    number = cell.cast("double") if isinstance(kind, T.NumericType) else text.cast("double")
    size = F.abs(number)
    seconds = F.when(size < 1e11, number).when(size < 1e14, number / 1e3).when(size < 1e17, number / 1e6)
    return F.when(is_number, seconds.otherwise(number / 1e9)).otherwise(text.cast("timestamp").cast("double"))


def find_cut(events, order):
    """
    Epoch seconds of the first event to leave out, None for none: what `aisle train` holds out. The last share of the
    events by time, equal times together, and never the first time of all, so that something remains before it.
    """
    if order.all_events:
        return None
    if order.test_from is not None:
        return order.test_from
    times = events.groupBy("time").agg(F.count("*").alias("count"))
    summed = times.withColumn("until", F.sum("count").over(Window.orderBy("time"))).persist()
    total, first = summed.agg(F.max("until"), F.min("time")).first()
    place = total - math.floor(total * order.test_share)
    cut = summed.where((F.col("until") > place) & (F.col("time") > first)).agg(F.min("time")).first()[0]
    summed.unpersist()
    return None if place >= total else cut


def count_pairs(events, order):
    """user, item, rating: the confidence of each pair, float as ALS takes it."""
    weights, lives = weights_of(events, order), order.half_life
    now = events.agg(F.max("time")).first()[0]
    kind = F.lower(F.col("event"))
    weight = lookup(kind, weights)
    days = (now - F.col("time")) / SECONDS_PER_DAY
    life = lookup(kind, {name.lower(): days for name, days in lives.items()}) if isinstance(lives, dict) else F.lit(lives)
    decay = F.coalesce(F.pow(F.lit(2.0), -days / life), F.lit(1.0))
    pairs = (
        events.withColumn("weight", weight)
        .where(F.col("weight") > 0)
        .withColumn("strength", F.col("weight") * decay)
        .groupBy("user", "item")
        .agg(
            F.sum("strength").cast("float").cast("double").alias("r"),
            F.count("*").cast("double").alias("n"),
            F.sum("value").cast("float").cast("double").alias("value"),
            ((F.lit(now) - F.floor(F.max("time"))) / SECONDS_PER_DAY).alias("age"),
        )
        .withColumn("rating", F.expr(sql_of(order.confidence, order.param)).cast("float"))
        .persist()
    )
    wrong = pairs.where(~((F.col("rating") > 0) & (F.col("rating") < float("inf")))).first()
    if wrong is not None:
        raise SystemExit(f"the confidence must be above 0 and finite for every pair, and is not for {wrong.asDict()}")
    return pairs


def weights_of(events, order):
    """Event type in lower case to weight; the only type of all needs no name, it weighs 1."""
    kinds = [row[0] for row in events.select("event").distinct().limit(EVENT_TYPES_MAX + 1).collect()]
    named = {name.lower(): weight for name, weight in {**DEFAULT_WEIGHTS, **order.weights}.items()}
    lower = {kind.lower() for kind in kinds}
    unknown = sorted(lower - named.keys())
    if len(kinds) > EVENT_TYPES_MAX:
        raise SystemExit(f"there are more than {EVENT_TYPES_MAX} event types: is the event column the right one?")
    if unknown and len(lower) > 1:
        raise SystemExit(f"no weight is known for {', '.join(unknown[:5])}: name it, as in --weights {unknown[0]}=1")
    return {kind: named.get(kind, 1.0) for kind in lower}


def lookup(column, values):
    """A column's value in a record; null where the record does not name it."""
    found = F.lit(None).cast("double")
    for name, value in values.items():
        found = F.when(column == name, F.lit(float(value))).otherwise(found)
    return found


def sql_of(formula, parameters):
    """A confidence formula in Spark's SQL: numbers, variables, + - * / and the functions that both know alike."""
    tokens = re.findall(r"\s+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z_]\w*|[-+*/(),]|.", formula)
    written = []
    for token in tokens:
        if re.fullmatch(r"[A-Za-z_]\w*", token):
            if token in parameters:
                token = f"cast({parameters[token]!r} as double)"
            elif token in FUNCTIONS:
                token = FUNCTIONS[token]
            elif token not in ("r", "n", "value", "age"):
                raise SystemExit(f'the formula "{formula}" has the unknown symbol {token}: name it by --param {token}=1')
        elif re.match(r"[\d.]", token):
            token = f"cast({token} as double)"
        elif not re.fullmatch(r"\s+|[-+*/(),]", token):
            raise SystemExit(f'the formula "{formula}" has {token}, which this job does not know: write pow(a, b) for ^')
        written.append(token)
    return "".join(written)


def number_ids(pairs, name):
    """name, name_row: whole numbers from 0, in the order of the ids."""
    ids = pairs.select(name).distinct().sort(name)
    numbered = ids.rdd.zipWithIndex().map(lambda pair: (pair[0][0], pair[1]))
    return numbered.toDF(f"{name} string, {name}_row int").persist()


def write(out, model, users, items):
    sides = [("user", model.userFactors, users), ("item", model.itemFactors, items)]
    for side, factors, ids in sides:
        factors.write.mode("overwrite").parquet(f"{out}/{side}Factors")
        named = ids.select(F.col(f"{side}_row").alias("row"), F.col(side).alias("id"))
        named.write.mode("overwrite").parquet(f"{out}/{side}Ids")


def describe(order, test_from, event_count):
    return {
        **{"alpha": order.alpha, "regularization": order.regularization, "rank": order.rank},
        **{"iterations": order.iterations, "seed": order.seed},
        "confidence": {
            "weights": {**DEFAULT_WEIGHTS, **order.weights},
            "formula": order.confidence,
            "parameters": order.param,
            "halfLifeDays": order.half_life,
        },
        "testFrom": test_from,
        "eventCount": event_count,
    }


if __name__ == "__main__":
    main()
