//! A founded record in memory with everyone enrolled.

use record::body::outcome::Proposal;
use record::ids::CaseId;
use record::kind::Kind;
use record::refusal::Code;
use record::time::Timestamp;
use rehearsal::{
    CaseFile, CaseScript, Cast, MemoryDesk, Procedure, RehearsalError, SeatSpecRole, corpus,
};
use serde_json::json;

pub(crate) const DAY_S: u32 = 86_400;

pub(crate) const ORIGIN: &str = "record.example/rehearsal";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn cast() -> Cast {
    Cast::new([7; 32], ORIGIN, &corpus::panel().unwrap()).unwrap()
}

/// A founded record at the start of 2014.
pub(crate) fn founded(cast: &Cast) -> MemoryDesk {
    rehearsal::founded(cast, at("2014-01-01T00:00:00Z")).unwrap()
}

/// A case in which three independent, re-checkable strands speak for state XA: S2 is within reach.
pub(crate) fn script(id: &str) -> CaseScript {
    let strand = |n: &str| format!("[[strands]]\nid = \"{n}\"\nrho_ppm = 500000\nc_ppm = 60000\n");
    let item = |n: &str, kind: &str| {
        format!(
            "[[items]]\nstage = 0\nid = \"I-{n}\"\nstrand = \"{n}\"\nkind = \"{kind}\"\nreliability = \"A\"\ncredibility = 1\n\
             phi_ppm = 200000\nlr = [{{ actor = \"ALPHA\", mban = [1500, 2000, 2500] }}]\nupstream = [\"up-{n}\"]\nrecheckable = true\n\
             source = {{ organisation = \"org-{n}\", state = \"CH\", bloc = \"none\" }}\nwhat = \"Observation {n}\"\n\
             public_source = \"A source\"\nknown = \"2014-02-01\"\n"
        )
    };
    let text = format!(
        "id = \"{id}\"\ntitle = \"A case\"\nsummary = \"What happened.\"\nvictim_sector = \"health\"\nhappened = \"2014-01-15\"\n\
         [hypotheses]\ndelta_ppm = 50000\n\
         actors = [{{ id = \"ALPHA\", kind = \"state\", state = \"XA\", prior_ppm = 200000 }},\n\
         {{ id = \"BETA\", kind = \"state\", state = \"XB\", prior_ppm = 200000 }},\n\
         {{ id = \"U\", kind = \"none-of-these\", prior_ppm = 600000 }}]\n\
         relations = [{{ state = \"XA\", allied = [], adversary = [] }}]\n{}{}\
         [[stages]]\nlabel = \"T0\"\ncutoff = \"2014-02-01\"\nnote = \"All of it.\"\n",
        ["S1", "S2", "S3", "S4"].map(strand).concat(),
        [
            ("S1", "malware"),
            ("S2", "tradecraft"),
            ("S3", "infrastructure"),
            ("S4", "judicial")
        ]
        .map(|(n, k)| item(n, k))
        .concat(),
    );
    toml::from_str(&text).unwrap()
}

/// Plays a script up to the moment before the votes; gives the proposal.
pub(crate) fn until_votes(p: &mut Procedure<'_, MemoryDesk>, script: &CaseScript) -> Proposal {
    before_panel(p, script, true);
    reviewed(p, script)
}

/// Plays a script up to the end of its analysis.
pub(crate) fn before_panel(
    p: &mut Procedure<'_, MemoryDesk>,
    script: &CaseScript,
    consent: bool,
) -> CaseFile {
    p.go_to(script.stages[0].cutoff.start()).unwrap();
    let file = p
        .report(&script.id, "disruption", "health", "2014-01-15", "account")
        .unwrap();
    if consent {
        p.consent(&file, "public").unwrap();
    }
    p.open_script(&file, script).unwrap();
    p.analyse(script, 0).unwrap();
    file
}

/// Votes of the whole panel, all to publish, and everything opened.
pub(crate) fn vote_and_open(p: &mut Procedure<'_, MemoryDesk>, case: &CaseId, proposal: &Proposal) {
    let reviewers: Vec<_> = p.cast.with_role(SeatSpecRole::Reviewer).collect();
    for reviewer in reviewers {
        p.vote(case, reviewer, proposal, "publish").unwrap();
    }
    p.disclose_votes(case).unwrap();
    p.disclose_analysis(case).unwrap();
}

/// The refusal code of a step that must be refused.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, RehearsalError>) -> Code {
    let error = result.expect_err("this must be refused");
    error
        .code()
        .unwrap_or_else(|| panic!("not a refusal by the rules: {error}"))
}

/// The panel reviews; the state the proposal would name, if any, is notified and its window
/// closes. Gives the proposal after that.
fn reviewed(p: &mut Procedure<'_, MemoryDesk>, script: &CaseScript) -> Proposal {
    p.assign(&script.id).unwrap();
    p.review_all(script).unwrap();
    p.disclose_reviews(&script.id).unwrap();
    if let Some(named) = p.propose(&script.id).unwrap().0.named {
        let (notice, _) = p.notice(&script.id, named.state.as_str()).unwrap();
        p.wait(15 * DAY_S).unwrap();
        let registrar = p.player(SeatSpecRole::Registrar).unwrap();
        p.say(
            &registrar.key,
            Kind::ReplyNone,
            Some(&script.id),
            json!({"notice": notice}),
        )
        .unwrap();
    }
    p.propose(&script.id).unwrap().0
}

/// From the panel to opened votes.
pub(crate) fn rest_of_round(p: &mut Procedure<'_, MemoryDesk>, s: &CaseScript) -> Proposal {
    let proposal = reviewed(p, s);
    vote_and_open(p, &s.id, &proposal);
    proposal
}
