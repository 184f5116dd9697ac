-- The table of NPBench, one row for each timed run: scripts that read NPBench's database read this one.
-- `benchmark` is the abbreviation, as there; `details` is the framework's mode.
CREATE TABLE IF NOT EXISTS results (
    id INTEGER PRIMARY KEY,
    timestamp INTEGER NOT NULL,
    benchmark TEXT NOT NULL,
    kind TEXT,
    domain TEXT,
    dwarf TEXT,
    preset TEXT NOT NULL,
    mode TEXT NOT NULL,
    framework TEXT NOT NULL,
    version TEXT NOT NULL,
    details TEXT,
    validated INTEGER,
    time REAL
);

-- One row for each call of `npbench run`. `finished` stays empty where it was interrupted.
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    finished INTEGER,
    version TEXT NOT NULL,
    processor TEXT NOT NULL,
    system TEXT NOT NULL,
    cores INTEGER NOT NULL,
    memory INTEGER,
    preset TEXT NOT NULL,
    programs TEXT NOT NULL,
    frameworks TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    threads INTEGER NOT NULL,
    validate INTEGER NOT NULL
);

-- One row for each program under a framework in one of its modes, measured or not.
CREATE TABLE IF NOT EXISTS measurements (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    benchmark TEXT NOT NULL,
    framework TEXT NOT NULL,
    mode TEXT NOT NULL,
    version TEXT NOT NULL,
    compile_time REAL,
    validated INTEGER,
    max_relative_error REAL,
    reference TEXT,
    error TEXT,
    operations REAL,
    minimum_bytes REAL,
    UNIQUE (run, benchmark, framework, mode)
);

-- To which measurement a timed run belongs.
CREATE TABLE IF NOT EXISTS timings (
    result INTEGER PRIMARY KEY REFERENCES results (id),
    measurement INTEGER NOT NULL REFERENCES measurements (id)
);
CREATE INDEX IF NOT EXISTS timings_of_measurement ON timings (measurement);

-- What the machine can do at the most; the latest row of a kind and number of threads counts.
CREATE TABLE IF NOT EXISTS ceilings (
    id INTEGER PRIMARY KEY,
    timestamp INTEGER NOT NULL,
    processor TEXT NOT NULL,
    cores INTEGER NOT NULL,
    threads INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value REAL NOT NULL
);
