//! The whole run: every ranker through the temporal, open-set and campaign protocols.

use std::collections::BTreeMap;

use crate::bootstrap::{self, interval};
use crate::campaigns;
use crate::error::FileError;
use crate::file::{Benchmark, Case};
use crate::forgery::{self, Attack};
use crate::knowledge::Knowledge;
use crate::metrics::{Answer, Measures, auroc, precision_at};
use crate::none::NoneModel;
use crate::ranker::{Ranker, rankers};
use crate::report::*;
use crate::rolling::{Learned, clusters, knowledges};
use crate::shipped::reliability;

/// Fewest earlier cases that the first tested release learns from, unless the caller says where to begin.
const LEAST_LEARNED: usize = 40;
/// Shares of the cases at which precision is told.
const COVERAGES: [f64; 4] = [0.1, 0.2, 0.3, 0.5];
/// Probabilities from which on a group is named.
const THRESHOLDS: [f64; 4] = [0.5, 0.7, 0.8, 0.95];
/// Confidence of the answers that are attacked; .8 is what the method calls confident.
const ATTACKED: [f64; 4] = [0.5, 0.8, 0.9, 0.95];
/// The ranker that the others are compared with.
const VERSUS: &str = "conditional-logit";

/// What to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The first release whose cases are tested; without it the first that has forty earlier cases to learn from.
    pub from: Option<String>,
    /// One ranker only.
    pub ranker: Option<String>,
    /// Leave out the forgery stress, which takes most of the time.
    pub without_forgery: bool,
}

/// Runs the benchmark.
///
/// # Errors
///
/// [`FileError`] if the options name what is not there, or no case is left.
pub fn run(file: &Benchmark, options: &Options) -> Result<Report, FileError> {
    let wanted = options
        .ranker
        .as_deref()
        .map(crate::ranker::ranker)
        .transpose()?;
    let mut notes = file.notes.clone();
    let from = match &options.from {
        Some(tag) => file.release(tag)?,
        None => first_tested(file, &mut notes),
    };
    let tested: Vec<usize> = (0..file.temporal.len())
        .filter(|i| file.temporal[*i].release >= from)
        .collect();
    let tag = |release: usize| {
        file.releases
            .get(release)
            .map_or_else(String::new, |r| r.tag.clone())
    };
    let Some(last) = tested.iter().map(|i| file.temporal[*i].release).max() else {
        return Err(FileError::NoCases(tag(from)));
    };
    let learned_from = file.temporal.iter().filter(|c| c.release < from).count();
    if learned_from == 0 {
        notes.push(
            "no earlier case to learn from: the first weights are the rankers' own centres"
                .to_owned(),
        );
    }
    let setting = Setting {
        file,
        from,
        last,
        tested,
        knowledges: knowledges(file),
        options,
    };
    let versus = setting.learn(crate::ranker::ranker(VERSUS)?);
    let chosen = rankers()
        .into_iter()
        .filter(|r| wanted.is_none_or(|w| w.name() == r.name()));
    let rankers = chosen.map(|r| setting.report(r, &versus)).collect();
    Ok(Report {
        from: tag(from),
        to: tag(last),
        learned_from,
        notes,
        rankers,
    })
}

fn first_tested(file: &Benchmark, notes: &mut Vec<String>) -> usize {
    let earlier = |release: usize| file.temporal.iter().filter(|c| c.release < release).count();
    let found = (0..file.releases.len()).find(|r| earlier(*r) >= LEAST_LEARNED);
    found
        .filter(|r| file.temporal.iter().any(|c| c.release >= *r))
        .unwrap_or_else(|| {
            notes.push(format!(
                "no release has {LEAST_LEARNED} earlier cases and cases of its own: all are tested"
            ));
            0
        })
}

struct Setting<'a> {
    file: &'a Benchmark,
    from: usize,
    last: usize,
    tested: Vec<usize>,
    knowledges: BTreeMap<usize, Knowledge>,
    options: &'a Options,
}

