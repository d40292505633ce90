//! `solferino claim`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use record::body::claim::{Assertion, MAX_ASSERTIONS};
use record::ids::{CaseId, MediaType, Slug, StatementId};
use record::time::Day;
use serde_json::{Value, json};
use store::Record;
use tlog::Hash;

use crate::claim::{self, Basis, Draft, DraftAssertion, MAX_OBJECTS_BYTES, shown};
use crate::files::{self, Mode};
use crate::problem::{Exit, Outcome, Problem};
use crate::template::CASE_PLACEHOLDER;
use crate::{opened, ui};

/// Largest text of a claim, in bytes (16 MiB).
const MAX_CLAIM_TEXT_BYTES: u64 = 16 << 20;
/// Most lines of each list printed for people; `--json` gives all.
const MAX_PRINTED: usize = 40;

/// Read claims made by others
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Import(Import),
}

/// Read a public attribution and draft the statements that open a case on it
///
/// Says what was read as an assertion, what was kept and not read, and what was refused and why.
/// With --record and --out it puts both files into the vault byte for byte and writes drafts for the
/// registrar to check: `report.jsonc` and `case.open.jsonc`, and the exhibits to declare once the
/// case is open. Nothing is signed or submitted. An assertion is its publisher's, never a finding.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The claim's text, exactly as published
    text: PathBuf,
    /// The STIX 2 bundle or MISP event that came with it, as JSON
    objects: Option<PathBuf>,
    /// Who published it, as a short word; from the objects if absent
    #[arg(long)]
    publisher: Option<Slug>,
    /// Day it was published; from the objects if absent
    #[arg(long, value_name = "DAY")]
    published: Option<Day>,
    /// Media type of the text
    #[arg(long, default_value = "text/plain")]
    media_type: MediaType,
    /// Also take states that a MISP galaxy gives: the publisher's tag need not have meant them
    #[arg(long)]
    galaxy_states: bool,
    /// Folder of the record
    #[arg(long, value_name = "DIR", requires = "out")]
    record: Option<PathBuf>,
    /// Folder for the drafts; must not exist
    #[arg(long, value_name = "DIR", requires = "record")]
    out: Option<PathBuf>,
    /// Name of the case to open
    #[arg(long, value_name = "ID")]
    case: Option<CaseId>,
    /// A report the case starts from
    #[arg(long, value_name = "STATEMENT")]
    report: Vec<StatementId>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    let Command::Import(args) = command;
    import(&args)
}

fn import(args: &Import) -> Outcome {
    let text = files::read(&args.text, MAX_CLAIM_TEXT_BYTES)?;
    if args.media_type.as_str().starts_with("text/") && std::str::from_utf8(&text).is_err() {
        let problem = Problem::new(format!("{}: not UTF-8", args.text.display()));
        return Err(problem.hint("give its media type with --media-type, like application/pdf"));
    }
    let mut objects = None;
    let mut draft = None;
    if let Some(path) = &args.objects {
        let bytes = files::read(path, MAX_OBJECTS_BYTES as u64)?;
        let read = claim::assertions(&bytes).map_err(|e| {
            let hint = e.hint();
            Problem::from(e).of(path.display()).hint(hint)
        })?;
        objects = Some(bytes);
        draft = Some(read);
    }
    let taken = taken(draft.as_ref(), args.galaxy_states)?;
    let written = match (&args.record, &args.out) {
        (Some(record), Some(out)) => {
            let origin = Origin::of(args, draft.as_ref())?;
            let record = opened::record(record)?;
            write(
                args,
                &record,
                out,
                &origin,
                &taken,
                (&text, objects.as_deref()),
            )?
        }
        _ => Vec::new(),
    };
    if args.json {
        let taken: Vec<_> = taken.iter().map(|(a, _)| a).collect();
        ui::json(&json!({
            "text_sha256": tlog::sha256(&text), "objects_sha256": objects.as_deref().map(tlog::sha256),
            "read": draft, "assertions": taken, "written": written,
        }));
        return Ok(Exit::Ok);
    }
    print(draft.as_ref(), &taken, &written);
    Ok(Exit::Ok)
}

/// Who made the claim, and when.
struct Origin {
    publisher: Slug,
    published: Day,
}

