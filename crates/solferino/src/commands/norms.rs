//! `solferino norms`.

mod bound;
mod check;
mod verdicts;

use norms::{Basis, Corpus, Entry, Themes};
use serde_json::{Value, json};

use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Look at the rules that cases are judged by, and check corpora of your own
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(List),
    Show(Show),
    Crosswalk(Crosswalk),
    Bound(bound::Args),
    Check(check::Args),
    Verdicts(verdicts::Args),
}

/// List the norms of the shipped corpus
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Of this instrument only, such as GGE15
    #[arg(long, value_name = "ID")]
    instrument: Option<String>,
    /// Of this theme only, such as T01
    #[arg(long, value_name = "THEME")]
    theme: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Show a norm: its text, who is bound, and the elements it is judged by
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The norm, such as GGE15.f
    norm: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Lay the norms of a theme side by side over all instruments; all themes if none is given
#[derive(Debug, clap::Args)]
pub(crate) struct Crosswalk {
    /// The theme, such as T10
    theme: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::List(args) => list(&args),
        Command::Show(args) => show(&args),
        Command::Crosswalk(args) => crosswalk(&args),
        Command::Bound(args) => bound::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Verdicts(args) => verdicts::run(&args),
    }
}

fn list(args: &List) -> Outcome {
    let corpus = Corpus::shipped()?;
    if let Some(theme) = &args.theme {
        known(theme, &Themes::shipped()?)?;
    }
    if let Some(id) = &args.instrument {
        let text = |e: &Entry| &e.text().id == id;
        let there = corpus.instruments().any(|i| &i.id == id) || corpus.entries().iter().any(text);
        if !there {
            let ids: Vec<&str> = corpus.instruments().map(|i| i.id.as_str()).collect();
            let hint = format!("the instruments are {}", ids.join(", "));
            return Err(Problem::new(format!("there is no instrument {id}")).hint(hint));
        }
    }
    let of_theme = |e: &&Entry| {
        let theme = args.theme.as_ref();
        theme.is_none_or(|theme| e.norm.themes.contains(theme))
    };
    let of_instrument = |e: &&Entry| {
        let id = args.instrument.as_ref();
        id.is_none_or(|id| &e.instrument.id == id || &e.text().id == id)
    };
    let entries: Vec<&Entry> = corpus
        .entries()
        .iter()
        .filter(of_theme)
        .filter(of_instrument)
        .collect();
    if args.json {
        ui::json(&json!({"norms": entries.iter().map(|e| brief(e)).collect::<Vec<_>>()}));
        return Ok(Exit::Ok);
    }
    let rows: Vec<Vec<String>> = entries.iter().map(|e| row(e)).collect();
    ui::table(&["norm", "force", "date", "checked", "paraphrase"], &rows);
    let unchecked = entries.iter().filter(|e| e.basis() == Basis::K).count();
    ui::line("");
    ui::line(format!(
        "{} norms, {unchecked} not yet checked against the primary text",
        entries.len()
    ));
    ui::line(format!(
        "reference data (vocabulary, themes, states): {}",
        norms::Reference::shipped()?.digest()
    ));
    Ok(Exit::Ok)
}

fn row(entry: &Entry) -> Vec<String> {
    vec![
        entry.norm.id.clone(),
        word(&entry.force()),
        entry.issued().to_string(),
        entry
            .basis()
            .note()
            .unwrap_or("seen in a source")
            .to_string(),
        entry.norm.paraphrase.clone(),
    ]
}

fn brief(entry: &Entry) -> Value {
    json!({
        "norm": entry.norm.id, "instrument": entry.text().id, "title": entry.text().title, "article": entry.norm.article(),
        "force": entry.force(), "date": entry.issued(), "polarity": entry.norm.polarity, "addressee": entry.norm.addressee,
        "themes": entry.norm.themes, "paraphrase": entry.norm.paraphrase, "basis": entry.basis(),
        "basis_note": entry.basis().note(), "sha256": entry.digest,
    })
}

/// An enumeration's value as files spell it.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        _ => String::new(),
    }
}

