//! The table as a page.

use std::fmt::Write as _;

use super::TABLE;
use crate::refusal::Code;

/// The table and the refusal codes as Markdown: the text of docs/rules.md.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(
        "# Who may say what, when\n\nPrinted by `solferino rules --markdown`; a test compares this page with the code.\n\n\
         | type | who | when | further rule | content sealed |\n|---|---|---|---|---|\n",
    );
    for r in TABLE {
        let roles: Vec<_> = r.roles.iter().map(|r| r.as_str()).collect();
        let sealed = if r.kind.has_content() { "yes" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {sealed} |",
            r.kind,
            roles.join(", "),
            r.scope,
            r.rule
        );
    }
    out.push_str("\n## Refusals\n\nEvery refusal has a code and says what to do. Nothing of a refused statement is stored. The column \"of the twelve\" names the refusal of principle it enforces (docs/refusals.md).\n\n| code | class | of the twelve | what to do |\n|---|---|---|---|\n");
    for code in Code::ALL {
        let twelve = match code.of_the_twelve() {
            0 => String::new(),
            n => n.to_string(),
        };
        let _ = writeln!(
            out,
            "| `{code}` | {:?} | {twelve} | {} |",
            code.class(),
            code.hint()
        );
    }
    out
}