impl Origin {
    fn of(args: &Import, draft: Option<&Draft>) -> Outcome<Self> {
        let said = draft.and_then(|d| d.publisher.as_deref());
        let publisher = args.publisher.clone().or_else(|| claim::slug(said?));
        let publisher = publisher.ok_or_else(|| {
            Problem::new("nobody is named as the publisher").hint("give it with --publisher")
        })?;
        let said = draft.and_then(|d| d.published.as_deref()?.parse().ok());
        let published = args.published.or(said).ok_or_else(|| {
            Problem::new("no day of publication is given").hint("give it with --published")
        })?;
        Ok(Self {
            publisher,
            published,
        })
    }
}

/// The drafts that become assertions: the firmest first, as many as a claim takes.
fn taken(draft: Option<&Draft>, galaxy: bool) -> Outcome<Vec<(Assertion, &DraftAssertion)>> {
    let all = draft.into_iter().flat_map(|d| &d.assertions);
    let mut drafts: Vec<_> = all.filter(|d| galaxy || d.basis != Basis::Galaxy).collect();
    drafts.sort_by_key(|d| d.basis);
    let mut out = Vec::new();
    for (n, draft) in drafts.into_iter().take(MAX_ASSERTIONS).enumerate() {
        let id = claim::assertion_id(n).ok_or_else(|| Problem::new("no identifier is left"))?;
        let says = draft.says.clone();
        out.push((Assertion { id, says }, draft));
    }
    Ok(out)
}

/// Puts the files into the vault and writes the drafts; gives their paths.
fn write(
    args: &Import,
    record: &Record,
    out: &Path,
    origin: &Origin,
    taken: &[(Assertion, &DraftAssertion)],
    (text, objects): (&[u8], Option<&[u8]>),
) -> Outcome<Vec<PathBuf>> {
    if out.exists() {
        let problem = Problem::new(format!("{} is there already", out.display()));
        return Err(problem.hint("choose a folder that does not exist; nothing was changed"));
    }
    let rule = {
        let state = record.state();
        let charter = state.global.charter_in_force();
        charter.map(|c| c.selection_rule_sha256)
    };
    let rule = rule.ok_or_else(|| Problem::new("the record is not founded"))?;
    let case = args.case.as_ref().map_or(CASE_PLACEHOLDER, CaseId::as_str);
    let exhibit = |bytes: &[u8], media_type: &str| -> Outcome<(Hash, Value)> {
        let stored = record.vault().put(bytes, store::vault::MAX_EXHIBIT_BYTES)?;
        let body = json!({
            "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": stored.size,
            "media_type": media_type, "acquired": origin.published, "how": "open-source",
            "source": origin.publisher, "upstream": [], "tlp": "clear",
        });
        let statement = json!({"type": "exhibit", "case": case, "body": body});
        Ok((stored.sha256, statement))
    };
    let mut drafts = Vec::new();
    let (text_sha256, statement) = exhibit(text, args.media_type.as_str())?;
    drafts.push(("exhibit-text.jsonc", pretty(&statement)));
    let mut objects_sha256 = None;
    if let Some(objects) = objects {
        let (hash, statement) = exhibit(objects, "application/json")?;
        objects_sha256 = Some(hash);
        drafts.push(("exhibit-objects.jsonc", pretty(&statement)));
    }
    let open = CaseOpen {
        case,
        reports: &args.report,
        origin,
        text_sha256,
        objects_sha256,
        rule,
    };
    drafts.push(("case.open.jsonc", open.jsonc(taken)));
    if args.report.is_empty() {
        drafts.push(("report.jsonc", report(text_sha256)));
    }
    files::create_folder(out, Mode::Public)?;
    let mut written = Vec::new();
    for (name, text) in drafts {
        let path = out.join(name);
        files::write_new(&path, text.as_bytes(), Mode::Public)?;
        written.push(path);
    }
    Ok(written)
}

fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("// Drafted by `solferino claim import`. Submit once the case is open.\n{text}\n")
}

/// The template of a report with the claim's text as its account.
fn report(text_sha256: Hash) -> String {
    let template = crate::template::of(record::kind::Kind::Report).unwrap_or_default();
    let field = "\"account_sha256\": \"";
    match template.split_once(field) {
        Some((before, after)) => {
            let rest = after.get(64..).unwrap_or_default();
            format!("{before}{field}{text_sha256}{rest}")
        }
        None => template.to_owned(),
    }
}

struct CaseOpen<'a> {
    case: &'a str,
    reports: &'a [StatementId],
    origin: &'a Origin,
    text_sha256: Hash,
    objects_sha256: Option<Hash>,
    rule: Hash,
}

