//! `solferino rules`.

use record::refusal::Code;
use record::table;
use serde_json::json;

use crate::problem::{Exit, Outcome};
use crate::ui;

/// Show who may say what, when, and what is refused
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// As the Markdown of docs/rules.md
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    if args.markdown {
        ui::text(table::markdown());
    } else if args.json {
        print_json();
    } else {
        print_tables();
    }
    Ok(Exit::Ok)
}

fn print_json() {
    let rows = table::TABLE.iter().map(|r| {
        let roles: Vec<_> = r.roles.iter().map(|r| r.as_str()).collect();
        json!({
            "type": r.kind.as_str(), "roles": roles, "when": r.scope.to_string(),
            "rule": r.rule, "content_sealed": r.kind.has_content(),
        })
    });
    let codes = Code::ALL
        .iter()
        .map(|c| json!({"code": c.as_str(), "of_the_twelve": c.of_the_twelve(), "hint": c.hint()}));
    ui::json(
        &json!({"statements": rows.collect::<Vec<_>>(), "refusals": codes.collect::<Vec<_>>()}),
    );
}

fn print_tables() {
    let rows = table::TABLE.iter().map(|r| {
        let roles: Vec<_> = r.roles.iter().map(|r| r.as_str()).collect();
        let sealed = if r.kind.has_content() { "sealed" } else { "" };
        vec![
            r.kind.to_string(),
            roles.join(", "),
            r.scope.to_string(),
            sealed.to_string(),
            r.rule.to_string(),
        ]
    });
    ui::table(
        &["type", "who", "when", "content", "further rule"],
        &rows.collect::<Vec<_>>(),
    );
    ui::line("");
    let codes = Code::ALL.iter().map(|c| {
        let twelve = match c.of_the_twelve() {
            0 => String::new(),
            n => n.to_string(),
        };
        vec![c.to_string(), twelve, c.hint().to_string()]
    });
    ui::table(
        &["refusal", "of the twelve", "what to do"],
        &codes.collect::<Vec<_>>(),
    );
}
