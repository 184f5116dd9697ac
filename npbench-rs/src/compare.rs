//! What has become slower or faster between two sets of measurements.

use crate::record::Record;
use crate::statistics::{geometric_mean, mann_whitney, ratio_interval, significant};
use crate::table::{seconds, shortened, table};
use std::fmt::Write;

/// The chance that a comparison without any real change shows one.
const LEVEL: f64 = 0.05;

/// What became of one program under one framework and mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Significantly, and by more than the threshold.
    Slower,
    Faster,
    Same,
    /// It was measured and valid before, and is no longer.
    Broken,
    /// It is measured and valid now, and was not before.
    Mended,
    /// Neither before nor now.
    Failing,
}

impl Verdict {
    fn text(self) -> &'static str {
        match self {
            Self::Slower => "SLOWER",
            Self::Faster => "faster",
            Self::Same => "",
            Self::Broken => "BROKEN",
            Self::Mended => "mended",
            Self::Failing => "failing",
        }
    }
}

/// One program under one framework and mode, before and now.
#[derive(Clone, Debug)]
pub struct Change {
    pub before: Record,
    pub after: Record,
    /// Median now over median before, with its 95 % bootstrap interval.
    pub ratio: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// Of the Mann-Whitney test.
    pub p_value: Option<f64>,
    pub verdict: Verdict,
}

/// All changes, the largest slowdown first, and what stands on one side only.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    pub changes: Vec<Change>,
    pub only_before: Vec<Record>,
    pub only_after: Vec<Record>,
    threshold: f64,
}

fn key(record: &Record) -> (&str, &str, &str, &str) {
    (
        &record.benchmark,
        &record.preset,
        &record.framework,
        &record.mode,
    )
}

/// Compares measurements of the same program, preset, framework and mode. A change counts from a ratio of `1 + threshold` on
/// and if the Mann-Whitney test finds it, with Holm's correction for the number of comparisons.
pub fn compare(before: &[Record], after: &[Record], threshold: f64) -> Comparison {
    let partner =
        |record: &Record, side: &[Record]| side.iter().find(|r| key(r) == key(record)).cloned();
    let alone = |side: &[Record], other: &[Record]| {
        let missing = side.iter().filter(|r| partner(r, other).is_none());
        missing.cloned().collect()
    };
    let mut changes: Vec<Change> = before
        .iter()
        .filter_map(|record| Some(change(record.clone(), partner(record, after)?)))
        .collect();
    let tested: Vec<usize> = (0..changes.len())
        .filter(|&i| changes[i].p_value.is_some())
        .collect();
    let p_values: Vec<f64> = tested.iter().filter_map(|&i| changes[i].p_value).collect();
    for (i, found) in tested.into_iter().zip(significant(&p_values, LEVEL)) {
        let change = &mut changes[i];
        change.verdict = match change.ratio {
            Some(ratio) if found && ratio > 1.0 + threshold => Verdict::Slower,
            Some(ratio) if found && ratio < 1.0 / (1.0 + threshold) => Verdict::Faster,
            _ => Verdict::Same,
        };
    }
    changes.sort_by(|a, b| {
        let place = |c: &Change| match c.verdict {
            Verdict::Broken => f64::INFINITY,
            Verdict::Mended | Verdict::Failing => f64::NEG_INFINITY,
            _ => c.ratio.unwrap_or(1.0),
        };
        place(b).total_cmp(&place(a))
    });
    Comparison {
        changes,
        only_before: alone(before, after),
        only_after: alone(after, before),
        threshold,
    }
}

fn change(before: Record, after: Record) -> Change {
    let mut change = Change {
        ratio: None,
        interval: None,
        p_value: None,
        verdict: match (before.counts(), after.counts()) {
            (true, true) => Verdict::Same,
            (true, false) => Verdict::Broken,
            (false, true) => Verdict::Mended,
            (false, false) => Verdict::Failing,
        },
        before,
        after,
    };
    if change.verdict == Verdict::Same {
        let (a, b) = (&change.before, &change.after);
        change.ratio = b.median_s.zip(a.median_s).map(|(b, a)| b / a);
        change.interval = ratio_interval(&a.times_s, &b.times_s);
        change.p_value = Some(mann_whitney(&a.times_s, &b.times_s));
    }
    change
}

impl Comparison {
    /// Whether something became significantly slower or stopped to work.
    pub fn has_regression(&self) -> bool {
        self.changes
            .iter()
            .any(|c| matches!(c.verdict, Verdict::Slower | Verdict::Broken))
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if !self.changes.is_empty() {
            text.push_str(&self.changes_text());
            text.push('\n');
        }
        for (name, records) in [("before", &self.only_before), ("now", &self.only_after)] {
            if !records.is_empty() {
                let names: Vec<String> = records
                    .iter()
                    .map(|r| format!("{} ({})", r.benchmark, r.contestant()))
                    .collect();
                let _ = writeln!(text, "only {name}: {}", names.join(", "));
            }
        }
        let count = |verdict| self.changes.iter().filter(|c| c.verdict == verdict).count();
        let _ = writeln!(
            text,
            "{} compared: {} slower, {} faster by more than {:.3} % (significant at {LEVEL} of all together), {} broken, {} mended",
            self.changes.len(),
            count(Verdict::Slower),
            count(Verdict::Faster),
            self.threshold * 100.0,
            count(Verdict::Broken),
            count(Verdict::Mended),
        );
        text
    }

