//! The wall between aid and accusation (docs/aid-statements.md, section 9): code that investigates, derives,
//! publishes or shows a case names nothing of aid, so it can read nothing of it.

use super::floors::dependencies;
use super::scan::{code_only, line_of};
use super::{Finding, Tree, extension};

/// Sources behind the wall: folders (with `/` at the end) and files. What is not listed here is either aid
/// itself, or carries statements of every type without looking into them (rules, state, log, views of rows).
const WALLED: &[&str] = &[
    "crates/method/",
    "crates/norms/",
    "crates/suggest/",
    "crates/linking/",
    "crates/incidents/",
    "crates/exchange/",
    "crates/verifier/",
    "crates/record/src/blind/",
    "crates/record/src/body/analysis.rs",
    "crates/record/src/body/blind.rs",
    "crates/record/src/body/case.rs",
    "crates/record/src/body/claim.rs",
    "crates/record/src/body/deciding.rs",
    "crates/record/src/body/evidence.rs",
    "crates/record/src/body/outcome.rs",
    "crates/record/src/bundle/",
    "crates/record/src/claim/",
    "crates/record/src/derive.rs",
    "crates/record/src/derive/",
    "crates/record/src/independence/",
    "crates/record/src/law.rs",
    "crates/record/src/rules/analysis.rs",
    "crates/record/src/rules/calibration.rs",
    "crates/record/src/rules/case.rs",
    "crates/record/src/rules/disclosure.rs",
    "crates/record/src/rules/finding.rs",
    "crates/record/src/rules/norms.rs",
    "crates/record/src/rules/panel.rs",
    "crates/record/src/state/apply/case.rs",
    "crates/record/src/state/case.rs",
    "crates/record/src/state/public.rs",
    "crates/server/src/api/cases.rs",
    "crates/server/src/api/exhibits.rs",
    "crates/server/src/api/exhibit_stream.rs",
    "crates/server/src/api/finding_view.rs",
    "crates/server/src/api/findings.rs",
    "crates/server/src/api/incidents.rs",
    "crates/server/src/api/independence.rs",
    "crates/server/src/api/norms.rs",
    "crates/server/src/pages/account.rs",
    "crates/server/src/pages/case.rs",
    "crates/server/src/pages/claim.rs",
    "crates/server/src/pages/evidence.rs",
    "crates/server/src/pages/figures.rs",
    "crates/server/src/pages/finding.rs",
    "crates/server/src/pages/found.rs",
    "crates/server/src/pages/matrix.rs",
    "crates/server/src/pages/norms.rs",
    "crates/server/src/pages/plain.rs",
    "crates/server/src/pages/register.rs",
    "crates/server/src/pages/responses.rs",
    "crates/server/src/pages/sentences.rs",
    "crates/server/src/pages/states.rs",
    "crates/server/src/pages/verdicts.rs",
    "crates/solferino/src/commands/bundle.rs",
    "crates/solferino/src/commands/case.rs",
    "crates/solferino/src/commands/claim.rs",
    "crates/solferino/src/commands/finding.rs",
    "crates/solferino/src/commands/link/",
    "crates/solferino/src/commands/replay.rs",
    "crates/solferino/src/commands/verify/",
    "crates/solferino/src/claim/",
    "crates/store/src/datasets.rs",
    "crates/store/src/openings.rs",
    "crates/store/src/record_folder/read.rs",
    "crates/store/src/vault.rs",
    "crates/store/src/vault/",
    "crates/store/src/views/",
];

/// Where the store of what the desk was told is opened, and nowhere else.
const OPENS: &[&str] = &[
    "crates/server/src/api/aid/",
    "crates/server/tests/aid.rs",
    "crates/store/src/aid/",
    "crates/store/src/record_folder.rs",
    "crates/store/src/record_folder/aid.rs",
    "crates/store/tests/",
];

