//! Two laboratories: what they answered on the same exhibits becomes items of a strand of its
//! own, and where they disagree each is believed less (docs/method.md, "Two laboratories").

use std::collections::BTreeMap;

use method::input::{Item, MAX_ITEMS, MAX_STRANDS, PPM, Source, Strand};
use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::body::analysis::{LabAnswer, Reading};
use crate::ids::{MemberId, Slug, StatementId};
use crate::kind::Content;
use crate::state::{Case, LabCommitment};

/// Beginning of the identifiers of strands and items made from laboratories' answers.
pub const LAB_PREFIX: &str = "LAB-";
/// Correlation of measurements of one exhibit, parts per million.
pub const LAB_RHO_PPM: u32 = 800_000;
/// Probability that a whole comparison is corrupted, parts per million.
pub const LAB_C_PPM: u32 = 60_000;
/// Answers that make a comparison.
pub const LABS_TO_COMPARE: usize = 2;

/// Laboratories that answered one question, side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The question.
    pub comparison: Slug,
    /// The strand its items stand in; absent if it makes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strand: Option<String>,
    /// Who committed, in record order, and whether the answer counts in this round.
    pub laboratories: Vec<Laboratory>,
    /// What was answered, exhibit by exhibit in the order of the first commitment.
    pub exhibits: Vec<Compared>,
}

/// A laboratory of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Laboratory {
    /// The laboratory.
    pub laboratory: MemberId,
    /// Its commitment.
    pub commit: StatementId,
    /// Whether it was open before the reviewers were assigned; else it is committed, not opened.
    pub opened: bool,
}

/// How the answers on one exhibit stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// All gave the same answer.
    Agree,
    /// They did not: at least one is wrong.
    Disagree,
    /// Fewer than two answers count.
    TooFew,
}

/// The answers on one exhibit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// The exhibit.
    pub exhibit: Hash,
    /// How they stand to each other.
    pub outcome: Agreement,
    /// Each laboratory's answer, in record order.
    pub answers: Vec<Answered>,
}

/// One laboratory's answer on one exhibit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The laboratory.
    pub laboratory: MemberId,
    /// Its answer.
    pub answer: Slug,
    /// The item it made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Whether it carries a reading that could not be used: it does not fit the hypotheses, or
    /// the case has no room for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_usable: bool,
}

/// An answer that counts, while its comparison is put together.
struct Counted<'a> {
    number: usize,
    commit: StatementId,
    laboratory: &'a MemberId,
    content: &'a LabAnswer,
}

/// Adds strand and items of every comparison of two counted answers or more to the inputs.
/// Gives the comparisons in order of their first commitment, and the commitments that made items.
pub(super) fn compare(
    case: &Case,
    counts: impl Fn(&StatementId) -> bool,
    inputs: &mut method::Case,
) -> (Vec<Comparison>, Vec<StatementId>) {
    let mut commits: Vec<_> = case.lab_commits.iter().collect();
    commits.sort_by_key(|(_, l)| l.index);
    let mut questions: Vec<(&Slug, Vec<(StatementId, &LabCommitment)>)> = Vec::new();
    for (id, commit) in commits {
        match questions.iter_mut().find(|(q, _)| **q == commit.comparison) {
            Some((_, all)) => all.push((*id, commit)),
            None => questions.push((&commit.comparison, vec![(*id, commit)])),
        }
    }
    let (mut comparisons, mut used) = (Vec::new(), Vec::new());
    for (n, (question, all)) in questions.into_iter().enumerate() {
        let strand = format!("{LAB_PREFIX}{}", n + 1);
        comparisons.push(one(
            case, question, &all, &counts, &strand, inputs, &mut used,
        ));
    }
    (comparisons, used)
}

fn one(
    case: &Case,
    question: &Slug,
    all: &[(StatementId, &LabCommitment)],
    counts: impl Fn(&StatementId) -> bool,
    strand: &str,
    inputs: &mut method::Case,
    used: &mut Vec<StatementId>,
) -> Comparison {
    let answer_of = |id: &StatementId| match case.contents.get(id) {
        Some(Content::LabAnswer(a)) if counts(id) => Some(a),
        _ => None,
    };
    let mut counted: Vec<Counted<'_>> = Vec::new();
    for (n, (commit, l)) in all.iter().enumerate() {
        counted.extend(answer_of(commit).map(|content| Counted {
            number: n + 1,
            commit: *commit,
            laboratory: &l.laboratory,
            content,
        }));
    }
    let mut made = Made {
        strand: Strand {
            id: strand.to_string(),
            rho_ppm: LAB_RHO_PPM,
            c_ppm: LAB_C_PPM,
            machine: false,
        },
        items: Vec::new(),
    };
    let exhibits: &[Hash] = all.first().map_or(&[], |(_, l)| l.exhibits.as_slice());
    let mut compared = Vec::new();
    for (place, exhibit) in (1..).zip(exhibits) {
        let answers = on_exhibit(&counted, exhibit);
        let outcome = agreement(&answers);
        let mut rows = Vec::new();
        for row in &answers {
            let (lab, answer, reading) = row;
            let reading = reading.filter(|_| outcome != Agreement::TooFew);
            let r_ppm = reading.filter(|_| outcome == Agreement::Disagree);
            let r_ppm = r_ppm.and_then(|r| disputed(answer, r, &answers));
            let item = reading.map(|r| made.item(case, row, place, exhibit, r, r_ppm));
            let item = item.map(|item| by_name(item, &inputs.hypotheses));
            let item = item.filter(|item| made.has_room(inputs) && made.fits(inputs, item));
            rows.push(Answered {
                laboratory: lab.laboratory.clone(),
                answer: (*answer).clone(),
                item: item.as_ref().map(|i| i.id.clone()),
                not_usable: reading.is_some() && item.is_none(),
            });
            if item.is_some() && !used.contains(&lab.commit) {
                used.push(lab.commit);
            }
            made.items.extend(item);
        }
        compared.push(Compared {
            exhibit: *exhibit,
            outcome,
            answers: rows,
        });
    }
    let laboratories = all.iter().map(|(commit, l)| Laboratory {
        laboratory: l.laboratory.clone(),
        commit: *commit,
        opened: answer_of(commit).is_some(),
    });
    Comparison {
        comparison: question.clone(),
        laboratories: laboratories.collect(),
        exhibits: compared,
        strand: made.put_into(inputs),
    }
}

