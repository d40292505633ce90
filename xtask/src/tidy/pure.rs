//! Crates that take time, randomness and bytes as arguments, and reach for nothing themselves.

use std::collections::BTreeSet;

use super::floors::dependencies;
use super::scan::{code_only, line_of, words};
use super::{Finding, Tree, extension};
use crate::steps::PURE_CRATES;

/// What a pure crate's code does not name.
const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::time::SystemTime",
    "std::time::Instant",
    "tokio",
    "getrandom",
];

const WHY: &str = "the browser and the auditor replay this crate, so it does no I/O";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        let mut parts = path.splitn(4, '/');
        let (top, name, next) = (parts.next(), parts.next(), parts.next());
        if top != Some("crates") || !name.is_some_and(|name| PURE_CRATES.contains(&name)) {
            continue;
        }
        if next == Some("src") && extension(path) == "rs" {
            findings.extend(source(path, text));
        } else if next == Some("Cargo.toml") {
            findings.extend(manifest(path, text));
        }
    }
    findings
}

fn source(path: &str, text: &str) -> Vec<Finding> {
    let code = code_only(text);
    let mut found = BTreeSet::new();
    for forbidden in FORBIDDEN {
        found.extend(words(&code, forbidden).map(|at| (line_of(&code, at), *forbidden)));
    }
    for at in words(&code, "use") {
        let tree = code[at + "use".len()..].split(';').next().unwrap_or("");
        let line = line_of(&code, at);
        for import in imports(tree) {
            let meant = FORBIDDEN
                .iter()
                .filter(|forbidden| reaches(&import, forbidden));
            found.extend(meant.map(|forbidden| (line, *forbidden)));
        }
    }
    let finding = |(line, word)| {
        let fix = "take what it gives as an argument";
        Finding::new(path, line, format!("`{word}` in a pure crate"), WHY, fix)
    };
    found.into_iter().map(finding).collect()
}

fn manifest(path: &str, text: &str) -> Vec<Finding> {
    let pulled_in = dependencies(text).into_iter().filter(|dependency| {
        !dependency.section.contains("dev-") && FORBIDDEN.contains(&dependency.name.as_str())
    });
    pulled_in
        .map(|dependency| {
            let what = format!("`{}` under a pure crate", dependency.name);
            let fix = "use it in a crate of a higher floor";
            Finding::new(path, dependency.line, what, WHY, fix)
        })
        .collect()
}

/// Whether importing this path makes the forbidden one reachable: the thing itself, something in it, or its parent.
fn reaches(import: &str, forbidden: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        let rest = inner.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    within(import, forbidden) || within(forbidden, import)
}

/// The paths of a `use` tree: `std::{fs, time::Instant as I}` gives `std::fs` and `std::time::Instant`.
fn imports(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or("");
        let path = path.split_whitespace().collect::<String>();
        let path = path.trim_start_matches("::");
        let whole = path.strip_suffix("::*").or(path.strip_suffix("::self"));
        return vec![whole.unwrap_or(path).to_owned()];
    };
    let group = group.rsplit_once('}').map_or(group, |(inside, _)| inside);
    let parts = split_at_top(group);
    parts
        .iter()
        .flat_map(|part| imports(&format!("{prefix}{}", part.trim())))
        .collect()
}

/// Splits at the commas that are inside no brace.
fn split_at_top(group: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let separates = |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    };
    let parts = group.split(separates);
    parts.filter(|part| !part.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{places, tree};
    use super::*;

    fn found(text: &str) -> Vec<String> {
        places(source("s.rs", text))
    }

    #[test]
    fn a_pure_crate_names_no_world() {
        assert_eq!(found("fn f() { std::fs::read(x); }"), ["s.rs:1"]);
        assert_eq!(found("\nuse std::net::TcpStream;"), ["s.rs:2"]);
        assert_eq!(found("tokio::spawn(x)"), ["s.rs:1"]);
        assert!(found("// std::fs\nlet a = \"getrandom\"; std::fmt::Write").is_empty());
        assert!(found("use std::time::Duration; use std::path::Path; tokio_x()").is_empty());
    }

    #[test]
    fn grouped_and_renamed_imports_are_seen_through() {
        assert_eq!(found("use std::{fmt, fs};"), ["s.rs:1"]);
        assert_eq!(
            found("use std::{\n  fmt,\n  time::{Duration, Instant as I},\n};"),
            ["s.rs:1"]
        );
        assert_eq!(found("use ::std::env::*;"), ["s.rs:1"]);
        assert_eq!(found("use std::time::*;").len(), 2);
        assert_eq!(found("use std::time;").len(), 2);
        assert!(found("use std::{fmt::{self, Write}, time::Duration};").is_empty());
    }

    #[test]
    fn only_the_source_of_pure_crates_is_looked_at() {
        let text = "use std::fs;\n";
        let files = [
            ("crates/record/src/a.rs", text),
            ("crates/record/tests/main.rs", text),
            ("crates/store/src/a.rs", text),
        ];
        assert_eq!(places(check(&tree(&files))), ["crates/record/src/a.rs:1"]);
    }

    #[test]
    fn a_pure_crate_depends_on_no_runtime() {
        let text =
            "[dependencies]\ntokio.workspace = true\n[dev-dependencies]\ngetrandom = \"1\"\n";
        let files = [
            ("crates/tlog/Cargo.toml", text),
            ("crates/store/Cargo.toml", text),
        ];
        assert_eq!(places(check(&tree(&files))), ["crates/tlog/Cargo.toml:2"]);
    }
}
