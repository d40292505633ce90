//! Rounds of matching: inputs closed, seed fixed by the log, outcome said, replayed, explained.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aid::matching::{Explainer, MAX_ROUND_BYTES, Outcome as Matched, Round, Seed, solve};
use record::aid::{Evidence, Fixed, commitment, round_fixed};
use record::body::aid::Offer;
use record::ids::StatementId;
use record::kind::Kind;
use record::rules::offer_leaf;
use record::trust::TrustFile;
use serde_json::json;
use tlog::{Hash, Tree};

use super::server::At;
use super::tell::tell;
use crate::files::{self, Mode};
use crate::problem::{Exit, Outcome, Problem};
use crate::{keys, opened, ui};

/// What the salts of a round's offers are made from, beside its secret salt.
const SALT_DOMAIN: &[u8] = b"solferino.org/aid-offer-salt@v1\n";

/// Close the inputs of a round
///
/// Writes the salt of its commitment beside the file; whoever holds both can replay the round.
#[derive(Debug, clap::Args)]
pub(crate) struct Close {
    /// The round as JSON (docs/aid.md, section 6); asks are named by request, helpers by enlistment
    file: PathBuf,
    #[command(flatten)]
    at: At,
    /// File of the officer's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Compute a round whose seed the log has fixed, and say its outcome
///
/// Of a round whose outcome is said already it writes the offers again, and says nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Match {
    /// The round's file
    file: PathBuf,
    /// The statement that closed it
    #[arg(long, value_name = "ID")]
    round: String,
    #[command(flatten)]
    at: At,
    /// File of the officer's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Compute a round again and compare it with what the record says
///
/// The seed is computed from the round's statement and the tick after it, each shown to be in the log with everything between.
#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    /// The round's file
    file: PathBuf,
    /// The statement that closed it
    #[arg(long, value_name = "ID")]
    round: String,
    #[command(flatten)]
    at: At,
}

/// Say why a responder helps with a request, or why not
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The round's file
    file: PathBuf,
    /// The statement that closed it
    #[arg(long, value_name = "ID")]
    round: String,
    /// The request
    request: String,
    /// The responder, by its enlistment
    responder: String,
    #[command(flatten)]
    at: At,
}

