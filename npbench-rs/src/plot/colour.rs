//! Colours of speeds: green is faster, red is slower, by the logarithm.

/// Red, green and blue of sRGB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour(pub(super) [f64; 3]);

/// As fast as the baseline.
const EVEN: Colour = Colour([252.0, 251.0, 243.0]);
const FASTER: [Colour; 2] = [Colour([147.0, 205.0, 137.0]), Colour([17.0, 110.0, 58.0])];
const SLOWER: [Colour; 2] = [Colour([244.0, 162.0, 128.0]), Colour([168.0, 23.0, 38.0])];

impl Colour {
    /// For attributes.
    pub(super) fn css(self) -> String {
        let [r, g, b] = self.0.map(|x| x.round() as u8);
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    fn towards(self, other: Self, share: f64) -> Self {
        let mix = |k: usize| self.0[k] + (other.0[k] - self.0[k]) * share;
        Self([mix(0), mix(1), mix(2)])
    }

    /// The one of black and white that is read better on this colour.
    pub(super) fn ink(self) -> &'static str {
        // Relative luminance and contrast as in the guidelines for accessible content of the web (WCAG 2).
        let linear = self.0.map(|x| match x / 255.0 {
            x if x <= 0.04045 => x / 12.92,
            x => ((x + 0.055) / 1.055).powf(2.4),
        });
        let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        let (on_black, on_white) = ((luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05));
        if on_black > on_white { "#111" } else { "#fff" }
    }
}

/// The logarithmic scale: speeds from `1 / limit` to `limit` have colours of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) limit: f64,
}

impl Scale {
    /// The smallest of some round limits that holds nine tenths of the speeds.
    pub(super) fn of(speeds: &[f64]) -> Self {
        let mut factors: Vec<f64> = speeds.iter().map(|x| x.max(1.0 / x)).collect();
        factors.sort_by(f64::total_cmp);
        let wanted = match factors.len() {
            0 => 1.0,
            n => factors[(n - 1) * 9 / 10],
        };
        let limit = [3.0, 10.0, 30.0, 100.0]
            .into_iter()
            .find(|limit| *limit >= wanted);
        Self {
            limit: limit.unwrap_or(100.0),
        }
    }

    pub(super) fn colour(self, speed: f64) -> Colour {
        let place = (speed.ln() / self.limit.ln()).clamp(-1.0, 1.0);
        let side = if place < 0.0 { SLOWER } else { FASTER };
        let steps = place.abs() * 2.0;
        if steps <= 1.0 {
            EVEN.towards(side[0], steps)
        } else {
            side[0].towards(side[1], steps - 1.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faster_is_green_and_slower_is_red() {
        let scale = Scale { limit: 10.0 };
        let Colour([r, g, _]) = scale.colour(5.0);
        assert!(g > r);
        let Colour([r, g, _]) = scale.colour(0.2);
        assert!(r > g);
        assert_eq!(scale.colour(1.0), EVEN);
        assert_eq!(scale.colour(1e3), FASTER[1]);
        assert_eq!(scale.colour(1e-3), SLOWER[1]);
    }

    #[test]
    fn limits_hold_most_speeds() {
        assert_eq!(Scale::of(&[]).limit, 3.0);
        assert_eq!(Scale::of(&[0.5, 1.0, 2.5]).limit, 3.0);
        assert_eq!(Scale::of(&[1.0 / 20.0, 20.0]).limit, 30.0);
        assert_eq!(Scale::of(&[1e6; 20]).limit, 100.0);
    }

    #[test]
    fn ink_stands_out() {
        assert_eq!(EVEN.ink(), "#111");
        assert_eq!(FASTER[1].ink(), "#fff");
        assert_eq!(SLOWER[1].ink(), "#fff");
        assert_eq!(Colour([255.0, 0.0, 16.0]).css(), "#ff0010");
    }
}
