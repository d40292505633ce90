//! Likelihood in words: ICD 203 with half-open intervals, its .01 and .99 ends extended to 0 and 1.

use crate::evaluation::{Evaluation, Standard};
use serde::{Deserialize, Serialize};

/// ICD 203 words, least likely first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likelihood {
    /// [0, .05)
    AlmostNoChance,
    /// [.05, .20)
    VeryUnlikely,
    /// [.20, .45)
    Unlikely,
    /// [.45, .55)
    RoughlyEven,
    /// [.55, .80)
    Likely,
    /// [.80, .95)
    VeryLikely,
    /// [.95, 1]
    AlmostCertain,
}

impl Likelihood {
    /// The word as printed.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::AlmostNoChance => "almost no chance",
            Self::VeryUnlikely => "very unlikely",
            Self::Unlikely => "unlikely",
            Self::RoughlyEven => "a roughly even chance",
            Self::Likely => "likely",
            Self::VeryLikely => "very likely",
            Self::AlmostCertain => "almost certain",
        }
    }
}

/// The ICD 203 word for a probability.
#[must_use]
pub fn likelihood_word(p: f64) -> Likelihood {
    let edges = [
        (0.05, Likelihood::AlmostNoChance),
        (0.20, Likelihood::VeryUnlikely),
        (0.45, Likelihood::Unlikely),
        (0.55, Likelihood::RoughlyEven),
        (0.80, Likelihood::Likely),
        (0.95, Likelihood::VeryLikely),
    ];
    for (edge, word) in edges {
        if p < edge {
            return word;
        }
    }
    Likelihood::AlmostCertain
}

/// A probability for print: three digits, never rounded up to certainty or down to nothing.
pub(crate) fn number(p: f64) -> String {
    if p < 0.001 {
        "<0.001".to_owned()
    } else if p > 0.999 {
        ">0.999".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// One sentence with the word, the number and the interval; confidence never stands in it. It
/// names a state only where a standard is reached, and not on territory or infrastructure alone.
#[must_use]
pub fn likelihood_sentence(evaluation: &Evaluation) -> String {
    let Some(top) = evaluation.top() else {
        return "No state is among the hypotheses, so none is assessed.".to_owned();
    };
    let word = match top.word {
        Likelihood::AlmostNoChance => "there is almost no chance",
        Likelihood::RoughlyEven => "there is a roughly even chance",
        Likelihood::VeryUnlikely => "it is very unlikely",
        Likelihood::Unlikely => "it is unlikely",
        Likelihood::Likely => "it is likely",
        Likelihood::VeryLikely => "it is very likely",
        Likelihood::AlmostCertain => "it is almost certain",
    };
    let figures = format!(
        "(probability {}, 5-95 % range {} to {})",
        number(top.p),
        number(top.p5),
        number(top.p95)
    );
    let territory = evaluation
        .infrastructure_only
        .as_ref()
        .is_some_and(|i| i.rests_on_territory_or_infrastructure_alone);
    if evaluation.standard == Standard::None || territory {
        return format!(
            "Not shown to any standard of proof, so nobody is named: {word} that the state the \
             evidence points to most is responsible {figures}."
        );
    }
    let state = &top.state;
    format!(
        "Of the states considered, the evidence points most to {state}; {word} that an actor of {state} did it {figures}."
    )
}