/// Hand a requester their own row of a round: who helps or why nobody does, and why others do not
///
/// Responders who could not help are counted, not named.
#[derive(Debug, clap::Args)]
pub(crate) struct Row {
    /// The round's file
    file: PathBuf,
    /// The statement that closed it
    #[arg(long, value_name = "ID")]
    round: String,
    /// The request
    request: String,
    #[command(flatten)]
    at: At,
    /// File of the officer's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

fn read(file: &Path) -> Outcome<Round> {
    let bytes = files::read(file, MAX_ROUND_BYTES as u64)?;
    Round::from_json(&bytes).map_err(|e| Problem::from(e).of(file.display()))
}

/// The one text of a round, which its commitment is over.
fn text(round: &Round) -> Outcome<Vec<u8>> {
    Ok(serde_json::to_vec(round)?)
}

fn salt_file(file: &Path) -> PathBuf {
    files::beside(file, ".salt")
}

fn read_salt(file: &Path) -> Outcome<Hash> {
    let path = salt_file(file);
    let text = files::read_text(&path)?;
    text.trim()
        .parse()
        .map_err(|e| Problem::from(e).of(path.display()))
}

pub(crate) fn close(args: &Close) -> Outcome {
    let round = read(&args.file)?;
    let salt = Hash::from(keys::random()?);
    files::write_new(
        &salt_file(&args.file),
        format!("{salt}\n").as_bytes(),
        Mode::Secret,
    )?;
    let body = json!({
        "inputs": commitment(salt.as_bytes(), &text(&round)?),
        "requests": round.asks.len(), "responders": round.helpers.len(),
    });
    let id = args.at.say(&keys::read(&args.key)?, Kind::AidRound, body)?;
    ui::line(format!("closed: round {id}"));
    ui::line("now say `matching` of each request in it; the first tick after this fixes the seed");
    Ok(Exit::Ok)
}

/// What the log says of a round, held against the file: the seed is computed here, from the entries that fix it, and is nobody's word.
fn fixed(at: &At, id: &str, round: &Round, salt: &Hash) -> Outcome<(Seed, Fixed)> {
    let mut shown = at.get(&format!("/api/v1/aid/rounds/{id}/evidence")).map_err(|problem| {
        problem.hint("if the log has not fixed the seed yet, it is the next tick: say `matching` of the requests in the round first")
    })?;
    let evidence: Evidence = serde_json::from_value(shown["evidence"].take())?;
    let trust = match &at.trust {
        Some(file) => opened::trust(file)?,
        None => TrustFile::parse(shown["trust"].as_str().unwrap_or_default())?,
    };
    let fixed = round_fixed(&evidence, &trust, id.parse()?)
        .map_err(|e| Problem::from(e).exit(Exit::Failed))?;
    if fixed.round.inputs != commitment(salt.as_bytes(), &text(round)?) {
        return Err(Problem::new("the file is not what the round closed")
            .hint("a round is computed from exactly the inputs it was closed with")
            .exit(Exit::Failed));
    }
    Ok((*fixed.seed.as_bytes(), fixed))
}

/// The offers of an outcome, by request, and the root of their tree.
pub(crate) fn offers(
    outcome: &Matched,
    salt: &Hash,
) -> Outcome<(Hash, BTreeMap<StatementId, Offer>)> {
    let mut teams = BTreeMap::new();
    for team in &outcome.teams {
        let request: StatementId = team.ask.as_str().parse()?;
        let helpers = team.parts.iter().map(|p| p.helper.as_str().parse());
        let mut helpers: Vec<StatementId> = helpers.collect::<Result<_, _>>()?;
        helpers.sort_unstable();
        helpers.dedup();
        teams.insert(request, helpers);
    }
    let mut made = BTreeMap::new();
    let mut leaves = Vec::new();
    for (index, (request, responders)) in (0..).zip(teams) {
        let parts = [SALT_DOMAIN, salt.as_bytes(), request.0.as_bytes()];
        let offer = Offer {
            matched: request,
            responders,
            salt: tlog::sha256(&parts.concat()),
            index,
            path: Vec::new(),
        };
        leaves.push(tlog::leaf_hash(&offer_leaf(&request, &offer)));
        made.insert(request, offer);
    }
    let tree = Tree::from_leaves(leaves);
    for offer in made.values_mut() {
        offer.path = tlog::inclusion_proof(&tree, offer.index, tree.size())?;
    }
    Ok((tree.root(), made))
}

pub(crate) fn match_round(args: &Match) -> Outcome {
    let (round, salt) = (read(&args.file)?, read_salt(&args.file)?);
    let (seed, said) = fixed(&args.at, &args.round, &round, &salt)?;
    let outcome = solve(round, &seed)?;
    let (root, offers) = offers(&outcome, &salt)?;
    if let Some((id, _)) = &said.outcome {
        // It is said once; what hangs on it can be written as often as wanted.
        same(&root, &said)?;
        return write_offers(&args.file, &id.to_string(), offers, &outcome);
    }
    let body = json!({
        "round": args.round, "outcome_root": root,
        "offers": offers.len(), "unserved": outcome.unserved.len(),
    });
    let key = keys::read(&args.key)?;
    let (id, entry) = args.at.prepare(&key, Kind::AidMatch, body)?;
    // The offers first: an outcome that was said and whose offers are lost helps nobody.
    let written = write_offers(&args.file, &id, offers, &outcome)?;
    args.at.submit(Kind::AidMatch, &entry)?;
    Ok(written)
}

fn write_offers(
    file: &Path,
    id: &str,
    mut offers: BTreeMap<StatementId, Offer>,
    outcome: &Matched,
) -> Outcome {
    let matched: StatementId = id.parse()?;
    for offer in offers.values_mut() {
        offer.matched = matched;
    }
    let by_request: BTreeMap<String, &Offer> =
        offers.iter().map(|(k, v)| (k.to_string(), v)).collect();
    let written = json!({"match": id, "offers": by_request, "outcome": outcome});
    let path = files::beside(file, ".offers");
    let text = serde_json::to_string(&written)?;
    files::replace_as(&path, text.as_bytes(), Mode::Secret)?;
    ui::line(format!(
        "matched: {} offers, {} requests without a team",
        by_request.len(),
        outcome.unserved.len()
    ));
    ui::line(format!(
        "offers: {}; say `offered` of each with --offers",
        path.display()
    ));
    Ok(Exit::Ok)
}

/// Whether what was computed is what the log says.
fn same(root: &Hash, said: &Fixed) -> Outcome<()> {
    let recorded = said.outcome.as_ref().map(|(_, said)| said.outcome_root);
    if recorded == Some(*root) {
        return Ok(());
    }
    let recorded = recorded.map_or_else(|| "none yet".to_owned(), |root| root.to_string());
    let text = format!("computed {root}, the record says {recorded}");
    Err(Problem::new(text).exit(Exit::Failed))
}

pub(crate) fn replay(args: &Replay) -> Outcome {
    let (round, salt) = (read(&args.file)?, read_salt(&args.file)?);
    let (seed, said) = fixed(&args.at, &args.round, &round, &salt)?;
    let outcome = solve(round, &seed)?;
    let (root, offers) = offers(&outcome, &salt)?;
    same(&root, &said)?;
    ui::line(format!("the same: {} offers, root {root}", offers.len()));
    ui::line(format!(
        "seed {} of the round and the next tick, {}",
        said.seed, said.tick
    ));
    ui::line(match args.at.trust {
        Some(_) => "verified with your trust file",
        None => {
            "self-consistent, signers not pinned: the log's key was given by this server; --trust FILE says whose log it is"
        }
    });
    Ok(Exit::Ok)
}

pub(crate) fn row(args: &Row) -> Outcome {
    let (round, salt) = (read(&args.file)?, read_salt(&args.file)?);
    let (seed, _) = fixed(&args.at, &args.round, &round, &salt)?;
    let explainer = Explainer::new(round, &seed)?;
    let row = explainer.row(&args.round.parse()?, &args.request.parse()?)?;
    let content = serde_json::to_vec(&row)?;
    let key = keys::read(&args.key)?;
    tell(&args.at, &args.request, "message", &content, &key)?;
    Ok(Exit::Ok)
}

pub(crate) fn explain(args: &Explain) -> Outcome {
    let (round, salt) = (read(&args.file)?, read_salt(&args.file)?);
    let (seed, _) = fixed(&args.at, &args.round, &round, &salt)?;
    let explainer = Explainer::new(round, &seed)?;
    let answers = explainer.explain(&args.request.parse()?, &args.responder.parse()?)?;
    ui::json(&answers);
    Ok(Exit::Ok)
}
