//! The wall between aid and accusation (docs/aid-statements.md, section 9). Code that investigates, derives,
//! publishes or shows a case names nothing of aid, so it can read nothing of it. The wall is shut unless it is
//! opened: what may name aid stands here, and whatever does not stand here is behind the wall.

use super::floors::dependencies;
use super::scan::{code_only, line_of};
use super::{Finding, Tree, extension};

/// What may name aid: folders (with `/` at the end) and files. It is either aid itself, or carries statements of
/// every type without looking into them, or puts parts together.
const MAY: &[&str] = &[
    "crates/aid/",
    "crates/record/Cargo.toml",
    "crates/record/src/aid.rs",
    "crates/record/src/aid/",
    "crates/record/src/body/aid.rs",
    "crates/record/src/body/mod.rs",
    "crates/record/src/kind.rs",
    "crates/record/src/lib.rs",
    "crates/record/src/refusal.rs",
    "crates/record/src/rules/aid/",
    "crates/record/src/rules/mod.rs",
    "crates/record/src/state/aid/",
    "crates/record/src/state/apply/aid.rs",
    "crates/record/src/state/apply/mod.rs",
    "crates/record/src/state/mod.rs",
    "crates/record/src/table.rs",
    "crates/rehearsal/Cargo.toml",
    "crates/rehearsal/src/aid.rs",
    "crates/rehearsal/src/corpus.rs",
    "crates/rehearsal/src/lib.rs",
    "crates/server/Cargo.toml",
    "crates/server/src/api/aid/",
    "crates/server/src/api/mod.rs",
    "crates/server/src/limits.rs",
    "crates/server/src/pages/aid/",
    "crates/server/src/pages/frame.rs",
    "crates/server/src/pages/mod.rs",
    "crates/server/src/paging.rs",
    "crates/server/src/text/tests.rs",
    "crates/solferino/Cargo.toml",
    "crates/solferino/src/commands/aid/",
    "crates/solferino/src/commands/demo.rs",
    "crates/solferino/src/commands/demo/aid.rs",
    "crates/solferino/src/commands/demo/play.rs",
    "crates/solferino/src/commands/demo/table.rs",
    "crates/solferino/src/commands/mod.rs",
    "crates/solferino/src/commands/serve.rs",
    "crates/store/Cargo.toml",
    "crates/store/src/aid/",
    "crates/store/src/error.rs",
    "crates/store/src/layout.rs",
    "crates/store/src/lib.rs",
    "crates/store/src/on_call.rs",
    "crates/store/src/record_folder.rs",
    "crates/store/src/record_folder/aid.rs",
    "crates/store/src/record_folder/holdings.rs",
    "crates/store/src/record_folder/submit.rs",
];

/// Where the store of what the desk was told is opened, and nowhere else.
const OPENS: &[&str] = &[
    "crates/server/src/api/aid/",
    "crates/server/tests/aid.rs",
    "crates/store/src/aid/",
    "crates/store/src/record_folder.rs",
    "crates/store/src/record_folder/aid.rs",
    "crates/store/src/record_folder/holdings.rs",
    "crates/store/tests/",
];

const WHY: &str =
    "help is never turned into accusation, so no code that accuses can read what a victim told";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for place in MAY.iter().chain(OPENS) {
        if !tree.files.is_empty() && !tree.has(place.trim_end_matches('/')) {
            let what = format!("`{place}` is listed as open to aid and is not there");
            let fix = "name where it went";
            findings.push(Finding::new("xtask/src/tidy/wall.rs", 1, what, WHY, fix));
        }
    }
    for (path, text) in tree.texts() {
        if path.starts_with("crates/") && !path.contains("/tests/") {
            findings.extend(behind(path, text));
        }
        if path.starts_with("crates/") && !within(OPENS, path) && extension(path) == "rs" {
            let code = code_only(text);
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

/// Every name of aid in a file that may have none. Tests are open: they show that the wall stands.
fn behind(path: &str, text: &str) -> Vec<Finding> {
    if within(MAY, path) {
        return Vec::new();
    }
    let fix = "leave it out; what may name aid stands in xtask/src/tidy/wall.rs";
    if path.ends_with("Cargo.toml") {
        let ours = dependencies(text).into_iter();
        let ours = ours.filter(|d| d.name == "aid" || d.name == "solferino-aid");
        let what = "a crate behind the wall depends on `aid`";
        let finding = |line| Finding::new(path, line, what, WHY, fix);
        return ours.map(|d| finding(d.line)).collect();
    }
    if extension(path) != "rs" {
        return Vec::new();
    }
    let code = code_only(text);
    let finding = |(at, name): (usize, &str)| {
        let what = format!("`{name}` behind the wall");
        Finding::new(path, line_of(&code, at), what, WHY, fix)
    };
    names(&code).into_iter().map(finding).collect()
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
        for place in MAY.iter().chain(OPENS) {
            let file = match place.strip_suffix('/') {
                Some(folder) => format!("{folder}/x.rs"),
                None => (*place).to_owned(),
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
            let found = findings("crates/record/src/derive.rs", &text);
            assert_eq!(found[0], 2, "{line}");
        }
        let harmless = "let said = braid; let paid = \"first aid\"; // Aid\n";
        assert!(findings("crates/record/src/derive.rs", harmless).is_empty());
    }

    #[test]
    fn a_file_that_nobody_listed_is_behind_the_wall() {
        for path in [
            "crates/desk/src/tasks.rs",
            "crates/publish/src/atom.rs",
            "crates/server/src/taxii/objects.rs",
            "crates/server/src/pages/docket.rs",
            "crates/server/src/pages/drawings.rs",
            "crates/server/src/pages/feed.rs",
            "crates/server/src/pages/facets.rs",
            "crates/server/src/pages/independence.rs",
            "crates/server/src/charts/graph.rs",
            "crates/solferino/src/commands/export.rs",
            "crates/solferino/src/commands/blind.rs",
            "crates/solferino/src/commands/disclose.rs",
            "crates/solferino/src/commands/suggest.rs",
            "crates/solferino/src/commands/import/claims.rs",
            "crates/a-crate-to-come/src/lib.rs",
        ] {
            let text = "let told = state.aid.requests.len();\n";
            assert_eq!(findings(path, text), [1], "{path}");
        }
    }

    #[test]
    fn only_the_one_api_opens_the_store() {
        let text = "let item = record.aid().item(&id, &c);\n";
        // what may name aid may not open the store for that
        assert_eq!(findings("crates/server/src/pages/aid/status.rs", text), [1]);
        assert!(findings("crates/server/src/api/aid/access.rs", text).is_empty());
    }

    #[test]
    fn a_crate_behind_the_wall_does_not_depend_on_aid() {
        let text = "[dependencies]\nserde.workspace = true\naid.workspace = true\n";
        for path in ["crates/method/Cargo.toml", "crates/publish/Cargo.toml"] {
            assert_eq!(findings(path, text), [3], "{path}");
        }
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
