//! Random programs against NumPy: as lowered, simplified and optimised.

mod common;

use common::oracle::{Case, agree, refusal};
use common::program::program;
use std::collections::BTreeMap;

/// `DACE_FUZZ=first,count` draws other programs than the fixed ones.
#[test]
fn random_programs_agree_with_numpy() {
    let setting = std::env::var("DACE_FUZZ").unwrap_or_default();
    let (first, count) = setting
        .split_once(',')
        .and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)))
        .unwrap_or((1u64, 60u64));
    let mut cases: Vec<Case> = Vec::new();
    let mut refused: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for seed in first..first + count {
        let (text, settings) = program(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
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
        cases.push((
            Box::leak(text.into_boxed_str()),
            Box::leak(settings.into_boxed_str()),
        ));
    }
    let share = (count as usize - cases.len()) * 100 / count as usize;
    println!("{} programs, {share} % refused", count);
    for (times, example) in refused.values() {
        println!("refused {times} times, for example {example}");
    }
    assert!(share <= 25, "too many programs are refused");
    agree(&cases);
}
