//! The sentences of a finding, in the reader's language. They add no judgement to what the
//! evaluation says; a likelihood and a confidence never stand in one of them.

use method::{Evaluation, LinchpinKind, PlantingCost, Standard};
use record::body::case::Question;
use record::body::outcome::{BlindReviews, Proposal};

use super::names;
use crate::text::{Markup, Say, Texts, markup};

/// What a finding says of who did it, as codes.
pub(super) struct Said<'a> {
    pub(super) outcome: &'a str,
    pub(super) state: Option<&'a str>,
    pub(super) actor: Option<&'a str>,
    pub(super) exonerated: Vec<&'a str>,
}

/// Who did it, in one sentence.
pub(super) fn outcome(t: Texts, proposal: &Proposal) -> Markup {
    said(t, &codes(proposal))
}

fn codes(proposal: &Proposal) -> Said<'_> {
    let named = proposal.named.as_ref();
    Said {
        outcome: crate::words::outcome_code(proposal.outcome),
        state: named.map(|n| n.state.as_str()),
        actor: named.and_then(|n| n.actor.as_deref()),
        exonerated: proposal.exonerated.iter().map(|c| c.as_str()).collect(),
    }
}

/// The same without markup, for feeds and pictures.
pub(super) fn outcome_plain(t: Texts, proposal: &Proposal) -> String {
    let says = clauses(t, &codes(proposal)).into_iter().map(Say::plain);
    says.collect::<Vec<_>>().join(" ")
}

/// The same from its codes.
pub(super) fn said(t: Texts, said: &Said<'_>) -> Markup {
    let says = clauses(t, said).into_iter().map(|say| say.html().0);
    markup(says.collect::<Vec<_>>().join(" "))
}

/// One sentence, or two where a state is cleared beside whatever else is found.
fn clauses(t: Texts, said: &Said<'_>) -> Vec<Say> {
    let cleared = || {
        let states = names::states(t, &said.exonerated);
        t.say("finding.exonerated").word("states", states)
    };

    match (said.outcome, said.state) {
        ("attributed", Some(state)) => {
            let to = match said.actor {
                Some(actor) => t.say("finding.attributed-actor").with("actor", actor),
                None => t.say("finding.attributed-state"),
            };
            let to = to.word("state", names::state(t, state));
            let also = (!said.exonerated.is_empty()).then(cleared);
            std::iter::once(to).chain(also).collect()
        }
        ("attributed", None) => vec![t.say("finding.attributed")],
        ("not-attributed", _) => vec![t.say("finding.not-attributed")],
        ("exonerated", _) => vec![cleared()],
        _ => vec![t.say("finding.claim-checked")],
    }
}

fn both(first: Markup, second: Markup) -> Markup {
    markup(format!("{} {}", first.0, second.0))
}

/// How likely, in one sentence with the word, the number and the range. It names a state only where
/// a standard is reached, and not on territory or infrastructure alone; the check of a claim that
/// names nobody names nobody here either.
pub(super) fn likelihood(t: Texts, question: &Question, named: bool, e: &Evaluation) -> Markup {
    if matches!(question, Question::Claim(_)) && !named {
        return t.say("finding.likely-claim").html();
    }
    let Some(top) = e.top() else {
        return t.say("finding.likely-none").html();
    };
    let territory = e
        .infrastructure_only
        .as_ref()
        .is_some_and(|i| i.rests_on_territory_or_infrastructure_alone);
    let say = if e.standard == Standard::None || territory {
        t.say("finding.likely-unnamed")
    } else {
        t.say("finding.likely-named")
            .word("state", names::state(t, &top.state))
    };
    let say = say.word("clause", t.word("clause", &top.word));
    let say = say.word("percent", t.percent_of(top.p));
    say.word("range", t.range_of(top.p5, top.p95)).html()
}

/// How likely it is of the unit that is named, in a sentence of its own: the state's figure is the sum
/// over its units and says nothing of one of them.
pub(super) fn likelihood_of_unit(t: Texts, proposal: &Proposal, e: &Evaluation) -> Option<Markup> {
    let unit = unit(proposal, e)?;
    let word = method::likelihood_word(unit.p);
    let say = t.say("finding.likely-unit").with("actor", &unit.actor);
    let say = say.word("clause", t.word("clause", &word));
    let say = say.word("percent", t.percent_of(unit.p));
    Some(say.word("range", t.range_of(unit.p5, unit.p95)).html())
}

/// The figures of whom a finding names, each beside its own name; empty where nobody is named.
pub(super) fn figures_by_name(t: Texts, proposal: &Proposal, e: &Evaluation) -> Vec<String> {
    let Some(named) = &proposal.named else {
        return Vec::new();
    };
    let line = |name: String, p: f64, range: String| {
        let say = t.say("finding.likely-of").word("name", name);
        let word = method::likelihood_word(p);
        let say = say.word("word", t.word("likelihood", &word));
        let say = say.word("percent", t.percent_of(p)).word("range", range);
        say.plain()
    };
    let state = e.states.iter().find(|s| s.state == named.state.as_str());
    let state = state.map(|s| {
        let range = t.range_of(s.p5, s.p95);
        line(names::state(t, &s.state), s.p, range)
    });
    let unit = unit(proposal, e).map(|u| line(u.actor.clone(), u.p, t.range_of(u.p5, u.p95)));
    state.into_iter().chain(unit).collect()
}

fn unit<'a>(proposal: &Proposal, e: &'a Evaluation) -> Option<&'a method::ActorResult> {
    let actor = proposal.named.as_ref()?.actor.as_ref()?;
    e.actors.iter().find(|a| &a.actor == actor)
}

/// How well founded, apart from how likely.
pub(super) fn confidence(t: Texts, e: &Evaluation) -> Markup {
    let level = t.word("confidence", &e.confidence.level);
    t.say("finding.confident").word("level", level).html()
}