fn show(args: &Show) -> Outcome {
    let corpus = Corpus::shipped()?;
    let wanted = norms::short_word(&args.norm);
    let found = corpus
        .entries()
        .iter()
        .find(|e| norms::short_word(&e.norm.id) == wanted);
    let Some(entry) = found else {
        let text = format!("there is no norm {}", args.norm);
        return Err(Problem::new(text).hint("`solferino norms list` names them all"));
    };
    if args.json {
        let mut shown = brief(entry);
        shown["elements"] = json!(entry.norm.elements);
        shown["no_elements"] = json!(entry.norm.no_elements);
        shown["text"] = json!(entry.text());
        ui::json(&shown);
        return Ok(Exit::Ok);
    }
    let text = entry.text();
    ui::line(format!("{}  {}", entry.norm.id, entry.norm.paraphrase));
    if let Some(note) = entry.basis().note() {
        ui::line(format!("*** {note} ***"));
    }
    ui::line("");
    ui::line(format!(
        "text       {} ({}), {}",
        text.title,
        text.document,
        entry.norm.article()
    ));
    ui::line(format!("issued     {} by {}", entry.issued(), text.issuer));
    ui::line(format!("force      {}", word(&entry.force())));
    ui::line(format!(
        "asks       {} of {}",
        word(&entry.norm.polarity),
        word(&entry.norm.addressee)
    ));
    ui::line(format!("bound      {}", binding(text)));
    ui::line(format!("themes     {}", entry.norm.themes.join(", ")));
    ui::line(format!("sha256     {}", entry.digest));
    ui::line("");
    if let Some(why) = &entry.norm.no_elements {
        ui::line(format!("No elements. {why}."));
        return Ok(Exit::Ok);
    }
    ui::line("Inconsistent with it is conduct that meets every element:");
    let rows = entry.norm.elements.iter().map(|p| {
        let source = match p.basis.note() {
            Some(note) => format!("{} ({note})", p.source),
            None => p.source.clone(),
        };
        vec![p.element.to_string(), p.asks.clone(), source]
    });
    ui::table(&["element", "asks", "source"], &rows.collect::<Vec<_>>());
    Ok(Exit::Ok)
}

/// How somebody comes to be bound, in words.
fn binding(text: &norms::Instrument) -> String {
    match &text.binding {
        norms::Binding::Accession {} => match (text.force, text.in_force) {
            (norms::Force::Treaty, None) => "who accedes; not in force".to_string(),
            (norms::Force::Treaty, Some(day)) => format!("who accedes; in force from {day}"),
            _ => "who joins".to_string(),
        },
        norms::Binding::AllStates { from, note } => {
            format!("addressed to all member states from {from}: {note}")
        }
        norms::Binding::Participants { from, states, note } => {
            format!("{} states from {from}: {note}", states.len())
        }
        norms::Binding::Affirmation {} => "who affirms it in the record".to_string(),
        norms::Binding::Nobody {} => "nobody: a proposal".to_string(),
        norms::Binding::Restatement {} => "nobody through this text: it restates law".to_string(),
    }
}

fn known(theme: &str, themes: &Themes) -> Outcome<()> {
    if themes.title(theme).is_some() {
        return Ok(());
    }
    let hint = "`solferino norms crosswalk` names all themes";
    Err(Problem::new(format!("there is no theme {theme}")).hint(hint))
}

fn crosswalk(args: &Crosswalk) -> Outcome {
    let (corpus, themes) = (Corpus::shipped()?, Themes::shipped()?);
    if let Some(theme) = &args.theme {
        known(theme, &themes)?;
    }
    let chosen: Vec<(&str, &str)> = themes
        .iter()
        .filter(|(id, _)| args.theme.as_deref().is_none_or(|theme| theme == *id))
        .collect();
    if args.json {
        let themes = chosen.iter().map(|(id, title)| {
            let norms: Vec<Value> = corpus.of_theme(id).map(brief).collect();
            json!({"theme": id, "title": title, "norms": norms})
        });
        ui::json(&json!({"themes": themes.collect::<Vec<_>>()}));
        return Ok(Exit::Ok);
    }
    if args.theme.is_none() {
        let rows = chosen.iter().map(|(id, title)| {
            let entries: Vec<&Entry> = corpus.of_theme(id).collect();
            let texts: std::collections::BTreeSet<&str> =
                entries.iter().map(|e| e.instrument.id.as_str()).collect();
            let texts: Vec<&str> = texts.into_iter().collect();
            let count = entries.len().to_string();
            vec![
                (*id).to_string(),
                (*title).to_string(),
                count,
                texts.join(" "),
            ]
        });
        ui::table(
            &["theme", "about", "norms", "instruments"],
            &rows.collect::<Vec<_>>(),
        );
        return Ok(Exit::Ok);
    }
    for (id, title) in chosen {
        ui::line(format!("{id}  {title}"));
        ui::line("");
        let rows: Vec<Vec<String>> = corpus.of_theme(id).map(row).collect();
        ui::table(&["norm", "force", "date", "checked", "paraphrase"], &rows);
    }
    Ok(Exit::Ok)
}