const WHY: &str =
    "help is never turned into accusation, so no code that accuses can read what a victim told";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for walled in WALLED
        .iter()
        .filter(|w| !tree.files.is_empty() && !tree.has(w.trim_end_matches('/')))
    {
        let what = format!("`{walled}` is listed behind the wall and is not there");
        findings.push(Finding::new(
            "xtask/src/tidy/wall.rs",
            1,
            what,
            WHY,
            "name where it went",
        ));
    }
    for (path, text) in tree.texts() {
        let walled = within(WALLED, path);
        if walled && path.ends_with("Cargo.toml") {
            let ours = dependencies(text).into_iter();
            for dependency in ours.filter(|d| d.name == "aid" || d.name == "solferino-aid") {
                let what = "a crate behind the wall depends on `aid`";
                findings.push(Finding::new(
                    path,
                    dependency.line,
                    what,
                    WHY,
                    "leave it out",
                ));
            }
        }
        if extension(path) != "rs" {
            continue;
        }
        let code = code_only(text);
        if walled {
            for (at, name) in names(&code) {
                let what = format!("`{name}` behind the wall");
                findings.push(Finding::new(
                    path,
                    line_of(&code, at),
                    what,
                    WHY,
                    "leave it out",
                ));
            }
        } else if path.starts_with("crates/") && !within(OPENS, path) {
            for opened in [".aid()", "AidStore"] {
                for (at, _) in code.match_indices(opened) {
                    let what = format!("`{opened}` outside `store::aid` and its one API");
                    let fix = "go through the API of aid";
                    findings.push(Finding::new(path, line_of(&code, at), what, WHY, fix));
                }
            }
        }
    }
    findings
}

fn within(places: &[&str], path: &str) -> bool {
    let inside =
        |place: &&str| path == *place || (place.ends_with('/') && path.starts_with(*place));
    places.iter().any(inside)
}

/// Every name of aid in code: `aid` as a whole word, and names that begin with `Aid` or `aid_`.
fn names(code: &str) -> Vec<(usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find(is_part).map(|at| from + at) {
        let end = code[start..]
            .find(|c| !is_part(c))
            .map_or(code.len(), |at| start + at);
        let word = &code[start..end];
        let of_aid = word == "aid"
            || word.starts_with("aid_")
            || word
                .strip_prefix("Aid")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_uppercase));
        if of_aid {
            found.push((start, word));
        }
        from = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<usize> {
        let mut tree = Tree::default();
        for walled in WALLED {
            let file = match walled.strip_suffix('/') {
                Some(folder) => format!("{folder}/x.rs"),
                None => (*walled).to_owned(),
            };
            tree.files.insert(file, Some(String::new()));
        }
        tree.files.insert(path.to_owned(), Some(text.to_owned()));
        check(&tree).iter().map(|f| f.line).collect()
    }

    #[test]
    fn code_that_accuses_names_nothing_of_aid() {
        for line in [
            "use store::aid::AidStore;",
            "let told = state.aid.requests.len();",
            "Body::AidRequest(r) => r,",
            "record.aid().item(&id, &c)",
            "fn aid_items() {}",
        ] {
            let text = format!("// aid in a comment is no name\n{line}\n");
            assert_eq!(
                findings("crates/record/src/derive.rs", &text)[0],
                2,
                "{line}"
            );
            assert!(
                !findings("crates/store/src/vault/seal.rs", &text).is_empty(),
                "{line}"
            );
        }
        let harmless = "let said = braid; let paid = \"first aid\"; // Aid\n";
        assert!(findings("crates/record/src/derive.rs", harmless).is_empty());
    }

    #[test]
    fn only_the_one_api_opens_the_store() {
        let text = "let item = record.aid().item(&id, &c);\n";
        assert_eq!(findings("crates/server/src/pages/log.rs", text), [1]);
        assert!(findings("crates/server/src/api/aid/access.rs", text).is_empty());
    }

    #[test]
    fn a_crate_behind_the_wall_does_not_depend_on_aid() {
        let text = "[dependencies]\nserde.workspace = true\naid.workspace = true\n";
        assert_eq!(findings("crates/method/Cargo.toml", text), [3]);
        assert!(findings("crates/server/Cargo.toml", text).is_empty());
    }

    #[test]
    fn a_place_that_moved_is_noticed() {
        let mut tree = Tree::default();
        tree.files
            .insert("crates/method/x.rs".to_owned(), Some(String::new()));
        assert!(check(&tree).len() > 1);
    }
}
