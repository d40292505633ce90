//! `solferino benchmark`.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;
use suggest::{Benchmark, Interval, MAX_FILE_BYTES, Options, RankerReport, Report, Weights};

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, knowledge, ui};

/// Measure the method's parts on data
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Attribution(Attribution),
}

/// Measure every ranker of `solferino suggest` on an attribution benchmark
///
/// Temporal, open-set and campaign protocols (docs/suggest.md). Weights are fitted on releases before the one
/// a case is tested against. Intervals: 95 %, clustered bootstrap by group, fixed seed.
#[derive(Debug, clap::Args)]
pub(crate) struct Attribution {
    /// A benchmark file, JSON, gzipped or not
    file: PathBuf,
    /// Test cases of this release and later ones only, such as v6.0 [default: the first release with
    /// forty earlier cases to learn from]
    #[arg(long, value_name = "RELEASE")]
    from: Option<String>,
    /// One ranker only
    #[arg(long, value_name = "NAME")]
    ranker: Option<String>,
    /// Leave out the forgery stress, which takes most of the time
    #[arg(long)]
    no_forgery: bool,
    /// Write what `solferino suggest` needs: weights learned from the whole file, and measured reliability
    #[arg(long, value_name = "FILE")]
    write_weights: Option<PathBuf>,
    /// As JSON; shares between 0 and 1
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Attribution(args) => attribution(args),
    }
}

fn attribution(args: &Attribution) -> Outcome {
    if let Some(out) = &args.write_weights {
        files::must_be_new(out)?;
    }
    let begun = Instant::now();
    let bytes = knowledge::read(&args.file, MAX_FILE_BYTES)?;
    let problem = |e: suggest::FileError| {
        Problem::from(e)
            .of(args.file.display())
            .hint("docs/suggest.md describes the file; `--help` shows the options")
    };
    let file = Benchmark::parse(&bytes).map_err(problem)?;
    if let Some(out) = &args.write_weights {
        let digest = tlog::sha256(&bytes).to_string();
        let weights = Weights::learn(&file, digest, args.from.as_deref()).map_err(problem)?;
        let text = serde_json::to_string_pretty(&weights).unwrap_or_default();
        files::replace(out, format!("{text}\n").as_bytes())?;
        ui::remark(format!("written: {}", out.display()));
    }
    let options = Options {
        from: args.from.clone(),
        ranker: args.ranker.clone(),
        without_forgery: args.no_forgery,
    };
    let report = suggest::run(&file, &options).map_err(problem)?;
    let seconds = begun.elapsed().as_secs_f64();
    if args.json {
        ui::json(&json!({"report": report, "seconds": seconds}));
        return Ok(Exit::Ok);
    }
    print(&report);
    ui::line(format!("{seconds:.1} s"));
    Ok(Exit::Ok)
}

fn print(report: &Report) {
    ui::line(format!(
        "cases of releases {} to {}; the first release learns from {} earlier cases",
        report.from, report.to, report.learned_from
    ));
    for note in &report.notes {
        ui::line(format!("note: {note}"));
    }
    if let Some(t) = report.rankers.first().map(|r| &r.temporal) {
        let candidates = format!("{:.0} candidates on average", t.candidates);
        ui::line(format!(
            "{} temporal cases of {} groups, {candidates}",
            t.cases, t.clusters
        ));
    }
    temporal(&report.rankers);
    calibration(&report.rankers);
    differences(&report.rankers);
    open_world(&report.rankers);
    forgery(&report.rankers);
    campaigns(&report.rankers);
}