/// The strand of a comparison and its items so far.
struct Made {
    strand: Strand,
    items: Vec<Item>,
}

impl Made {
    fn has_room(&self, inputs: &method::Case) -> bool {
        inputs.strands.len() < MAX_STRANDS && inputs.items.len() + self.items.len() < MAX_ITEMS
    }

    /// Whether the method takes the item; one laboratory's slip stops no finding.
    fn fits(&self, inputs: &method::Case, item: &Item) -> bool {
        let (known, alone) = (
            std::slice::from_ref(&self.strand),
            std::slice::from_ref(item),
        );
        method::validate_items(&inputs.hypotheses, known, alone).is_ok()
    }

    /// A reading as an item.
    fn item(
        &self,
        case: &Case,
        (lab, _, _): &Row<'_>,
        place: usize,
        exhibit: &Hash,
        reading: &Reading,
        r_ppm: Option<[u32; 3]>,
    ) -> Item {
        let declared = case.exhibits.get(exhibit);
        let upstream = declared.map(|e| e.body.upstream.iter().map(ToString::to_string).collect());
        Item {
            id: format!("{}-{}-{place}", self.strand.id, lab.number),
            strand: self.strand.id.clone(),
            kind: reading.kind,
            reliability: reading.reliability,
            credibility: reading.credibility,
            r_ppm,
            phi_ppm: reading.phi_ppm,
            lr: reading.lr.clone(),
            deception: reading.deception.clone(),
            upstream: upstream.unwrap_or_default(),
            exhibits: vec![exhibit.to_string()],
            recheckable: reading.recheckable,
            source: Source {
                organisation: lab.laboratory.to_string(),
                state: reading.state.clone(),
                bloc: reading.bloc.clone(),
            },
        }
    }

    /// Adds strand and items, if there are any; gives the strand's identifier.
    fn put_into(self, inputs: &mut method::Case) -> Option<String> {
        if self.items.is_empty() {
            return None;
        }
        let id = self.strand.id.clone();
        inputs.strands.push(self.strand);
        inputs.items.extend(self.items);
        Some(id)
    }
}

/// The place among the hypotheses that a reading gives an actor by, from 1, in its one spelling.
pub(crate) fn place(actor: &str) -> Option<usize> {
    let place: usize = actor.parse().ok()?;
    (place >= 1 && place.to_string() == actor).then_some(place)
}

/// A reading's item with the actors' names in the place of their places; one that the hypotheses do
/// not have stays a number, which no actor is called, so that the item does not fit.
fn by_name(mut item: Item, hypotheses: &method::Hypotheses) -> Item {
    let name = |actor: &mut String| {
        let found = place(actor).and_then(|p| hypotheses.actors.get(p - 1));
        match found {
            Some(found) => actor.clone_from(&found.id),
            None => "no-such-place".clone_into(actor),
        }
    };
    item.lr.iter_mut().for_each(|r| name(&mut r.actor));
    let disguises = item.deception.iter_mut().flat_map(|d| &mut d.imitating);
    disguises.for_each(|d| name(&mut d.actor));
    item
}

type Row<'a> = (&'a Counted<'a>, &'a Slug, Option<&'a Reading>);