/// The grounds of the confidence: key assumptions, sourcing, argument.
pub(super) fn grounds(t: Texts, inputs: &method::Case, e: &Evaluation) -> Vec<Markup> {
    let actors = &inputs.hypotheses.actors;
    let none = actors
        .iter()
        .find(|a| a.kind == method::input::ActorKind::NoneOfThese);
    let assumed = t
        .say("finding.ground-assumptions")
        .word("none", t.share(none.map_or(0, |a| a.prior_ppm)))
        .word("delta", t.share(inputs.hypotheses.delta_ppm));
    let turn = match e.break_even_delta_ppm {
        Some(ppm) => t.say("finding.ground-turn").word("percent", t.share(ppm)),
        None => t.say("finding.ground-no-turn"),
    };
    let c = &e.confidence;
    let worst = match c.worst {
        Some(p) => t
            .say("finding.ground-worst")
            .word("percent", t.percent_of(p)),
        None => t.say("finding.ground-no-strand"),
    };
    let reviewers = match c.jsd_bits {
        Some(bits) => t
            .say("finding.ground-reviewers")
            .word("bits", t.decimal(bits, 3)),
        None => t.say("finding.ground-no-review"),
    };
    let argument = t
        .say("finding.ground-argument")
        .word("width", t.decimal(c.width, 3));
    let argument = argument.number("linchpins", e.linchpins.len()).html();
    vec![
        both(assumed.html(), turn.html()),
        sourcing(t, inputs, e),
        both(both(argument, worst.html()), reviewers.html()),
    ]
}

fn sourcing(t: Texts, inputs: &method::Case, e: &Evaluation) -> Markup {
    let sources = || inputs.items.iter().map(|i| &i.source);
    let organisations: std::collections::BTreeSet<_> = sources().map(|s| &s.organisation).collect();
    let states: std::collections::BTreeSet<_> =
        sources().filter_map(|s| s.state.as_ref()).collect();
    let say = t
        .say("finding.ground-sourcing")
        .number("items", inputs.items.len());
    let say = say.number("organisations", organisations.len());
    let say = say.number("jurisdictions", states.len());
    let say = say.number("supporting", e.confidence.supporting);
    // a share in [0, 1] fits
    let share = (e.confidence.recheckable_share * 1e6 + 0.5) as u32;
    say.word("share", t.share(share)).html()
}

/// What it would cost to forge the result.
pub(super) fn planting(t: Texts, planting: &PlantingCost) -> Markup {
    let list = |items: &[String]| t.list(items);
    match planting {
        PlantingCost::Flips { cost: 1, items } => t
            .say("finding.planting-one")
            .with("items", list(items))
            .html(),
        PlantingCost::Flips { cost, items } => {
            let say = t.say("finding.planting-many").number("cost", *cost);
            say.with("items", list(items)).html()
        }
        PlantingCost::None { plantable } => t
            .say("finding.planting-none")
            .number("plantable", *plantable)
            .html(),
        PlantingCost::MoreThan { k, plantable, best } => {
            let say = t.say("finding.planting-more").number("k", *k);
            let more = say.number("plantable", *plantable).html();
            let Some(set) = best else { return more };
            let best = t.say("finding.planting-best").number("count", set.len());
            both(more, best.with("items", list(set)).html())
        }
    }
}

/// What the result hangs on: what changes it alike in one sentence, in the order of the evaluation.
pub(super) fn linchpins(t: Texts, e: &Evaluation) -> Vec<Markup> {
    let mut alike: Vec<(&method::Linchpin, Vec<String>)> = Vec::new();
    for l in &e.linchpins {
        let id = match l.kind {
            LinchpinKind::SourceState => names::state(t, &l.id),
            _ => l.id.clone(),
        };
        let name = format!("{} {id}", removal_kind(t, l.kind));
        let same = |(first, _): &&mut (&method::Linchpin, Vec<String>)| {
            (first.word, first.changes_top) == (l.word, l.changes_top)
        };
        match alike.iter_mut().find(same) {
            Some((_, names)) => names.push(name),
            None => alike.push((l, vec![name])),
        }
    }
    let sentence = |(l, names): (&method::Linchpin, Vec<String>)| {
        let say = match l.changes_top {
            true => t.say("finding.linchpin-top"),
            false => t.say("finding.linchpin"),
        };
        let say = say.word("word", t.word("likelihood", &l.word));
        say.with("list", t.list(&names)).html()
    };
    alike.into_iter().map(sentence).collect()
}

/// What was left out, in a word.
pub(super) fn removal_kind(t: Texts, kind: LinchpinKind) -> String {
    t.word("removal", &kind)
}

/// How many reviews were written without knowing the names, and whether that can be checked.
pub(super) fn blind(t: Texts, blind: &BlindReviews, map_open: bool) -> Markup {
    match (&blind.mask, map_open) {
        (None, _) if blind.stated == 0 => t.say("finding.blind-none").html(),
        (None, _) => t
            .say("finding.blind-unmasked")
            .number("stated", blind.stated)
            .html(),
        (Some(_), open) => {
            let counted = t
                .say("finding.blind-counted")
                .number("counted", blind.counted);
            let map = if open {
                "finding.map-open"
            } else {
                "finding.map-sealed"
            };
            both(
                counted.number("stated", blind.stated).html(),
                t.say(map).html(),
            )
        }
    }
}

/// The party that is judged.
pub(super) fn party(t: Texts, party: &norms::Party) -> String {
    if party.is_unnamed() {
        return t.s("finding.party-unnamed").to_owned();
    }
    match party.is_state() {
        true => names::state(t, party.as_str()),
        false => party.as_str().to_owned(),
    }
}
