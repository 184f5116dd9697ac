use super::*;
use crate::programs::all;

fn plan() -> Plan {
    Plan {
        machine: Machine {
            processor: "a processor".into(),
            system: "a system".into(),
            cores: 2,
            memory: Some(1 << 34),
        },
        preset: "S".into(),
        programs: "gemm,crc16".into(),
        frameworks: "dace-rs,numba serial".into(),
        repeat: 3,
        threads: 2,
        validate: true,
    }
}

fn program(name: &str) -> Program {
    let mut programs = all().into_iter();
    programs.find(|p| p.name == name).expect("a program")
}

fn record(framework: &str, mode: &str, times: &[f64]) -> Record {
    let mut record = Record {
        benchmark: "arc_distance".into(),
        preset: "S".into(),
        framework: framework.into(),
        mode: mode.into(),
        version: "1.2".into(),
        compile_s: Some(0.5),
        validated: Some(true),
        max_rel_err: Some(1e-15),
        reference: Some("numpy".into()),
        operations: Some(1e6),
        minimum_bytes: Some(1e5),
        ..Record::default()
    };
    record.set_times(times.to_vec());
    record
}

#[test]
fn what_is_stored_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let mut database = Database::create(&path).expect("a database");
    let run = database.begin(&plan()).expect("a run");
    let mut failed = record("jax", "", &[]);
    failed.error = Some("no version".into());
    let records = [
        record("dace-rs", "", &[0.25, 0.125, 0.5]),
        record("numba", "serial", &[1.0, 2.0]),
        failed,
    ];
    let program = program("arc_distance");
    database.store(run, &program, &records).expect("stored");
    let other = Database::open(&path).expect("a database");
    assert_eq!(other.records(run).expect("records"), records);
    // The table of NPBench: as its scripts read it.
    let mut statement = other
        .connection
        .prepare("SELECT benchmark, domain, dwarf, preset, mode, framework, version, details, validated, time FROM results ORDER BY id")
        .expect("the table");
    let rows: Vec<(String, String, String, f64)> = statement
        .query_map([], |row| {
            assert_eq!(row.get::<_, String>("mode")?, "main");
            assert_eq!(row.get::<_, String>("preset")?, "S");
            assert_eq!(row.get::<_, String>("domain")?, program.domain);
            assert_eq!(row.get::<_, String>("dwarf")?, program.dwarf);
            assert_eq!(row.get::<_, i64>("validated")?, 1);
            Ok((row.get(0)?, row.get(5)?, row.get(7)?, row.get(9)?))
        })
        .expect("rows")
        .collect::<rusqlite::Result<_>>()
        .expect("rows");
    let row = |framework: &str, details: &str, time| {
        (
            "adist".to_owned(),
            framework.to_owned(),
            details.to_owned(),
            time,
        )
    };
    assert_eq!(
        rows,
        [
            row("dace-rs", "default", 0.25),
            row("dace-rs", "default", 0.125),
            row("dace-rs", "default", 0.5),
            row("numba", "serial", 1.0),
            row("numba", "serial", 2.0)
        ]
    );
}

#[test]
fn a_program_is_entered_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let mut database = Database::create(&path).expect("a database");
    let run = database.begin(&plan()).expect("a run");
    // The second says the same of the same: refused by the table.
    let twice = [record("dace-rs", "", &[1.0]), record("dace-rs", "", &[1.0])];
    let outcome = database.store(run, &program("arc_distance"), &twice);
    assert!(outcome.is_err_and(|why| why.contains("a.db")));
    assert!(database.records(run).expect("records").is_empty());
    let rows: i64 = database
        .connection
        .query_row("SELECT count(*) FROM results", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(rows, 0);
}

#[test]
fn only_a_run_with_the_same_settings_is_continued() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut database = Database::create(&folder.path().join("a.db")).expect("a database");
    let refusal = database.resume(&plan()).expect_err("nothing there");
    assert!(refusal.contains("no unfinished run"), "{refusal}");
    let run = database.begin(&plan()).expect("a run");
    // It is measured now: by another process as well as by another connection.
    let mut second = Database::create(&folder.path().join("a.db")).expect("a database");
    let refusal = second.resume(&plan()).expect_err("taken");
    let taken = format!(
        "run {run} is being measured by process {}",
        std::process::id()
    );
    assert!(refusal.ends_with(&taken), "{refusal}");
    // As if the first had been killed.
    drop(database);
    assert_eq!(second.resume(&plan()), Ok(run));
    let mut other = plan();
    other.threads = 1;
    let refusal = second.resume(&other).expect_err("other threads");
    assert!(refusal.ends_with("has threads: 2"), "{refusal}");
    let mut restarted = plan();
    restarted.machine.memory = Some((1 << 34) - 4096);
    assert_eq!(second.unfinished(&restarted), Ok(run));
    second.finish(run).expect("finished");
    assert!(second.resume(&plan()).is_err());
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 1, "the claim goes with the run");
}

