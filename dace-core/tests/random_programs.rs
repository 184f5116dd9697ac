//! Random programs against NumPy: as lowered, simplified and optimised. As generated Rust they run in `dace-oracle/programs`.

use dace_oracle::oracle::{Case, agree, refusal};
use dace_oracle::random::{Kind, program};
use std::collections::BTreeMap;

#[test]
fn random_programs_agree_with_numpy() {
    compare(Kind::Mixed, 1_000_000, 120, 25);
}

/// Many of them are mistakes for NumPy as well.
#[test]
fn literals_agree_with_numpy() {
    compare(Kind::Literals, 0, 300, 60);
}

fn compare(kind: Kind, first: u64, count: usize, most_refused: usize) {
    let mut cases: Vec<Case> = Vec::new();
    let mut refused: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for seed in first..first + count as u64 {
        let (text, settings) = program(kind, seed);
        if let Some(why) = refusal(&text) {
            assert!(!why.contains("D999"), "{why}\n{text}");
            let reason = why
                .chars()
                .map(|c| if c.is_ascii_digit() { '#' } else { c })
                .take(70)
                .collect();
            let entry = refused
                .entry(reason)
                .or_insert((0, format!("{why}\n{text}")));
            entry.0 += 1;
            continue;
        }
        // The harness keeps texts for as long as the test runs.
        cases.push((String::leak(text), String::leak(settings)));
    }
    let share = (count - cases.len()) * 100 / count;
    println!("{count} programs, {share} % refused");
    for (times, example) in refused.values() {
        println!("refused {times} times, for example {example}");
    }
    assert!(share <= most_refused, "too many programs are refused");
    agree(&cases);
}