    fn changes_text(&self) -> String {
        let mut rows: Vec<Vec<String>> = vec![
            [
                "benchmark",
                "preset",
                "framework",
                "before",
                "now",
                "now/before",
                "95 % interval",
                "p",
                "verdict",
            ]
            .map(str::to_owned)
            .into(),
        ];
        let dash = || "-".to_owned();
        for change in &self.changes {
            let median = |r: &Record| r.median_s.filter(|_| r.counts()).map_or_else(dash, seconds);
            let reason = match change.verdict {
                Verdict::Broken | Verdict::Failing => change.after.error.as_deref(),
                _ => None,
            };
            rows.push(vec![
                change.after.benchmark.clone(),
                change.after.preset.clone(),
                change.after.contestant(),
                median(&change.before),
                median(&change.after),
                change.ratio.map_or_else(dash, |x| format!("{x:.3}")),
                change
                    .interval
                    .map_or_else(dash, |(a, b)| format!("{a:.3}..{b:.3}")),
                change.p_value.map_or_else(dash, |p| format!("{p:.1e}")),
                match reason {
                    Some(why) => format!("{}: {}", change.verdict.text(), shortened(why, 80)),
                    None => change.verdict.text().to_owned(),
                },
            ]);
        }
        let last = rows.len() - 1;
        let mut separators = vec![0];
        let ratios: Vec<f64> = self.changes.iter().filter_map(|c| c.ratio).collect();
        if let Some(mean) = geometric_mean(&ratios) {
            separators.push(last);
            let mut row = vec![String::new(); 6];
            row[0] = format!("geometric mean of {}", ratios.len());
            row[5] = format!("{mean:.3}");
            rows.push(row);
        }
        table(&rows, 3..8, &separators)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, times: &[f64]) -> Record {
        let mut record = Record {
            benchmark: name.into(),
            preset: "S".into(),
            framework: "dace-rs".into(),
            validated: Some(true),
            ..Record::default()
        };
        record.set_times(times.to_vec());
        record
    }

    /// Ten times around a centre, all different.
    fn around(centre: f64) -> Vec<f64> {
        (0..10)
            .map(|i| centre * (1.0 + 0.001 * f64::from(i)))
            .collect()
    }

    fn verdicts(before: &[Record], after: &[Record], threshold: f64) -> Vec<(String, Verdict)> {
        let comparison = compare(before, after, threshold);
        let changes = comparison.changes.iter();
        changes
            .map(|c| (c.after.benchmark.clone(), c.verdict))
            .collect()
    }

    #[test]
    fn changes_are_told_apart() {
        let before = [
            record("a", &around(1.0)),
            record("b", &around(1.0)),
            record("c", &around(1.0)),
        ];
        let after = [
            record("a", &around(0.5)),
            record("b", &around(1.2)),
            record("c", &around(1.0)),
        ];
        let expected = [
            ("b".to_owned(), Verdict::Slower),
            ("c".to_owned(), Verdict::Same),
            ("a".to_owned(), Verdict::Faster),
        ];
        assert_eq!(verdicts(&before, &after, 0.05), expected);
        assert!(compare(&before, &after, 0.05).has_regression());
        // Below the threshold nothing is a regression.
        assert!(!compare(&before, &after, 0.25).has_regression());
    }

    #[test]
    fn noise_is_no_change() {
        // The medians differ by a half, the ranks hardly.
        let before = [record("a", &[1.0, 1.0, 2.0, 2.1, 1.1])];
        let after = [record("a", &[1.5, 1.5, 1.0, 2.0, 1.5])];
        assert_eq!(
            verdicts(&before, &after, 0.05),
            [("a".to_owned(), Verdict::Same)]
        );
    }

    #[test]
    fn what_stops_to_work_is_a_regression() {
        let good = record("a", &around(1.0));
        let mut wrong = good.clone();
        wrong.validated = Some(false);
        wrong.error = Some("error 1 is above 1e-12".into());
        let broken = compare(
            std::slice::from_ref(&good),
            std::slice::from_ref(&wrong),
            0.05,
        );
        assert!(broken.has_regression());
        assert!(
            broken.text().contains("BROKEN: error 1"),
            "{}",
            broken.text()
        );
        let mended = compare(&[wrong], std::slice::from_ref(&good), 0.05);
        assert!(!mended.has_regression());
        let nothing = compare(&[good], &[], 0.05);
        assert!(!nothing.has_regression());
        assert!(nothing.text().contains("only before: a (dace-rs)"));
    }
}