#[test]
fn the_latest_of_each_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut database = Database::create(&folder.path().join("a.db")).expect("a database");
    assert!(database.latest(None).is_err());
    let program = program("arc_distance");
    let mut measure = |plan: &Plan, records: &[Record]| {
        let run = database.begin(plan).expect("a run");
        database.store(run, &program, records).expect("stored");
    };
    measure(
        &plan(),
        &[record("dace-rs", "", &[1.0]), record("numpy", "", &[5.0])],
    );
    measure(&plan(), &[record("dace-rs", "", &[2.0])]);
    let mut medium = plan();
    medium.preset = "M".into();
    measure(&medium, &[record("dace-rs", "", &[9.0])]);
    let mut serial = plan();
    serial.threads = 1;
    measure(&serial, &[record("dace-rs", "", &[7.0])]);
    measure(&plan(), &[record("numba", "", &[3.0])]);
    let times = |preset| {
        let selection = database.latest(preset).expect("measurements");
        let mut times: Vec<f64> = selection
            .records
            .iter()
            .filter_map(|r| r.median_s)
            .collect();
        times.sort_by(f64::total_cmp);
        times
    };
    assert_eq!(times(None), [2.0, 3.0, 5.0], "of one number of threads");
    assert_eq!(times(Some("M")), [9.0]);
    assert!(database.latest(Some("L")).is_err());
    assert_eq!(database.presets(), Ok(vec!["S".into(), "M".into()]));
}

#[test]
fn files_of_another_kind_are_refused_and_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("a.txt");
    let content = "no database, but long enough that it might be taken for one".repeat(20);
    std::fs::write(&text, &content).expect("written");
    for outcome in [Database::open(&text), Database::create(&text)] {
        let refusal = outcome.expect_err("a refusal");
        assert!(
            refusal.contains("a.txt") && refusal.contains("not a database"),
            "{refusal}"
        );
    }
    assert_eq!(std::fs::read_to_string(&text).expect("a text"), content);
    let missing = folder.path().join("none/a.db");
    assert!(Database::create(&missing).is_err());
    let missing = folder.path().join("missing.db");
    assert!(Database::open(&missing).is_err_and(|why| why.contains("no such file")));
    assert!(!missing.exists(), "reading makes no file");
    // A database of something else.
    let other = folder.path().join("other.db");
    let connection = Connection::open(&other).expect("a database");
    connection
        .execute_batch("CREATE TABLE results (id INTEGER)")
        .expect("a table");
    assert!(Database::open(&other).is_err_and(|why| why.contains("it has no table runs")));
    assert!(Database::create(&other).is_err_and(|why| why.contains("has no column")));
    let foreign = folder.path().join("foreign.db");
    let connection = Connection::open(&foreign).expect("a database");
    connection
        .execute_batch("CREATE TABLE bookmarks (id INTEGER)")
        .expect("a table");
    assert!(Database::create(&foreign).is_err_and(|why| why.contains("it has other tables")));
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(tables, 1, "it stays as it is");
    // One of a later version.
    let later = folder.path().join("later.db");
    drop(Database::create(&later).expect("a database"));
    let connection = Connection::open(&later).expect("a database");
    connection
        .execute_batch("PRAGMA user_version = 2")
        .expect("set");
    for outcome in [Database::open(&later), Database::create(&later)] {
        assert!(outcome.is_err_and(|why| why.contains("written by a later npbench")));
    }
    for outcome in [
        Database::open(folder.path()),
        Database::create(folder.path()),
    ] {
        assert!(outcome.is_err_and(|why| why.contains("not a regular file")));
    }
}

#[test]
fn ceilings_are_those_of_the_machine_and_its_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut database = Database::create(&folder.path().join("a.db")).expect("a database");
    let ceiling = |threads, value| Ceiling {
        kind: Kind::Copy,
        threads,
        value,
    };
    database
        .store_ceilings(&[ceiling(1, 1e9), ceiling(2, 2e9)])
        .expect("stored");
    database.store_ceilings(&[ceiling(2, 3e9)]).expect("stored");
    let machine = Machine::this();
    assert_eq!(database.ceiling(&machine, 1, Kind::Copy), Ok(Some(1e9)));
    assert_eq!(database.ceiling(&machine, 2, Kind::Copy), Ok(Some(3e9)));
    assert_eq!(database.ceiling(&machine, 4, Kind::Copy), Ok(None));
    assert_eq!(database.ceiling(&machine, 2, Kind::Triad), Ok(None));
    assert_eq!(database.ceiling(&plan().machine, 2, Kind::Copy), Ok(None));
}
