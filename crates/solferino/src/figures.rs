//! A result in words and columns: the same figures wherever a finding is shown.

use method::{Evaluation, Gate, PlantingCost, Standard, Verdict};
use record::body::claim::AssertionOutcome;
use record::body::outcome::{BlindReviews, Outcome, Placement, Proposal};
use record::claim;
use record::derive::{Agreement, Replayed};
pub(crate) use record::figures::{Answered, json};
use record::state::{Case, FindingRecord, FindingStatus};

use crate::ui;

/// A standard as people read it.
pub(crate) fn standard(standard: Standard) -> &'static str {
    match standard {
        Standard::None => "none",
        Standard::S1 => "S1",
        Standard::S2 => "S2",
        Standard::S3 => "S3",
    }
}

/// What a finding says, in a few words.
pub(crate) fn outcome(proposal: &Proposal) -> String {
    match (proposal.outcome, &proposal.named) {
        (Outcome::Attributed, Some(named)) => {
            let place = match named.placement {
                Placement::Text => "text",
                Placement::Title => "title",
            };
            let unit = named.actor.as_ref();
            let unit = unit.map(|a| format!(", unit {a}")).unwrap_or_default();
            let cleared = match proposal.exonerated.is_empty() {
                true => String::new(),
                false => format!("; {}", exonerated(proposal)),
            };
            format!("attributed in {place} to {}{unit}{cleared}", named.state)
        }
        (Outcome::Attributed, None) => "attributed".to_string(),
        (Outcome::NotAttributed, _) => "not attributed".to_string(),
        (Outcome::Exonerated, _) => exonerated(proposal),
        (Outcome::ClaimChecked, _) => {
            let outcomes = proposal
                .assertions
                .iter()
                .map(|a| format!("{} {}", a.id, claim::outcome(a.outcome)));
            let outcomes: Vec<_> = outcomes.collect();
            format!("claim checked: {}", outcomes.join("; "))
        }
    }
}

fn exonerated(proposal: &Proposal) -> String {
    let states: Vec<_> = proposal
        .exonerated
        .iter()
        .map(ToString::to_string)
        .collect();
    format!("exonerated: {}", states.join(", "))
}

/// What was found of a claim, for people.
trait Answer {
    /// The assertions with what was found of each, what that means and why.
    fn print_claim(&self);
}

impl Answer for Answered<'_> {
    fn print_claim(&self) {
        let Some(claim) = self.question.claim() else {
            return;
        };
        ui::line(format!(
            "checked: what {} claimed on {}; each assertion is the publisher's",
            claim.publisher, claim.published
        ));
        for (a, f) in self.rows() {
            ui::line(format!(
                "  {}: \"{}\": {}{}",
                a.id,
                claim::says(&a.says),
                claim::outcome(f.outcome),
                probability(f)
            ));
            ui::line(format!(
                "    {} {}",
                claim::meaning(f.outcome),
                claim::because(f.because)
            ));
        }
        ui::line("");
    }
}

fn probability(f: &AssertionOutcome) -> String {
    let (Some(p), Some([low, high])) = (f.likelihood_ppm, f.interval_ppm) else {
        return String::new();
    };
    let [p, low, high] = [p, low, high].map(|ppm| f64::from(ppm) / 1_000_000.0);
    format!(" (probability {p:.3}, 5-95 % range {low:.3} to {high:.3})")
}

/// What became of a finding.
pub(crate) fn status(record: &FindingRecord) -> String {
    match &record.status {
        FindingStatus::Standing => "standing".to_string(),
        FindingStatus::Superseded(by) => format!("superseded by {by}"),
        FindingStatus::Withdrawn(by, _) => format!("withdrawn by {by}"),
    }
}

/// The leading state with its word and number, or that there is none.
pub(crate) fn likelihood(e: &Evaluation) -> String {
    e.top().map_or("no state".to_string(), |s| {
        format!("{} {} {:.3}", s.state, s.word.text(), s.p)
    })
}

/// Its 5-95 % interval.
pub(crate) fn interval(e: &Evaluation) -> String {
    e.top()
        .map_or("-".to_string(), |s| format!("{:.3}-{:.3}", s.p5, s.p95))
}

/// The cheapest set of planted items that would flip the result.
pub(crate) fn planting(cost: &PlantingCost) -> String {
    match cost {
        PlantingCost::Flips { cost, items } => format!("{cost} ({})", items.join(", ")),
        PlantingCost::None { .. } => "none flips it".to_string(),
        PlantingCost::MoreThan { k, best, .. } => {
            let met = best.as_ref().map_or(String::new(), |set| {
                format!(", at most {} ({})", set.len(), set.join(", "))
            });
            format!("more than {k}{met}")
        }
        #[allow(unreachable_patterns)] // kinds of a later method
        _ => "not known".to_string(),
    }
}

/// What plain multiplication of the same ratios names.
pub(crate) fn naive(e: &Evaluation) -> String {
    format!("{} {:.3}", e.naive.actor, e.naive.p)
}

