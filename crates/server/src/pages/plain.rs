//! The questions a reader asks of a finding, answered in plain words and in this order: what
//! happened, to whom, what harm, who, how sure, what would change it, who disagrees, the reply, the rules.

use std::collections::BTreeSet;

use norms::{Element, Fact, Kleene};
use record::body::case::Report;
use record::derive::Verdicts;
use record::state::{Case, FindingRecord, State};

use super::finding::Found;
use super::verdicts::NormsPart;
use super::{figures, sentences};
use crate::text::{Markup, Texts, foreign, markup};
use crate::words::coded;

/// A question with its answers, each a paragraph.
pub(super) struct Answered {
    pub(super) id: &'static str,
    pub(super) question: &'static str,
    pub(super) answers: Vec<Markup>,
}

/// The reports a case started from.
pub(super) fn reports(state: &State, case: &Case) -> Vec<Report> {
    let reports = case
        .reports
        .iter()
        .filter_map(|id| state.global.reports.get(id));
    reports.map(|r| r.body.clone()).collect()
}

/// Codes in words, each once, in the order first given.
fn once(codes: impl Iterator<Item = String>, word: impl Fn(&str) -> String) -> Vec<String> {
    let mut seen = BTreeSet::new();
    codes
        .filter(|c| seen.insert(c.clone()))
        .map(|c| word(&c))
        .collect()
}

/// Sectors of the victims in words.
pub(super) fn sectors(t: Texts, reports: &[Report]) -> Vec<String> {
    once(reports.iter().map(|r| r.sector.to_string()), |c| {
        t.of("sector", c)
    })
}

/// What happened and when, in one sentence.
pub(super) fn happened(t: Texts, reports: &[Report]) -> Markup {
    let kinds = once(reports.iter().map(|r| coded(&r.incident)), |c| {
        t.of("happened", c)
    });
    let days: BTreeSet<_> = reports.iter().map(|r| r.happened).collect();
    let when = match (days.first(), days.last()) {
        (Some(first), Some(last)) if first != last => {
            let say = t.say("finding.a-when-many").word("first", t.day(*first));
            say.word("last", t.day(*last)).plain()
        }
        (Some(day), _) => t.say("finding.a-when-one").word("day", t.day(*day)).plain(),
        _ => t.s("finding.a-when-unknown").to_owned(),
    };
    let say = t.say("finding.a-what").word("incidents", t.list(&kinds));
    say.word("when", when).html()
}

fn what(t: Texts, found: &Found) -> Vec<Markup> {
    let mut answers = vec![happened(t, &found.reports)];
    if let Some(verdicts) = &found.finding.replayed.verdicts {
        let term = t.word("term", &verdicts.term);
        answers.push(t.say("finding.a-term").word("term", term).html());
    }
    answers
}

fn whom(t: Texts, found: &Found) -> Vec<Markup> {
    let regions = found
        .reports
        .iter()
        .map(|r| r.region.map_or("unknown", |r| r.as_str()));
    let regions = once(regions.map(str::to_owned), |c| t.of("region", c));
    let say = t.say("finding.a-whom").n(found.reports.len());
    let say = say.with("sectors", t.list(&sectors(t, &found.reports)));
    vec![say.word("regions", t.list(&regions)).html()]
}

/// Effects and thresholds of harm with this value: met where every coder who speaks of one has it at or
/// above the charter's line, not met where all have it at or below the other, else unknown.
fn effects(verdicts: &Verdicts, value: Kleene) -> impl Iterator<Item = &str> {
    let policy = verdicts.policy;
    let of_harm = |f: &&Fact| {
        [Element::Effect, Element::HarmThreshold].contains(&f.element) && f.value != norms::NO_OTHER
    };
    let said = verdicts.facts.iter().filter(of_harm);
    said.filter(move |fact| {
        let alike = verdicts
            .facts
            .iter()
            .filter(|f| f.element == fact.element && f.value == fact.value);
        let mut alike = alike.map(|f| f.likelihood_ppm);
        let read = match alike.clone().all(|ppm| ppm >= policy.met_ppm) {
            true => Kleene::Met,
            false if alike.all(|ppm| ppm <= policy.not_met_ppm) => Kleene::NotMet,
            false => Kleene::Unknown,
        };
        read == value
    })
    .map(|f| f.value.as_str())
}

fn harm(t: Texts, found: &Found) -> Vec<Markup> {
    let Some(verdicts) = &found.finding.replayed.verdicts else {
        return vec![t.say("finding.a-harm-none").html()];
    };
    let mut answers = Vec::new();
    for (key, value) in [
        ("finding.a-harm", Kleene::Met),
        ("finding.a-harm-open", Kleene::Unknown),
    ] {
        let effects = effects(verdicts, value).map(str::to_owned);
        let effects = once(effects, |c| t.of("harm", c));
        if !effects.is_empty() {
            answers.push(t.say(key).word("facts", t.list(&effects)).html());
        }
    }
    if answers.is_empty() {
        answers.push(t.say("finding.a-harm-none").html());
    }
    if !verdicts.aggravating.is_empty() {
        let classes: Vec<_> = verdicts
            .aggravating
            .iter()
            .map(|c| t.of("class", c))
            .collect();
        answers.push(
            t.say("finding.a-struck")
                .word("classes", t.list(&classes))
                .html(),
        );
    }
    answers
}