/// Every counted answer on an exhibit.
fn on_exhibit<'a>(counted: &'a [Counted<'a>], exhibit: &Hash) -> Vec<Row<'a>> {
    let answer = |lab: &'a Counted<'a>| {
        let found = lab.content.answers.iter().find(|a| a.exhibit == *exhibit)?;
        Some((lab, &found.answer, found.reading.as_ref()))
    };
    counted.iter().filter_map(answer).collect()
}

fn agreement(answers: &[Row<'_>]) -> Agreement {
    match answers {
        [] | [_] => Agreement::TooFew,
        [(_, first, _), rest @ ..] if rest.iter().all(|(_, a, _)| a == first) => Agreement::Agree,
        _ => Agreement::Disagree,
    }
}

/// Default reliability of a reading's grade in parts per million, rounded half up.
fn default_r_ppm(reading: &Reading) -> u32 {
    super::ppm(method::default_r(reading.reliability, reading.credibility))
}

/// Odds r/(1−r) in millionths; r at most 999,999 ppm.
fn odds_micro(r_ppm: u32) -> u64 {
    let r = u64::from(r_ppm.min(PPM - 1));
    r * u64::from(PPM) / (u64::from(PPM) - r)
}

/// The reliability of an answer others contradict: `[0, o/(1 + o + Σ O), r]`, O the greatest
/// odds in each other camp. Nothing for a grade that cannot be judged.
fn disputed(answer: &Slug, reading: &Reading, all: &[Row<'_>]) -> Option<[u32; 3]> {
    let r_ppm = default_r_ppm(reading);
    if r_ppm == 0 {
        return None;
    }
    let own = odds_micro(r_ppm);
    let mut camps: BTreeMap<&Slug, u64> = BTreeMap::new();
    for (_, other, reading) in all.iter().filter(|(_, a, _)| *a != answer) {
        // Without a reading nobody graded it: taken as reliable as what it contradicts.
        let odds = reading.map_or(own, |r| odds_micro(default_r_ppm(r)));
        let camp = camps.entry(other).or_default();
        *camp = odds.max(*camp);
    }
    let against: u64 = camps.values().sum();
    let million = u64::from(PPM);
    let r = own * million / (million + own + against);
    let r = u32::try_from(r).unwrap_or(PPM).min(r_ppm);
    Some([0, r, r_ppm])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_of(word: &str, grade: Option<&str>) -> LabAnswer {
        let reading = grade.map(|g| {
            serde_json::json!({"kind": "forensic", "reliability": g, "credibility": 2,
                "phi_ppm": 0, "lr": [], "recheckable": true})
        });
        let hash = tlog::sha256(b"exhibit");
        let mut answer = serde_json::json!({"exhibit": hash, "answer": word});
        if let Some(reading) = reading {
            answer["reading"] = reading;
        }
        let content = serde_json::json!({"answers": [answer], "report_sha256": hash});
        serde_json::from_value(content).unwrap()
    }

    /// r of each answer as it is used: low, middle, high.
    fn used(answers: &[(&str, Option<&str>)]) -> Vec<Option<[u32; 3]>> {
        let contents: Vec<_> = answers.iter().map(|(w, g)| answer_of(w, *g)).collect();
        let laboratory: MemberId = "lab".parse().unwrap();
        let counted = contents.iter().map(|content| Counted {
            number: 1,
            commit: StatementId(tlog::sha256(b"commit")),
            laboratory: &laboratory,
            content,
        });
        let counted: Vec<_> = counted.collect();
        let rows = on_exhibit(&counted, &tlog::sha256(b"exhibit"));
        let all = rows
            .iter()
            .map(|(_, answer, reading)| disputed(answer, (*reading)?, &rows));
        all.collect()
    }

    #[test]
    fn a_dispute_lowers_both_by_the_closed_form() {
        let even = used(&[("x", Some("B")), ("y", Some("B"))]);
        assert_eq!(even, [Some([0, 473_684, 900_000]); 2]);
        let uneven = used(&[("x", Some("B")), ("y", Some("C"))]);
        // C2 weighs two thirds logit .75 and one third logit .9
        let c2 = 1.0 / (1.0 + (9_f64 * 9.0).powf(-1.0 / 3.0));
        for (n, (r, other)) in [(0.9, c2), (c2, 0.9)].into_iter().enumerate() {
            let [low, middle, high] = uneven[n].unwrap();
            let exact = r * (1.0 - other) / (1.0 - r * other);
            assert!(
                (f64::from(middle) / 1e6 - exact).abs() < 2e-6,
                "{middle} {exact}"
            );
            assert!(low == 0 && middle < high);
        }
    }

    #[test]
    fn heads_are_not_counted_and_the_ungraded_contradict_as_equals() {
        let b = Some("B");
        let three = used(&[("x", b), ("x", b), ("x", b), ("y", b)]);
        assert_eq!(three, [Some([0, 473_684, 900_000]); 4]);
        // a third camp lowers everybody further: 9/(1+9+9+9)
        let camps = used(&[("x", b), ("y", b), ("z", b)]);
        assert_eq!(camps, [Some([0, 321_428, 900_000]); 3]);
        assert_eq!(
            used(&[("x", b), ("y", None)]),
            [Some([0, 473_684, 900_000]), None]
        );
        // who cannot be judged moves nothing and contradicts nobody
        assert_eq!(
            used(&[("x", b), ("y", Some("F"))]),
            [Some([0, 900_000, 900_000]), None]
        );
    }

    #[test]
    fn odds_are_whole_millionths() {
        assert_eq!(odds_micro(900_000), 9_000_000);
        assert_eq!(odds_micro(500_000), 1_000_000);
        assert_eq!(odds_micro(0), 0);
        assert_eq!(odds_micro(PPM), 999_999_000_000);
    }
}