/// Everything about one result.
pub(crate) fn print(replayed: &Replayed, answered: Answered<'_>) {
    let e = &replayed.evaluation;
    answered.print_claim();
    ui::line(answered.sentence(e));
    ui::line(method::confidence_sentence(e));
    ui::line("");
    let actors = e.actors.iter().map(|a| {
        let interval = format!("{:.6}-{:.6}", a.p5, a.p95);
        let state = a.state.clone().unwrap_or_else(|| "-".to_string());
        vec![
            a.actor.clone(),
            state,
            format!("{:.6}", a.p),
            interval,
            format!("{:.6}", a.framed),
        ]
    });
    ui::table(
        &["actor", "state", "posterior", "5-95 %", "framed"],
        &actors.collect::<Vec<_>>(),
    );
    ui::line("");
    for merge in &e.merges {
        ui::line(format!(
            "strands {} share an origin and count once, as {}",
            merge.strands.join(", "),
            merge.into
        ));
    }
    for line in laboratories(replayed) {
        ui::line(line);
    }
    ui::line(format!(
        "standard reached: {} (numeric gates with strands as given: {})",
        standard(e.standard),
        standard(replayed.as_given.standard_numeric)
    ));
    ui::line(format!("planting cost: {}", planting(&e.planting)));
    ui::line(format!("plain multiplication would say: {}", naive(e)));
    ui::line("");
    ui::line("What it hangs on:");
    for sentence in method::sensitivity_sentences(e) {
        ui::line(format!("* {sentence}"));
    }
    ui::line("");
    let gates: Vec<_> = e.gates.iter().map(gate).collect();
    ui::table(&["standard", "gate", "need", "have", "verdict"], &gates);
}

/// How many reviews were blind, and whether anyone can check it.
pub(crate) fn blind(blind: &BlindReviews, case: &Case) -> String {
    let BlindReviews {
        stated,
        counted,
        mask,
    } = blind;
    let Some(mask) = mask else {
        return match stated {
            0 => "blind reviews: none".to_string(),
            _ => format!("blind reviews: none; {stated} claim to be, but the round had no mask"),
        };
    };
    let map = if case.contents.contains_key(mask) {
        "the map is open"
    } else {
        "the map is sealed, so nobody can check yet what it hid"
    };
    format!("blind reviews: {counted} counted of {stated} that claim to be; {map} (mask {mask})")
}

/// What laboratories answered on the same exhibits: disagreement in full, agreement in short.
fn laboratories(replayed: &Replayed) -> Vec<String> {
    let mut lines = Vec::new();
    for c in &replayed.laboratories {
        let count = |a: Agreement| c.exhibits.iter().filter(|e| e.outcome == a).count();
        let items = c.strand.as_ref().map(|s| format!("; strand {s}"));
        lines.push(format!(
            "laboratories on {}: agree on {}, disagree on {}, too few answers on {} exhibits{}",
            c.comparison,
            count(Agreement::Agree),
            count(Agreement::Disagree),
            count(Agreement::TooFew),
            items.unwrap_or_default()
        ));
        for exhibit in c
            .exhibits
            .iter()
            .filter(|e| e.outcome == Agreement::Disagree)
        {
            let answers = exhibit.answers.iter().map(|a| {
                let item = a
                    .item
                    .as_ref()
                    .map(|i| format!(" ({i})"))
                    .unwrap_or_default();
                format!("{}: {}{item}", a.laboratory, a.answer)
            });
            let answers: Vec<_> = answers.collect();
            lines.push(format!(
                "  disagree on {}: {}",
                exhibit.exhibit,
                answers.join("; ")
            ));
        }
        for lab in c.laboratories.iter().filter(|l| !l.opened) {
            lines.push(format!(
                "  {} committed, not opened: {}",
                lab.laboratory, lab.commit
            ));
        }
    }
    lines
}

fn gate(gate: &Gate) -> Vec<String> {
    let verdict = match gate.verdict {
        Verdict::Met => "met",
        Verdict::NotMet => "not met",
        Verdict::Unknown => "unknown",
    };
    let name = serde_json::to_value(gate.gate).unwrap_or_default();
    vec![
        standard(gate.standard).to_string(),
        name.as_str().unwrap_or_default().to_string(),
        format!("{:.3}", gate.need),
        gate.have.map_or("-".to_string(), |h| format!("{h:.3}")),
        verdict.to_string(),
    ]
}

/// Two results side by side: before and after a change, each with its answer to the question.
pub(crate) fn compare(before: (&Replayed, Answered<'_>), after: (&Replayed, Answered<'_>)) {
    let ((before, was), (after, is)) = (before, after);
    let (a, b) = (&before.evaluation, &after.evaluation);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |what: String, old: String, new: String| rows.push(vec![what, old, new]);
    for ((said, old), (_, new)) in was.rows().iter().zip(is.rows()) {
        row(
            format!("{}: {}", said.id, claim::says(&said.says)),
            claim::outcome(old.outcome).into(),
            claim::outcome(new.outcome).into(),
        );
    }
    row("leading state".into(), likelihood(a), likelihood(b));
    row("5-95 %".into(), interval(a), interval(b));
    for (old, new) in a.actors.iter().zip(&b.actors) {
        row(
            format!("P({})", old.actor),
            format!("{:.6}", old.p),
            format!("{:.6}", new.p),
        );
    }
    row(
        "standard".into(),
        standard(a.standard).into(),
        standard(b.standard).into(),
    );
    row(
        "standard, strands as given".into(),
        standard(before.as_given.standard_numeric).into(),
        standard(after.as_given.standard_numeric).into(),
    );
    row(
        "confidence".into(),
        a.confidence.level.text().into(),
        b.confidence.level.text().into(),
    );
    row(
        "planting cost".into(),
        planting(&a.planting),
        planting(&b.planting),
    );
    row("plain multiplication".into(), naive(a), naive(b));
    ui::table(&["", "as published", "with the change"], &rows);
}
