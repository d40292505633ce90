//! `solferino suggest`.

mod attack;
mod case;
mod draft;
mod states;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};
use suggest::{PlantingCost, Suggestion, Suggestions, Weights};

use self::attack::Attack;
use self::case::CaseFeatures;
use self::states::State;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, knowledge, ui};

/// Largest galaxy file, unpacked, in bytes (64 MiB).
const MAX_GALAXY_BYTES: u64 = 64 << 20;

/// Least sum of a state that is printed; `--json` has all.
const SHOWN: f64 = 0.001;

/// Rank the known groups a case's techniques and software resemble: ranking, never proof
///
/// The case is a file: {"techniques": [...], "software": [...]} with ATT&CK identifiers or names, or a STIX bundle
/// that holds or refers to them. Every answer carries "none of these", how often such a suggestion was right,
/// and how few planted artefacts would change it. It may enter a case only as one capped strand (--strand).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The case's techniques and software
    case: PathBuf,
    /// What is known of the groups: a STIX bundle as MITRE publishes it, gzipped or not
    #[arg(long, value_name = "FILE")]
    knowledge: PathBuf,
    /// The MISP threat-actor galaxy, for the states the groups are said to act for
    #[arg(long, value_name = "FILE")]
    states: Option<PathBuf>,
    /// Weights and reliability measured elsewhere, from `solferino benchmark attribution --write-weights`
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// How many groups to show
    #[arg(long, value_name = "N", default_value_t = 5)]
    count: usize,
    /// Write the draft assessment: one strand marked as machine-made, one item
    #[arg(long, value_name = "FILE", requires = "actor")]
    strand: Option<PathBuf>,
    /// Which declared actor of the case is which group, such as UNIT-ONE=G0007
    #[arg(long, value_name = "ACTOR=GROUP")]
    actor: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let begun = Instant::now();
    let weights = match &args.weights {
        Some(path) => {
            let problem = |e| Problem::from(e).of(path.display());
            Weights::parse(&files::read(path, files::MAX_TEXT_BYTES)?).map_err(problem)?
        }
        None => Weights::shipped()?,
    };
    if let Some(out) = &args.strand {
        files::must_be_new(out)?;
    }
    let bundle = knowledge::open(&args.knowledge)?;
    let attack = Attack::read(bundle).map_err(|p| p.of(args.knowledge.display()))?;
    let case = case::read(&args.case, &attack)?;
    let states = match &args.states {
        Some(path) => {
            let galaxy = knowledge::read(path, MAX_GALAXY_BYTES)?;
            Some(states::of(&attack.groups, &galaxy).map_err(|p| p.of(path.display()))?)
        }
        None => None,
    };
    let read_seconds = begun.elapsed().as_secs_f64();
    let suggestions =
        suggest::suggest(&attack.knowledge, &case.known, &weights, args.count.max(1))?;
    if let Some(out) = args.strand.as_ref().filter(|_| !suggestions.abstains) {
        let actors = draft::actors(&args.actor, &attack)?;
        let statement = draft::statement(&attack, &case, &weights, &actors);
        let text = serde_json::to_string_pretty(&statement).unwrap_or_default();
        files::replace(out, format!("{text}\n").as_bytes())?;
    }
    let answer = Answer {
        attack: &attack,
        case: &case,
        states: states.as_deref(),
        suggestions: &suggestions,
        weights: &weights,
    };
    if args.json {
        ui::json(&answer.json());
        return Ok(Exit::Ok);
    }
    answer.print();
    if suggestions.abstains && args.strand.is_some() {
        ui::line("no strand was written: there is no suggestion to enter");
    } else if let Some(out) = &args.strand {
        let what = "draft assessment, to be judged and completed by an analyst";
        ui::line(format!("written: {}, {what}", out.display()));
    }
    let seconds = begun.elapsed().as_secs_f64();
    ui::remark(format!("{seconds:.2} s, {read_seconds:.2} s of it reading"));
    Ok(Exit::Ok)
}

struct Answer<'a> {
    attack: &'a Attack,
    case: &'a CaseFeatures,
    states: Option<&'a [State]>,
    suggestions: &'a Suggestions,
    weights: &'a Weights,
}