impl Setting<'_> {
    fn learn(&self, ranker: &dyn Ranker) -> Learned {
        Learned::new(ranker, self.file, &self.knowledges)
    }

    fn answers(&self, learned: &Learned) -> Vec<Answer> {
        self.tested
            .iter()
            .map(|i| learned.temporal[*i].clone())
            .collect()
    }

    fn report(&self, ranker: &dyn Ranker, versus: &Learned) -> RankerReport {
        let learned = self.learn(ranker);
        let (answers, others) = (self.answers(&learned), self.answers(versus));
        let cases: Vec<&Case> = self
            .tested
            .iter()
            .map(|i| &self.file.temporal[*i])
            .collect();
        let clusters = clusters(&cases);
        let drawn = bootstrap::draws(&clusters, &[&answers, &others]);
        let latest = &learned.weights[self.last];
        RankerReport {
            name: ranker.name(),
            about: ranker.about(),
            weights: ranker
                .weight_names()
                .iter()
                .copied()
                .zip(latest.iter().copied())
                .collect(),
            temporal: self.temporal(&answers, clusters.len(), &drawn[0]),
            paired: (ranker.name() != VERSUS).then(|| paired(&answers, &others, &drawn)),
            open_world: self.open_world(&learned),
            forgery: (!self.options.without_forgery).then(|| self.forgery(ranker, &learned)),
            campaigns: campaigns::test(
                ranker,
                self.file,
                &self.knowledges,
                &learned.weights,
                self.from,
            ),
        }
    }

    fn temporal(&self, answers: &[Answer], clusters: usize, drawn: &[Measures]) -> Temporal {
        let all: Vec<&Answer> = answers.iter().collect();
        let value = Measures::of(&all);
        let of = |f: fn(&Measures) -> f64| interval(f(&value), drawn.iter().map(f).collect());
        let groups = self
            .tested
            .iter()
            .map(|i| self.knowledges[&self.file.temporal[*i].release].groups());
        Temporal {
            cases: answers.len(),
            clusters,
            candidates: groups.sum::<usize>() as f64 / answers.len().max(1) as f64,
            top1: of(|m| m.top1),
            top3: of(|m| m.top3),
            top10: of(|m| m.top10),
            mrr: of(|m| m.mrr),
            log_loss: of(|m| m.log_loss),
            brier: of(|m| m.brier),
            ece: value.ece,
            ece_equal_count: value.ece_equal_count,
            coverage: COVERAGES
                .iter()
                .map(|share| {
                    let (cases, precision) = precision_at(&all, *share);
                    CoveragePoint {
                        share: *share,
                        cases,
                        precision,
                    }
                })
                .collect(),
        }
    }

    /// The model of "none of these" for a release, learned from the answers given at earlier ones.
    fn none_model(&self, learned: &Learned, release: usize) -> (NoneModel, f64) {
        let known = self
            .file
            .temporal
            .iter()
            .zip(&learned.temporal)
            .filter(|(c, _)| c.release < release);
        let unknown = self
            .file
            .open_set
            .iter()
            .zip(&learned.open)
            .filter(|(c, _)| c.release < release);
        let mut examples: Vec<(f64, bool)> = known.map(|(_, a)| (a.confidence, false)).collect();
        let known = examples.len();
        examples.extend(unknown.map(|(_, confidence)| (*confidence, true)));
        // One case of each kind more, so that a share is never 0 or 1.
        let share = (examples.len() - known + 1) as f64 / (examples.len() + 2) as f64;
        (NoneModel::fit(&examples), share)
    }

    fn open_world(&self, learned: &Learned) -> Option<OpenWorld> {
        let mut answers = Vec::new();
        let mut models = BTreeMap::new();
        let mut say = |release: usize, confidence: f64, answer: Option<&Answer>| {
            let (model, share) = *models
                .entry(release)
                .or_insert_with(|| self.none_model(learned, release));
            answers.push(OpenAnswer {
                none: model.none(confidence),
                share,
                confidence,
                right: answer.is_some_and(Answer::right),
                truth: answer.map(|a| a.truth),
            });
        };
        for i in &self.tested {
            let answer = &learned.temporal[*i];
            say(
                self.file.temporal[*i].release,
                answer.confidence,
                Some(answer),
            );
        }
        for (case, confidence) in self.file.open_set.iter().zip(&learned.open) {
            if case.release >= self.from {
                say(case.release, *confidence, None);
            }
        }
        answers
            .iter()
            .any(|a| a.truth.is_none())
            .then(|| open_report(&answers))
    }

    fn forgery(&self, ranker: &dyn Ranker, learned: &Learned) -> Forgery {
        let prepared: BTreeMap<_, _> = self
            .knowledges
            .iter()
            .map(|(r, k)| (*r, ranker.prepare(k)))
            .collect();
        let least = ATTACKED[0];
        let confident = self
            .tested
            .iter()
            .filter(|i| learned.temporal[**i].right() && learned.temporal[**i].confidence >= least);
        let attacks: Vec<Attack> = confident
            .filter_map(|i| {
                let case = &self.file.temporal[*i];
                let truth = self.file.candidate(case.release, case.group)?;
                let (knowledge, weights) = (
                    &self.knowledges[&case.release],
                    &learned.weights[case.release],
                );
                let prepared = prepared[&case.release].as_ref();
                Some(forgery::attack(
                    prepared,
                    knowledge,
                    &case.features,
                    truth,
                    weights,
                ))
            })
            .collect();
        let at = ATTACKED
            .iter()
            .map(|confidence| flips(&attacks, *confidence))
            .collect();
        Forgery {
            planted: forgery::PLANTED,
            at,
        }
    }
}

