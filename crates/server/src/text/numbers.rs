//! Numbers and times as a language writes them. Digits are the Western ones everywhere, so that a
//! figure can be compared with the bundle's; separators and months are the language's own.

use record::time::{Day, Timestamp};

use super::inert::{Markup, escaped, markup};
use super::{Lang, Texts};

/// Parts per million of one tenth of a percent.
const TENTH_PPM: u32 = 1_000;

const MONTHS: [&str; 12] = [
    "common.month-01",
    "common.month-02",
    "common.month-03",
    "common.month-04",
    "common.month-05",
    "common.month-06",
    "common.month-07",
    "common.month-08",
    "common.month-09",
    "common.month-10",
    "common.month-11",
    "common.month-12",
];

impl Texts {
    /// A whole number, in groups of three from five digits on.
    pub(crate) fn number(self, n: u64) -> String {
        let digits = n.to_string();
        if digits.len() < 5 {
            return digits;
        }
        let separator = match self.0 {
            Lang::En | Lang::Ar => ',',
            Lang::Fr => '\u{202f}',
        };
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A number with decimals.
    pub(crate) fn decimal(self, value: f64, decimals: usize) -> String {
        let text = format!("{value:.decimals$}");
        match self.0 {
            Lang::Fr => text.replace('.', ","),
            Lang::En | Lang::Ar => text,
        }
    }

    /// A number with decimals and its sign; nothing is plain 0.
    pub(crate) fn signed(self, value: f64, decimals: usize) -> String {
        let text = format!("{value:+.decimals$}");
        match self.0 {
            Lang::Fr => text.replace('.', ","),
            Lang::En | Lang::Ar => text,
        }
    }

    /// A probability in parts per million as a percentage, never rounded to certainty or to nothing.
    pub(crate) fn percent(self, ppm: u32) -> String {
        match ppm {
            0..TENTH_PPM => self.below(),
            999_001.. => self.above(),
            _ => format!("{}\u{a0}%", self.decimal(f64::from(ppm) / 10_000.0, 1)),
        }
    }

    /// A share in parts per million as a percentage; none and all are what they are.
    pub(crate) fn share(self, ppm: u32) -> String {
        format!("{}\u{a0}%", self.decimal(f64::from(ppm) / 10_000.0, 1))
    }

    fn below(self) -> String {
        self.say("common.below")
            .word("percent", format!("{}\u{a0}%", self.decimal(0.1, 1)))
            .plain()
    }

    fn above(self) -> String {
        self.say("common.above")
            .word("percent", format!("{}\u{a0}%", self.decimal(99.9, 1)))
            .plain()
    }

    /// A probability as a percentage, as [`Texts::percent`].
    pub(crate) fn percent_of(self, p: f64) -> String {
        // p is in [0, 1], so the product fits
        self.percent((p * 1_000_000.0 + 0.5) as u32)
    }

    /// `48 % to 89 %`, in parts per million.
    pub(crate) fn range(self, [low, high]: [u32; 2]) -> String {
        let say = self.say("common.range").word("low", self.percent(low));
        say.word("high", self.percent(high)).plain()
    }

    /// The same for probabilities.
    pub(crate) fn range_of(self, low: f64, high: f64) -> String {
        self.range([low, high].map(|p| (p * 1_000_000.0 + 0.5) as u32))
    }

    /// A day in words.
    pub(crate) fn day(self, day: Day) -> String {
        self.written_day(&day.to_string())
            .unwrap_or_else(|| day.to_string())
    }

    /// A day `2015-07-22` in words; none if it is not spelled so.
    pub(crate) fn written_day(self, text: &str) -> Option<String> {
        let mut parts = text.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let month: usize = month.parse().ok()?;
        let day: u32 = day.parse().ok()?;
        let name = self.s(MONTHS.get(month.checked_sub(1)?)?);
        let day = match (self.0, day) {
            (Lang::Fr, 1) => "1er".to_owned(),
            _ => day.to_string(),
        };
        let say = self.say("common.date").word("day", day).word("month", name);
        Some(say.word("year", year).plain())
    }

    /// A moment in words, to the minute, in UTC.
    pub(crate) fn time(self, time: Timestamp) -> String {
        let text = time.to_string();
        let clock = text.get(11..16).unwrap_or_default();
        let say = self.say("common.moment").word("date", self.day(time.day()));
        say.word("time", clock).plain()
    }

    /// A moment in words, with its exact spelling for programs.
    pub(crate) fn time_element(self, time: Timestamp) -> Markup {
        markup(format!(
            "<time datetime=\"{time}\">{}</time>",
            escaped(&self.time(time))
        ))
    }

    /// A list in words.
    pub(crate) fn list(self, parts: &[String]) -> String {
        parts.join(self.s("common.list-separator"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Texts = Texts(Lang::En);
    const FR: Texts = Texts(Lang::Fr);
    const AR: Texts = Texts(Lang::Ar);

    #[test]
    fn numbers_are_written_as_each_language_does() {
        assert_eq!([EN, FR, AR].map(|t| t.number(1_234)), ["1234"; 3]);
        assert_eq!(
            [EN, FR, AR].map(|t| t.number(1_234_567)),
            ["1,234,567", "1\u{202f}234\u{202f}567", "1,234,567"]
        );
        assert_eq!(
            [EN, FR, AR].map(|t| t.decimal(-1.5, 2)),
            ["-1.50", "-1,50", "-1.50"]
        );
    }

    #[test]
    fn a_percentage_is_never_rounded_to_certainty_or_nothing() {
        assert_eq!(EN.percent(999), "below 0.1\u{a0}%");
        assert_eq!(EN.percent(1_000), "0.1\u{a0}%");
        assert_eq!(EN.percent(999_000), "99.9\u{a0}%");
        assert_eq!(EN.percent(999_001), "above 99.9\u{a0}%");
        assert_eq!(FR.percent(763_000), "76,3\u{a0}%");
    }

    #[test]
    fn moments_are_written_as_each_language_does() {
        let first: Timestamp = "2018-02-01T09:05:59Z".parse().unwrap();
        assert_eq!(EN.time(first), "1 February 2018, 09:05 UTC");
        assert_eq!(FR.time(first), "1er février 2018, 09:05 UTC");
        assert_eq!(AR.time(first), "1 شباط/فبراير 2018، 09:05 UTC");
    }
}
