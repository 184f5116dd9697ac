//! Random programs against NumPy: as lowered, simplified and optimised. As generated Rust they run in `dace-oracle/programs`.

use dace_oracle::oracle::{Case, agree, refusal};
use dace_oracle::random::{Kind, program};
use std::collections::BTreeMap;

#[test]
fn random_programs_agree_with_numpy() {
    const COUNT: usize = 120;
    let mut cases: Vec<Case> = Vec::new();
    let mut refused: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for seed in 1_000_000..1_000_000 + COUNT as u64 {
        let (text, settings) = program(Kind::Mixed, seed);
        if let Some(why) = refusal(&text) {
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
    let share = (COUNT - cases.len()) * 100 / COUNT;
    println!("{COUNT} programs, {share} % refused");
    for (times, example) in refused.values() {
        println!("refused {times} times, for example {example}");
    }
    assert!(share <= 25, "too many programs are refused");
    agree(&cases);
}