fn flips(attacks: &[Attack], confidence: f64) -> ForgeryAt {
    let of: Vec<&Attack> = attacks
        .iter()
        .filter(|a| a.confidence >= confidence)
        .collect();
    let mean = |f: &dyn Fn(&Attack) -> f64| {
        (!of.is_empty()).then(|| of.iter().map(|a| f(a)).sum::<f64>() / of.len() as f64)
    };
    ForgeryAt {
        confidence,
        answers: of.len(),
        flipped: mean(&|a| a.flipped_by),
        flipped_by_runner_up: mean(&|a| f64::from(u8::from(a.by_runner_up))),
        flipped_by_best: mean(&|a| f64::from(u8::from(a.flipped_by > 0.0))),
    }
}

fn paired(answers: &[Answer], others: &[Answer], drawn: &[Vec<Measures>]) -> Paired {
    let measures = [answers, others].map(|a| Measures::of(&a.iter().collect::<Vec<_>>()));
    let of = |f: fn(&Measures) -> f64| {
        let both = drawn[0].iter().zip(&drawn[1]);
        interval(
            f(&measures[0]) - f(&measures[1]),
            both.map(|(a, b)| f(a) - f(b)).collect(),
        )
    };
    Paired {
        versus: VERSUS,
        top1: of(|m| m.top1),
        top3: of(|m| m.top3),
        mrr: of(|m| m.mrr),
        log_loss: of(|m| m.log_loss),
    }
}

/// What was said of a case whose author may be unknown.
struct OpenAnswer {
    /// P(none of these).
    none: f64,
    /// Share of unknown authors at earlier releases.
    share: f64,
    /// Closed-world probability of the first suggestion.
    confidence: f64,
    right: bool,
    /// Closed-world probability of the truth; none if the author was unknown.
    truth: Option<f64>,
}

impl OpenAnswer {
    fn unknown(&self) -> bool {
        self.truth.is_none()
    }
    fn open(&self) -> f64 {
        (1.0 - self.none) * self.confidence
    }
}