pub(super) fn sure(t: Texts, found: &Found) -> Vec<Markup> {
    let proposal = &found.finding.finding.proposal;
    let evaluation = &found.finding.replayed.evaluation;
    let standard = t.word("standard", &proposal.standard);
    let named = proposal.named.is_some();
    let state = sentences::likelihood(t, &found.question, named, evaluation);
    let unit = sentences::likelihood_of_unit(t, proposal, evaluation);
    let founded = [
        sentences::confidence(t, evaluation),
        t.say("finding.standard-is")
            .word("standard", standard)
            .html(),
    ];
    [state].into_iter().chain(unit).chain(founded).collect()
}

fn change(t: Texts, found: &Found) -> Vec<Markup> {
    let evaluation = &found.finding.replayed.evaluation;
    let mut answers = sentences::linchpins(t, evaluation);
    if answers.is_empty() {
        answers.push(t.say("finding.no-linchpin").html());
    }
    answers.push(sentences::planting(t, &evaluation.planting));
    answers
}

fn disagree(t: Texts, found: &Found) -> Vec<Markup> {
    let objections: u32 = found
        .votes
        .values()
        .map(|v: &figures::Votes| v.object)
        .sum();
    let rebuttals = found
        .responses
        .iter()
        .filter(|r| r.kind == record::kind::Kind::Rebut)
        .count();
    let nobody = objections == 0 && rebuttals == 0;
    if nobody && found.finding.dissents.is_empty() && found.finding.alternatives == 0 {
        return vec![t.say("finding.a-disagree-none").html()];
    }
    let say = t
        .say("finding.a-disagree")
        .number("dissents", found.finding.dissents.len());
    let say = say
        .number("objections", objections)
        .number("rebuttals", rebuttals);
    vec![
        say.number("alternatives", found.finding.alternatives)
            .html(),
    ]
}

/// What the accused said.
pub(super) fn reply(t: Texts, finding: &FindingRecord) -> Markup {
    match finding.reply.as_ref().map(|reply| reply.text_sha256) {
        None => t.say("finding.reply-no-notice").html(),
        Some(None) => t.say("finding.reply-silence").html(),
        Some(Some(hash)) => {
            let hash = markup(format!("<code dir=\"ltr\">{hash}</code>"));
            t.say("finding.reply-text").html_blank("hash", hash).html()
        }
    }
}

fn rules(t: Texts, norms: Option<&NormsPart>) -> Vec<Markup> {
    let Some(part) = norms else {
        return vec![t.say("finding.a-no-norms").html()];
    };
    let broken: Vec<_> = part.rows.iter().filter(|r| r.inconsistent).collect();
    if broken.is_empty() {
        return vec![t.say("finding.a-norms-none").html()];
    }
    let line = |row: &&super::verdicts::NormRow| {
        let name = format!(
            "<a href=\"{}/norms/{}\">{}</a>",
            t.0.base(),
            foreign_path(&row.norm),
            foreign(&row.norm).0
        );
        let since = match &row.since {
            Some(day) => format!("{} {day}", t.s("finding.since")),
            None => row.bound.clone(),
        };
        markup(format!(
            "{} {name} ({})",
            foreign(&row.verdict).0,
            foreign(&since).0
        ))
    };
    broken.iter().map(line).collect()
}

/// An identifier as part of a path.
pub(crate) fn foreign_path(id: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._()".contains(&b);
    let byte = |b: u8| match plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    id.bytes().map(byte).collect()
}

/// All questions in their order.
pub(super) fn questions(t: Texts, found: &Found, norms: Option<&NormsPart>) -> Vec<Answered> {
    let asked = |id, key, answers| Answered {
        id,
        question: t.s(key),
        answers,
    };
    vec![
        asked("what", "finding.q-what", what(t, found)),
        asked("whom", "finding.q-whom", whom(t, found)),
        asked("harm", "finding.q-harm", harm(t, found)),
        asked(
            "who",
            "finding.q-who",
            vec![sentences::outcome(t, &found.finding.finding.proposal)],
        ),
        asked("sure", "finding.q-sure", sure(t, found)),
        asked("change", "finding.q-change", change(t, found)),
        asked("disagree", "finding.q-disagree", disagree(t, found)),
        asked(
            "answered",
            "finding.q-reply",
            vec![reply(t, &found.finding)],
        ),
        asked("rules", "finding.q-norms", rules(t, norms)),
    ]
}
