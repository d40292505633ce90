//! The drawings of a finding and a case, from the figures that stand in the tables beside them.

use record::time::Timestamp;

use super::evidence::{Held, OriginRow};
use super::figures::{StrandRow, Votes};
use super::finding::Found;
use super::{matrix, names, sentences};
use crate::charts::{self, Bar, Interval, Lane, Link, Mark, Range, Said, Sign, Squares};
use crate::text::{Lang, Markup, Texts};

/// Most rows of one drawing; the table has all.
const MAX_ROWS: usize = 24;

fn said<'a>(t: Texts, id: &'a str, title: &'a str, desc: &'a str) -> Said<'a> {
    Said {
        id,
        title,
        desc,
        rtl: t.0 == Lang::Ar,
    }
}

/// The likelihood on the scale of words; none where no state was considered, or the check of a claim
/// names nobody.
pub(super) fn interval(t: Texts, found: &Found) -> Option<Markup> {
    let proposal = &found.finding.finding.proposal;
    if found.question.claim().is_some() && proposal.named.is_none() {
        return None;
    }
    let top = found.finding.replayed.evaluation.top()?;
    let say = t
        .say("finding.interval-desc")
        .word("low", t.percent_of(top.p5));
    let say = say.word("high", t.percent_of(top.p95));
    let desc = say.word("percent", t.percent_of(top.p)).plain();
    let whose = match proposal.named {
        Some(_) => names::state(t, &top.state),
        None => t.s("finding.interval-unnamed").to_owned(),
    };
    let label = format!(
        "{whose} · {} · {}",
        t.word("likelihood", &top.word),
        t.percent_of(top.p)
    );
    let shown = Interval {
        p: top.p,
        low: top.p5,
        high: top.p95,
        label: &label,
        ends: [t.s("finding.interval-low"), t.s("finding.interval-high")],
    };
    Some(charts::interval(
        said(t, "interval", t.s("finding.interval"), &desc),
        shown,
    ))
}

/// The states considered, each with its range.
pub(super) fn states(
    t: Texts,
    e: &method::Evaluation,
    nobody: Option<&'static str>,
) -> Option<Markup> {
    let rows: Vec<_> = e
        .states
        .iter()
        .take(MAX_ROWS)
        .map(|s| Range {
            label: names::state(t, &s.state),
            p: s.p,
            low: s.p5,
            high: s.p95,
            figure: t.percent_of(s.p),
        })
        .collect();
    let title = [Some(t.s("finding.states-caption")), nobody];
    let title: Vec<_> = title.into_iter().flatten().collect();
    let title = title.join(". ");
    let said = said(t, "states-drawn", &title, t.s("finding.states-desc"));
    (!rows.is_empty()).then(|| charts::ranges(said, &rows))
}

/// The strands with their caps.
pub(super) fn caps(t: Texts, strands: &[StrandRow]) -> Option<Markup> {
    let rows: Vec<_> = strands
        .iter()
        .take(MAX_ROWS)
        .map(|s| Bar {
            label: s.strand.clone(),
            value: s.weight_bans,
            cap: s.cap_bans,
            figure: s.weight.clone(),
        })
        .collect();
    let said = said(
        t,
        "caps-drawn",
        t.s("finding.caps-caption"),
        t.s("finding.caps-desc"),
    );
    (!rows.is_empty()).then(|| charts::caps(said, &rows))
}

/// The leading state's likelihood without one thing: those that matter most, in the table's order.
pub(super) fn without(t: Texts, e: &method::Evaluation) -> Option<Markup> {
    let whole = e.top()?.p;
    let parts = matrix::left_out(e).into_iter();
    let all = parts.flat_map(|(kind, removed)| removed.iter().map(move |r| (kind, r)));
    let mut all: Vec<_> = all.enumerate().collect();
    all.sort_by(|(_, (_, a)), (_, (_, b))| (b.p - whole).abs().total_cmp(&(a.p - whole).abs()));
    all.truncate(MAX_ROWS);
    all.sort_by_key(|(place, _)| *place);
    let bar = |(_, (kind, r)): (usize, (method::LinchpinKind, &method::Removal))| Bar {
        label: format!("{} {}", sentences::removal_kind(t, kind), r.removed),
        value: r.p,
        cap: 0.0,
        figure: t.percent_of(r.p),
    };
    let rows: Vec<_> = all.into_iter().map(bar).collect();
    let said = said(
        t,
        "without-drawn",
        t.s("finding.without-caption"),
        t.s("finding.without-desc"),
    );
    (!rows.is_empty()).then(|| charts::bars(said, &rows, whole))
}