impl Answer<'_> {
    fn print(&self) {
        let s = self.suggestions;
        ui::line(format!(
            "{} techniques and software of the case are known of some of {} groups",
            s.known_features,
            self.attack.groups.len()
        ));
        if !self.case.unknown.is_empty() {
            ui::line(format!(
                "not in the knowledge: {}",
                self.case.unknown.join(", ")
            ));
        }
        ui::line("");
        let mut heads = vec!["P", "group", "planting cost"];
        if self.states.is_some() {
            heads.push("said to act for");
        }
        let mut rows: Vec<Vec<String>> = s
            .ranked
            .iter()
            .enumerate()
            .map(|(place, one)| self.row(place, one))
            .collect();
        rows.push(vec![
            format!("{:.3}", s.none),
            "none of these".to_owned(),
            String::new(),
            String::new(),
        ]);
        ui::table(&heads, &rows);
        ui::line("");
        if self.states.is_some() {
            let sums: Vec<String> = self
                .state_sums()
                .iter()
                .filter(|(_, p)| *p >= SHOWN)
                .map(|(state, p)| format!("{state} {p:.3}"))
                .collect();
            ui::line(format!("by state: {}", sums.join(", ")));
        }
        self.print_reliability();
        ui::line(
            "ranking, never proof: it rests on published attribution, and enters a case only as one capped strand",
        );
    }

    fn row(&self, place: usize, one: &Suggestion) -> Vec<String> {
        let group = &self.attack.groups[one.group];
        let cost = match (place, one.planting_cost) {
            (0, PlantingCost::AtMost(n)) => format!("{n} topple it"),
            (0, PlantingCost::MoreThan(n)) => format!("more than {n} to topple it"),
            (_, PlantingCost::AtMost(n)) => format!("{n} put it first"),
            (_, PlantingCost::MoreThan(n)) => format!("more than {n} to put it first"),
        };
        let mut row = vec![
            format!("{:.3}", one.probability),
            format!("{} {}", group.id, group.name),
            cost,
        ];
        row.extend(self.states.map(|states| states[one.group].label()));
        row
    }

    /// Sums of the open-world probabilities, greatest first; groups without one state apart.
    fn state_sums(&self) -> Vec<(String, f64)> {
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for (p, state) in self
            .suggestions
            .probabilities
            .iter()
            .zip(self.states.unwrap_or_default())
        {
            let label = match state {
                State::One(state) => state.clone(),
                State::Ambiguous(_) => "ambiguous".to_owned(),
                State::Unknown => "unknown".to_owned(),
            };
            *sums.entry(label).or_default() += p;
        }
        sums.insert("none of these groups".to_owned(), self.suggestions.none);
        let mut sums: Vec<(String, f64)> = sums.into_iter().collect();
        sums.sort_by(|a, b| b.1.total_cmp(&a.1));
        sums
    }

    fn print_reliability(&self) {
        let s = self.suggestions;
        if let Some(bin) = &s.reliability {
            let [low, high] = bin.interval.map(|p| 100.0 * p);
            ui::line(format!(
                "measured: of {} first suggestions with P from {} to {}, {} were right (95 %: {low:.0} to {high:.0} %)",
                bin.answers, bin.from, bin.to, bin.right
            ));
            let [known, unknown] = self.weights.measured_on;
            ui::line(format!(
                "  on {known} cases of known and {unknown} of unknown authors, releases {} to {}, each with what was known before it",
                self.weights.measured_from, self.weights.last_release
            ));
        }
        if s.abstains {
            let least = suggest::ABSTAIN_BELOW;
            ui::line(format!(
                "no suggestion: nothing reaches P {least}; the list above is where to look, not an answer"
            ));
        }
    }

    fn json(&self) -> Value {
        let s = self.suggestions;
        let ranked: Vec<Value> = s
            .ranked
            .iter()
            .map(|one| {
                let group = &self.attack.groups[one.group];
                json!({
                    "group": group.id, "name": group.name, "probability": one.probability,
                    "probability_if_known_group": one.closed, "planting_cost": one.planting_cost,
                    "state": self.states.map(|states| states[one.group].label()),
                })
            })
            .collect();
        json!({
            "ranked": ranked, "none_of_these": s.none, "abstains": s.abstains,
            "known_features": s.known_features, "unknown_features": self.case.unknown,
            "states": self.states.map(|_| self.state_sums().into_iter().collect::<BTreeMap<_, _>>()),
            "reliability": s.reliability, "weights": self.weights,
        })
    }
}