fn title(text: &str) {
    ui::line("");
    ui::line(text);
    ui::line("");
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

fn percents(i: &Interval) -> String {
    format!(
        "{:.1} [{:.0}, {:.0}]",
        100.0 * i.value,
        100.0 * i.low,
        100.0 * i.high
    )
}

fn plain(i: &Interval) -> String {
    format!("{:.3} [{:.2}, {:.2}]", i.value, i.low, i.high)
}

fn rows(
    rankers: &[RankerReport],
    cells: impl Fn(&RankerReport) -> Option<Vec<String>>,
) -> Vec<Vec<String>> {
    let with_name = |r: &RankerReport| {
        let mut row = vec![r.name.to_owned()];
        row.extend(cells(r)?);
        Some(row)
    };
    rankers.iter().filter_map(with_name).collect()
}

fn temporal(rankers: &[RankerReport]) {
    title("Known authors (temporal): % of cases, mean reciprocal rank, log loss in nats");
    let rows = rows(rankers, |r| {
        let t = &r.temporal;
        Some(vec![
            percents(&t.top1),
            percents(&t.top3),
            percents(&t.top10),
            plain(&t.mrr),
            plain(&t.log_loss),
        ])
    });
    ui::table(
        &["ranker", "top-1", "top-3", "top-10", "MRR", "log loss"],
        &rows,
    );
}

fn calibration(rankers: &[RankerReport]) {
    title("Calibration of the first suggestion; precision of the most confident 10, 20, 30, 50 %");
    let rows = rows(rankers, |r| {
        let t = &r.temporal;
        let coverage: Vec<String> = t
            .coverage
            .iter()
            .map(|c| format!("{:.0}", 100.0 * c.precision))
            .collect();
        Some(vec![
            plain(&t.brier),
            format!("{:.3}", t.ece),
            format!("{:.3}", t.ece_equal_count),
            coverage.join("/"),
        ])
    });
    let heads = [
        "ranker",
        "Brier",
        "ECE (deciles)",
        "ECE (equal count)",
        "precision",
    ];
    ui::table(&heads, &rows);
}

fn differences(rankers: &[RankerReport]) {
    title("Less the conditional logit, same cases and draws: points of %, MRR, nats");
    let rows = rows(rankers, |r| {
        let p = r.paired.as_ref()?;
        Some(vec![
            percents(&p.top1),
            percents(&p.top3),
            plain(&p.mrr),
            plain(&p.log_loss),
        ])
    });
    ui::table(&["ranker", "top-1", "top-3", "MRR", "log loss"], &rows);
}

fn open_world(rankers: &[RankerReport]) {
    let Some(first) = rankers.iter().find_map(|r| r.open_world.as_ref()) else {
        return;
    };
    title(&format!(
        "Unknown authors among them: {} cases of known authors, {} of unknown ones ({} %)",
        first.known,
        first.unknown,
        percent(first.unknown_share)
    ));
    let rows_none = rows(rankers, |r| {
        let o = r.open_world.as_ref()?;
        Some(vec![
            percent(o.mean_none),
            format!(
                "{} / {}",
                percent(o.mean_none_by_truth[0]),
                percent(o.mean_none_by_truth[1])
            ),
            o.auroc.map_or("-".to_owned(), |a| format!("{a:.2}")),
            format!("{:.3} ({:.3})", o.none_brier, o.none_brier_base_rate),
            format!("{:.3}", o.none_ece),
            format!("{:.3}", o.log_loss),
        ])
    });
    let heads = [
        "ranker",
        "P(none) %",
        "unknown / known",
        "AUROC",
        "Brier (share alone)",
        "ECE",
        "log loss",
    ];
    ui::table(&heads, &rows_none);
    title(
        "Named from P on: cases, precision, unknown authors wrongly named (open world; then ignoring \"none\")",
    );
    let rows_named = rows(rankers, |r| {
        let o = r.open_world.as_ref()?;
        let cell = |n: &suggest::NamedAt| {
            let precision = n.precision.map_or("-".to_owned(), |p| format!("{p:.3}"));
            format!("{} {precision} {}", n.named, n.unknown_wrongly_named)
        };
        Some(
            o.named
                .iter()
                .chain(o.named_closed.last())
                .map(cell)
                .collect(),
        )
    });
    let mut heads = vec!["ranker".to_owned()];
    heads.extend(first.named.iter().map(|n| format!("P >= {}", n.threshold)));
    heads.extend(
        first
            .named_closed
            .last()
            .map(|n| format!("closed P >= {}", n.threshold)),
    );
    ui::table(
        &heads.iter().map(String::as_str).collect::<Vec<_>>(),
        &rows_named,
    );
}

fn forgery(rankers: &[RankerReport]) {
    let Some(first) = rankers.iter().find_map(|r| r.forgery.as_ref()) else {
        return;
    };
    title(&format!(
        "Forgery: % of right answers flipped by the {} best artefacts of another group: any (mean), runner-up, worst",
        first.planted
    ));
    let rows = rows(rankers, |r| {
        let f = r.forgery.as_ref()?;
        let cell = |a: &suggest::ForgeryAt| {
            let share = |s: Option<f64>| s.map_or("-".to_owned(), |s| format!("{:.0}", 100.0 * s));
            let mean = a.flipped.map_or("-".to_owned(), percent);
            let (runner_up, best) = (share(a.flipped_by_runner_up), share(a.flipped_by_best));
            format!("{mean} {runner_up} {best} of {}", a.answers)
        };
        Some(f.at.iter().map(cell).collect())
    });
    let mut heads = vec!["ranker".to_owned()];
    heads.extend(first.at.iter().map(|a| format!("P >= {}", a.confidence)));
    ui::table(&heads.iter().map(String::as_str).collect::<Vec<_>>(), &rows);
}

fn campaigns(rankers: &[RankerReport]) {
    let Some(first) = rankers.iter().find(|r| !r.campaigns.is_empty()) else {
        return;
    };
    title("Campaigns: rank of the group they are attributed to, and its probability");
    let mut heads = vec!["campaign", "release", "features"];
    heads.extend(rankers.iter().map(|r| r.name));
    let row = |(at, c): (usize, &suggest::CampaignResult)| {
        let mut row = vec![
            c.campaign.clone(),
            c.release.clone(),
            c.known_features.to_string(),
        ];
        row.extend(
            rankers
                .iter()
                .filter_map(|r| r.campaigns.get(at))
                .map(|c| format!("{} {:.2}", c.rank, c.probability)),
        );
        row
    };
    let rows: Vec<Vec<String>> = first.campaigns.iter().enumerate().map(row).collect();
    ui::table(&heads, &rows);
}
