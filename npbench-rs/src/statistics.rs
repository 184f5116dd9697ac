//! Statistics of timed runs.

use crate::random::Rng;

/// Resamples of a bootstrap.
const RESAMPLES: usize = 2000;

/// Middle of the numbers, or the mean of the two in the middle; none of none.
pub fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    middle(&sorted)
}

fn middle(sorted: &[f64]) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    Some(f64::midpoint(sorted[sorted.len() / 2], sorted[last / 2]))
}

/// The 95 % interval of the median by the percentile bootstrap; none for fewer than three numbers.
pub fn median_interval(numbers: &[f64]) -> Option<(f64, f64)> {
    if numbers.len() < 3 {
        return None;
    }
    // Always the same numbers: the interval is a function of the times.
    let mut rng = Rng::default();
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| resampled_median(numbers, &mut rng))
        .collect();
    Some(interval(&mut medians))
}

fn resampled_median(numbers: &[f64], rng: &mut Rng) -> Option<f64> {
    let mut sample: Vec<f64> = (0..numbers.len())
        .map(|_| numbers[rng.below(numbers.len() as u64) as usize])
        .collect();
    sample.sort_by(f64::total_cmp);
    middle(&sample)
}

/// Where the middle 95 % of the numbers lie.
fn interval(numbers: &mut [f64]) -> (f64, f64) {
    numbers.sort_by(f64::total_cmp);
    let at = |share: f64| numbers[(share * (numbers.len() - 1) as f64).round() as usize];
    (at(0.025), at(0.975))
}

/// The 95 % bootstrap interval of the ratio of the medians, `b` over `a`; none for fewer than three numbers on a side.
pub fn ratio_interval(a: &[f64], b: &[f64]) -> Option<(f64, f64)> {
    if a.len() < 3 || b.len() < 3 {
        return None;
    }
    let mut rng = Rng::default();
    let mut ratios: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| Some(resampled_median(b, &mut rng)? / resampled_median(a, &mut rng)?))
        .collect();
    Some(interval(&mut ratios))
}

pub fn geometric_mean(numbers: &[f64]) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let sum: f64 = numbers.iter().map(|x| x.ln()).sum();
    Some((sum / numbers.len() as f64).exp())
}

/// Two-sided p-value of the Mann-Whitney test: how likely two samples of one distribution differ as much in their ranks.
///
/// Exact without ties and up to 400 pairs, else by the normal approximation with corrections for ties and continuity.
pub fn mann_whitney(a: &[f64], b: &[f64]) -> f64 {
    let (n, m) = (a.len(), b.len());
    if n == 0 || m == 0 {
        return 1.0;
    }
    // U counts the pairs in which `a` is larger, those that are equal by half.
    let mut u = 0.0;
    let mut tied = false;
    for x in a {
        for y in b {
            if x > y {
                u += 1.0;
            } else if x == y {
                u += 0.5;
                tied = true;
            }
        }
    }
    if !tied && n * m <= 400 {
        exact(n, m, u as usize)
    } else {
        normal(a, b, u)
    }
}

/// By counting the arrangements with each value of U.
fn exact(n: usize, m: usize, u: usize) -> f64 {
    // With i of the one kind and j of the other: the largest is of the other kind, or it is of the one kind and beats all j.
    let mut counts = vec![vec![0.0_f64; n * m + 1]; n + 1];
    for row in &mut counts {
        row[0] = 1.0;
    }
    for j in 1..=m {
        for i in 1..=n {
            for u in j..=n * m {
                counts[i][u] += counts[i - 1][u - j];
            }
        }
    }
    let total: f64 = counts[n].iter().sum();
    let below: f64 = counts[n][..=u.min(n * m - u)].iter().sum();
    (2.0 * below / total).min(1.0)
}

fn normal(a: &[f64], b: &[f64], u: f64) -> f64 {
    let (n, m) = (a.len() as f64, b.len() as f64);
    let mut all: Vec<f64> = a.iter().chain(b).copied().collect();
    all.sort_by(f64::total_cmp);
    let ties: f64 = all
        .chunk_by(|x, y| x == y)
        .map(|equal| (equal.len() as f64).powi(3) - equal.len() as f64)
        .sum();
    let total = n + m;
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    let distance = ((u - n * m / 2.0).abs() - 0.5).max(0.0);
    libm::erfc(distance / variance.sqrt() / std::f64::consts::SQRT_2)
}

/// Which p-values stay significant at `level` when all of them are judged together (Holm's method).
pub fn significant(p_values: &[f64], level: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&i, &j| p_values[i].total_cmp(&p_values[j]));
    let mut verdicts = vec![false; p_values.len()];
    for (rank, &i) in order.iter().enumerate() {
        if p_values[i] > level / (p_values.len() - rank) as f64 {
            break;
        }
        verdicts[i] = true;
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(geometric_mean(&[1.0, 4.0]), Some(2.0));
    }

    #[test]
    fn the_interval_holds_the_median_and_narrows_with_more_runs() {
        let mut rng = Rng::default();
        let few: Vec<f64> = (0..10).map(|_| 1.0 + rng.next_f64()).collect();
        let many: Vec<f64> = (0..1000).map(|_| 1.0 + rng.next_f64()).collect();
        for sample in [&few, &many] {
            let (low, high) = median_interval(sample).expect("an interval");
            let median = median(sample).expect("a median");
            assert!(low <= median && median <= high, "{low} {median} {high}");
        }
        let width = |sample| median_interval(sample).map(|(low, high)| high - low);
        assert!(width(&many) < width(&few));
        assert_eq!(median_interval(&[1.0, 2.0]), None);
    }

    /// Values of `scipy.stats.mannwhitneyu`.
    #[test]
    fn mann_whitney_agrees_with_scipy() {
        let close = |p: f64, expected: f64| assert!((p - expected).abs() < 1e-12, "{p}");
        close(mann_whitney(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 0.1);
        close(
            mann_whitney(&[1.1, 2.2, 3.3, 7.0], &[2.0, 4.0, 5.0, 6.0, 9.0]),
            0.412_698_412_698_412_7,
        );
        // With ties: the normal approximation.
        close(
            mann_whitney(&[1.0, 2.0, 2.0, 3.0], &[2.0, 4.0, 5.0, 6.0, 9.0]),
            0.061_689_165_980_924_55,
        );
        close(mann_whitney(&[1.0, 1.0], &[1.0, 1.0]), 1.0);
    }

    #[test]
    fn holm_keeps_what_each_step_allows() {
        assert_eq!(
            significant(&[0.04, 0.001, 0.02, 0.9], 0.05),
            [false, true, false, false]
        );
        assert_eq!(significant(&[0.04, 0.001, 0.02], 0.05), [true, true, true]);
    }
}