impl CaseOpen<'_> {
    /// `case.open` with a comment over each assertion: where it was read.
    fn jsonc(&self, taken: &[(Assertion, &DraftAssertion)]) -> String {
        let mut lines = String::new();
        for (n, (assertion, draft)) in taken.iter().enumerate() {
            let comma = if n + 1 == taken.len() { "" } else { "," };
            // The words after the slashes are a stranger's: on one line, and shortened.
            let (name, at) = (shown(&draft.name), shown(&draft.at));
            let value = json!(assertion);
            let _ = writeln!(
                lines,
                "        // {name}, {}, from {at}",
                basis(draft.basis)
            );
            let _ = writeln!(lines, "        {value}{comma}");
        }
        if taken.is_empty() {
            lines.push_str("        // Nothing was read as an assertion. Write what the text says, for example:\n");
            lines.push_str("        // {\"id\": \"a1\", \"says\": {\"kind\": \"state-responsible\", \"state\": \"XX\"}}\n");
        }
        let reports = match self.reports {
            [] => "[] // the report's identifier; submit report.jsonc first\n    ,".to_owned(),
            all => format!("{},", json!(all)),
        };
        let objects = self.objects_sha256;
        let objects = objects.map(|h| format!("      \"objects_sha256\": \"{h}\",\n"));
        format!(
            "// Drafted by `solferino claim import`. Check every assertion against the text, then submit by the registrar.\n\
             // An actor or item is the identifier under which the case's hypotheses or assessments will speak of it.\n\
             {{\n  \"type\": \"case.open\",\n  \"case\": \"{}\",\n  \"body\": {{\n    \"reports\": {reports}\n    \
             \"question\": {{\n      \"kind\": \"claim\",\n      \"publisher\": \"{}\",\n      \"published\": \"{}\",\n      \
             \"text_sha256\": \"{}\",\n{}      \"assertions\": [\n{lines}      ]\n    }},\n    \
             \"selection_rule_sha256\": \"{}\"\n  }}\n}}\n",
            self.case,
            self.origin.publisher,
            self.origin.published,
            self.text_sha256,
            objects.unwrap_or_default(),
            self.rule,
        )
    }
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Stated => "stated",
        Basis::Mentioned => "mentioned only",
        Basis::Galaxy => "by a galaxy, which the publisher need not have meant",
    }
}

fn print(draft: Option<&Draft>, taken: &[(Assertion, &DraftAssertion)], written: &[PathBuf]) {
    if let Some(draft) = draft {
        ui::line(format!(
            "by {}, {}",
            draft
                .publisher
                .as_deref()
                .unwrap_or("nobody the file names"),
            draft.published.as_deref().unwrap_or("without a date")
        ));
    }
    ui::line(format!(
        "{} assertions, each its publisher's and to be checked against the text:",
        taken.len()
    ));
    for (assertion, draft) in taken {
        let says = record::claim::says(&assertion.says);
        let (id, basis) = (&assertion.id, basis(draft.basis));
        ui::line(format!("  {id}: {says} ({basis}; {})", draft.at));
    }
    let Some(draft) = draft else {
        ui::line("no objects were given: write down what the text says by hand");
        return finish(written);
    };
    let left: Vec<_> = draft
        .assertions
        .iter()
        .filter(|d| taken.iter().all(|(a, _)| a.says != d.says))
        .map(|d| {
            format!(
                "{} ({}; {})",
                record::claim::says(&d.says),
                basis(d.basis),
                d.at
            )
        })
        .collect();
    lines("read and left out", left);
    lines("notes", draft.notes.clone());
    let kept = draft
        .kept
        .iter()
        .map(|k| format!("{} x {}: {}", k.count, k.what, k.why));
    lines("kept verbatim, not an assertion", kept.collect());
    let refused = draft.refused.iter().map(|r| format!("{}: {}", r.at, r.why));
    lines("refused", refused.collect());
    if draft.unlisted > 0 {
        ui::line(format!("{} more were not listed", draft.unlisted));
    }
    finish(written);
}

fn lines(head: &str, all: Vec<String>) {
    if all.is_empty() {
        return;
    }
    ui::line(format!("{head}: {}", all.len()));
    for text in all.iter().take(MAX_PRINTED) {
        ui::line(format!("  {text}"));
    }
    if all.len() > MAX_PRINTED {
        ui::line(format!(
            "  and {} more; --json lists them",
            all.len() - MAX_PRINTED
        ));
    }
}

fn finish(written: &[PathBuf]) {
    for path in written {
        ui::line(format!("written: {}", path.display()));
    }
}