fn open_report(answers: &[OpenAnswer]) -> OpenWorld {
    let n = answers.len() as f64;
    let (unknown, known): (Vec<&OpenAnswer>, Vec<&OpenAnswer>) =
        answers.iter().partition(|a| a.unknown());
    let none = |of: &[&OpenAnswer]| -> Vec<f64> { of.iter().map(|a| a.none).collect() };
    let mean = |f: &dyn Fn(&OpenAnswer) -> f64| answers.iter().map(f).sum::<f64>() / n;
    let of = |values: Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let is_none = |a: &OpenAnswer| f64::from(u8::from(a.unknown()));
    let as_answer = |confidence: f64, right: bool| Answer {
        rank: if right { 1 } else { 2 },
        truth: 0.5,
        confidence,
    };
    let none_bins: Vec<Answer> = answers
        .iter()
        .map(|a| as_answer(a.none, a.unknown()))
        .collect();
    let overall: Vec<Answer> = answers
        .iter()
        .map(|a| {
            if a.none >= a.open() {
                as_answer(a.none, a.unknown())
            } else {
                as_answer(a.open(), a.right)
            }
        })
        .collect();
    let firsts: Vec<(f64, bool)> = answers.iter().map(|a| (a.open(), a.right)).collect();
    OpenWorld {
        known: known.len(),
        unknown: unknown.len(),
        unknown_share: unknown.len() as f64 / n,
        mean_none: mean(&|a| a.none),
        mean_none_by_truth: [of(none(&unknown)), of(none(&known))],
        auroc: auroc(&none(&unknown), &none(&known)),
        none_brier: mean(&|a| (a.none - is_none(a)) * (a.none - is_none(a))),
        none_brier_base_rate: mean(&|a| (a.share - is_none(a)) * (a.share - is_none(a))),
        none_ece: Measures::of(&none_bins.iter().collect::<Vec<_>>()).ece,
        log_loss: mean(&|a| {
            let p = a.truth.map_or(a.none, |truth| (1.0 - a.none) * truth);
            -libm::log(p.max(f64::MIN_POSITIVE))
        }),
        ece: Measures::of(&overall.iter().collect::<Vec<_>>()).ece,
        named: THRESHOLDS
            .map(|t| named(answers, t, OpenAnswer::open))
            .to_vec(),
        named_closed: THRESHOLDS
            .map(|t| named(answers, t, |a| a.confidence))
            .to_vec(),
        reliability: reliability(&firsts),
    }
}

fn named(answers: &[OpenAnswer], threshold: f64, probability: fn(&OpenAnswer) -> f64) -> NamedAt {
    let named: Vec<&OpenAnswer> = answers
        .iter()
        .filter(|a| probability(a) >= threshold)
        .collect();
    let right = named.iter().filter(|a| a.right).count();
    NamedAt {
        threshold,
        named: named.len(),
        right,
        precision: (!named.is_empty()).then(|| right as f64 / named.len() as f64),
        unknown_wrongly_named: named.iter().filter(|a| a.unknown()).count(),
    }
}

/// What a suggestion needs from the file: the weights after its last release, the model of "none" and the reliability
/// of the answers to all tested cases.
pub(crate) struct Lessons {
    pub(crate) weights: Vec<f64>,
    pub(crate) none: NoneModel,
    pub(crate) reliability: Vec<crate::shipped::ReliabilityBin>,
    pub(crate) learned_from: [usize; 2],
    pub(crate) measured_on: [usize; 2],
    pub(crate) measured_from: String,
    pub(crate) last_release: String,
}

pub(crate) fn lessons(
    file: &Benchmark,
    ranker: &dyn Ranker,
    from: Option<&str>,
) -> Result<Lessons, FileError> {
    let from = match from {
        Some(tag) => file.release(tag)?,
        None => first_tested(file, &mut Vec::new()),
    };
    let options = Options::default();
    let tested: Vec<usize> = (0..file.temporal.len())
        .filter(|i| file.temporal[*i].release >= from)
        .collect();
    let setting = Setting {
        file,
        from,
        last: from,
        tested,
        knowledges: knowledges(file),
        options: &options,
    };
    let learned = setting.learn(ranker);
    let after = file.releases.len();
    let open = setting.open_world(&learned);
    Ok(Lessons {
        weights: learned.weights[after].clone(),
        none: setting.none_model(&learned, after).0,
        reliability: open
            .as_ref()
            .map(|o| o.reliability.clone())
            .unwrap_or_default(),
        learned_from: [file.temporal.len(), file.open_set.len()],
        measured_on: open.map_or([0, 0], |o| [o.known, o.unknown]),
        measured_from: file
            .releases
            .get(from)
            .map_or_else(String::new, |r| r.tag.clone()),
        last_release: file
            .releases
            .last()
            .map_or_else(String::new, |r| r.tag.clone()),
    })
}