/// The votes by region.
pub(super) fn votes(t: Texts, found: &Found) -> Option<Markup> {
    let row = |(region, v): (&&'static str, &Votes)| Squares {
        label: t.of("region", region),
        counts: [v.publish, v.object, v.abstain, v.sealed],
    };
    let rows: Vec<_> = found.votes.iter().map(row).collect();
    let said = said(
        t,
        "votes-drawn",
        t.s("finding.votes-caption"),
        t.s("finding.votes-desc"),
    );
    (!rows.is_empty()).then(|| charts::votes(said, &rows))
}

/// Sources and origins.
pub(super) fn origins(t: Texts, rows: &[OriginRow]) -> Option<Markup> {
    let link = |r: &OriginRow| Link {
        source: r.source.clone(),
        origin: r.origin.clone(),
        own: r.own,
    };
    let links: Vec<_> = rows.iter().map(link).collect();
    let [title, desc] = [
        t.s("finding.corroboration-caption"),
        t.s("finding.corroboration-desc"),
    ];
    let said = said(t, "origins-drawn", title, desc);
    (!links.is_empty()).then(|| charts::graph(said, &links))
}

/// The words for the ends of a line of time.
fn ends(t: Texts, lanes: &[Lane]) -> [String; 2] {
    let all = || lanes.iter().flat_map(|l| &l.marks).map(|m| m.at);
    let day = |seconds: Option<i64>| {
        let time = Timestamp::from_unix_seconds(seconds.unwrap_or(0));
        time.map_or_else(|_| String::new(), |time| t.day(time.day()))
    };
    [day(all().min()), day(all().max())]
}

fn lanes_of_time(said: Said<'_>, t: Texts, lanes: &[Lane]) -> Option<Markup> {
    let [first, last] = ends(t, lanes);
    (!lanes.is_empty()).then(|| charts::timeline(said, lanes, [&first, &last]))
}

/// What happened to each exhibit, on a line of time.
pub(super) fn custody(t: Texts, held: &[Held]) -> Option<Markup> {
    let lane = |h: &Held| {
        let acquired = Mark {
            at: h.body.acquired.start().unix_seconds(),
            sign: Sign::Ring,
        };
        let later = h.custody.iter().map(|(time, _)| Mark {
            at: time.unix_seconds(),
            sign: Sign::Dot,
        });
        Lane {
            label: h.body.sha256.to_string().chars().take(12).collect(),
            marks: std::iter::once(acquired).chain(later).collect(),
        }
    };
    let lanes: Vec<_> = held.iter().take(MAX_ROWS).map(lane).collect();
    let [title, desc] = [
        t.s("finding.evidence-caption"),
        t.s("finding.evidence-desc"),
    ];
    lanes_of_time(said(t, "custody-drawn", title, desc), t, &lanes)
}

/// The main steps of a case on a line of time: name and moments of each.
pub(super) fn steps(t: Texts, steps: &[(String, Vec<Timestamp>)]) -> Option<Markup> {
    let mark = |time: &Timestamp| Mark {
        at: time.unix_seconds(),
        sign: Sign::Dot,
    };
    let lane = |(name, times): &(String, Vec<Timestamp>)| Lane {
        label: name.clone(),
        marks: times.iter().map(mark).collect(),
    };
    let lanes: Vec<_> = steps.iter().map(lane).collect();
    lanes_of_time(
        said(t, "steps-drawn", t.s("case.steps"), t.s("case.steps-desc")),
        t,
        &lanes,
    )
}

/// The cases of a page of the register on one line of time.
pub(super) fn cases(t: Texts, lanes: &[Lane]) -> Option<Markup> {
    let [title, desc] = [t.s("register.timeline"), t.s("register.timeline-desc")];
    lanes_of_time(said(t, "cases-drawn", title, desc), t, lanes)
}
