//! What may depend on what: our crates only on floors below their own, and on others' crates only for a stated reason.

use super::{Finding, Tree};

/// Our crates and their floors. A crate depends on lower floors only, never on its own.
const FLOORS: &[(&str, u8)] = &[
    ("tlog", 0),
    ("method", 0),
    ("norms", 0),
    ("exchange", 0),
    ("linking", 0),
    ("suggest", 0),
    ("aid", 0),
    ("incidents", 0),
    ("record", 1),
    ("rehearsal", 2),
    ("publish", 3),
    ("desk", 3),
    ("store", 3),
    ("verifier", 4),
    ("server", 4),
    ("witness", 5),
    ("solferino", 6),
];

const REASONS_SECTION: &str = "workspace.dependencies";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        let package = path.strip_prefix("crates/");
        let package = package.and_then(|path| path.strip_suffix("/Cargo.toml"));
        if let Some(package) = package.filter(|package| !package.contains('/')) {
            findings.extend(manifest(path, package, text));
        }
    }
    if let Some(text) = tree.text("Cargo.toml") {
        findings.extend(reasons("Cargo.toml", text));
    }
    findings
}

/// A dependency as a manifest states it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) line: usize,
    /// The table it stands in, such as `dependencies` or `target.'cfg(unix)'.dev-dependencies`.
    pub(super) section: String,
    pub(super) name: String,
}

/// All dependencies of a manifest, from every `…dependencies` table.
pub(super) fn dependencies(text: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut section = String::new();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        if let Some(header) = header(line) {
            // `[dependencies.name]` is a table of its own.
            match header.rsplit_once('.') {
                Some((table, name)) if table.ends_with("dependencies") => {
                    section.clear();
                    found.push(Dependency {
                        line: line_number,
                        section: table.to_owned(),
                        name: name.to_owned(),
                    });
                }
                _ => section = header.to_owned(),
            }
        } else if section.ends_with("dependencies")
            && let Some(name) = key(line)
        {
            found.push(Dependency {
                line: line_number,
                section: section.clone(),
                name: renamed(line).unwrap_or(name).to_owned(),
            });
        }
    }
    found
}

fn header(line: &str) -> Option<&str> {
    let line = line.split('#').next()?.trim();
    line.strip_prefix('[')?.strip_suffix(']')
}

/// The first part of `name = …` or `name.workspace = true`.
fn key(line: &str) -> Option<&str> {
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')?;
    let rest = line[end..].trim_start();
    (end > 0 && (rest.starts_with('=') || rest.starts_with('.'))).then(|| &line[..end])
}

/// The package meant by `name = { package = "…" }`.
fn renamed(line: &str) -> Option<&str> {
    let (_, after) = line.split_once("package = \"")?;
    after.split('"').next()
}

fn floor(name: &str) -> Option<u8> {
    let short = name.strip_prefix("solferino-").unwrap_or(name);
    let entry = FLOORS.iter().find(|(crate_name, _)| *crate_name == short);
    entry.map(|(_, floor)| *floor)
}

fn manifest(path: &str, package: &str, text: &str) -> Vec<Finding> {
    let Some(own) = floor(package) else {
        let what = format!("the crate `{package}` stands on no floor");
        let why = "a crate uses only what is below it";
        let fix = "enter it in FLOORS of xtask/src/tidy/floors.rs";
        return vec![Finding::new(path, 1, what, why, fix)];
    };
    let upward = dependencies(text)
        .into_iter()
        .filter(|dependency| floor(&dependency.name).is_some_and(|other| other >= own));
    upward
        .map(|dependency| {
            let what = format!("`{package}` depends on `{}`, not below it", dependency.name);
            let why = "a crate uses only what is below it";
            let fix = "move what both need to a lower floor";
            Finding::new(path, dependency.line, what, why, fix)
        })
        .collect()
}

/// What stands directly above a line of `[workspace.dependencies]`.
enum Above<'a> {
    Nothing,
    /// `# --- … ---`, a title over a group; enough for our own crates.
    Title,
    Reason,
    /// Another dependency, of this family, and whether it had its reason.
    Dependency {
        family: &'a str,
        reasoned: bool,
        own: bool,
    },
}

/// Every dependency of the workspace has its reason above it.
fn reasons(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut inside = false;
    let mut above = Above::Nothing;
    for (index, line) in text.lines().enumerate() {
        if let Some(header) = header(line) {
            inside = header == REASONS_SECTION;
            above = Above::Nothing;
        } else if line.starts_with("# ---") {
            above = Above::Title;
        } else if line.starts_with('#') {
            above = Above::Reason;
        } else if line.trim().is_empty() {
            above = Above::Nothing;
        } else if let Some(name) = key(line).filter(|_| inside) {
            let own = line.contains("path = \"");
            let family = family(name);
            let reasoned = is_reasoned(&above, family, own);
            if !reasoned {
                let what = format!("`{name}` without a reason");
                let why = "every dependency is code we answer for";
                let fix = "say in a comment above it which need or specification it serves";
                findings.push(Finding::new(path, index + 1, what, why, fix));
            }
            above = Above::Dependency {
                family,
                reasoned,
                own,
            };
        }
    }
    findings
}

/// Whether what stands above is reason enough. Crates of one family (`serde`, `serde_json`) share a reason.
fn is_reasoned(above: &Above<'_>, family: &str, own: bool) -> bool {
    match above {
        Above::Nothing => false,
        Above::Title => own,
        Above::Reason => true,
        Above::Dependency {
            family: other,
            reasoned,
            own: other_own,
        } => *reasoned && ((own && *other_own) || *other == family),
    }
}

/// The first word of a crate's name.
fn family(name: &str) -> &str {
    name.split(['-', '_']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{places, tree};
    use super::*;

    fn upward(package: &str, text: &str) -> Vec<String> {
        places(manifest("m", package, text))
    }

    #[test]
    fn dependencies_go_downward_only() {
        assert!(upward("record", "[dependencies]\ntlog.workspace = true\n").is_empty());
        assert_eq!(
            upward("tlog", "[dependencies]\nrecord.workspace = true\n"),
            ["m:2"]
        );
        assert_eq!(
            upward("tlog", "[dependencies]\nmethod.workspace = true\n"),
            ["m:2"]
        );
        assert_eq!(
            upward("store", "[dependencies]\nverifier.workspace = true\n"),
            ["m:2"]
        );
        assert!(upward("server", "[dependencies]\nstore = { path = \"x\" }\n").is_empty());
        assert_eq!(
            upward("store", "[dev-dependencies]\nserver.workspace = true\n"),
            ["m:2"]
        );
    }

    #[test]
    fn every_way_to_name_a_dependency_is_read() {
        let renamed = "[dependencies]\nx = { package = \"solferino-server\" }\n";
        assert_eq!(upward("store", renamed), ["m:2"]);
        assert_eq!(
            upward("store", "[dependencies.solferino-server]\npath = \"x\"\n"),
            ["m:1"]
        );
        let target = "[target.'cfg(unix)'.dependencies]\nserver.workspace = true\n";
        assert_eq!(upward("store", target), ["m:2"]);
        let long = "[dependencies]\nserde = { version = \"1\", features = [\n  \"derive\",\n] }\n";
        assert_eq!(dependencies(long).len(), 1);
        assert!(upward("store", "[features]\nserver = []\n").is_empty());
    }

    #[test]
    fn a_new_crate_needs_a_floor() {
        assert_eq!(upward("cellar", ""), ["m:1"]);
        let files = [
            ("crates/tlog/Cargo.toml", ""),
            ("crates/cellar/Cargo.toml", ""),
        ];
        assert_eq!(places(check(&tree(&files))), ["crates/cellar/Cargo.toml:1"]);
    }

    fn unreasoned(lines: &str) -> Vec<String> {
        places(reasons("m", &format!("[workspace.dependencies]\n{lines}")))
    }

    #[test]
    fn every_dependency_has_its_reason() {
        assert!(unreasoned("# hashes\nsha2 = \"1\"\n# bytes\nhex = \"1\"\n").is_empty());
        assert_eq!(unreasoned("sha2 = \"1\"\n"), ["m:2"]);
        assert_eq!(unreasoned("# hashes\nsha2 = \"1\"\nhex = \"1\"\n"), ["m:4"]);
        assert_eq!(unreasoned("# hashes\n\nsha2 = \"1\"\n"), ["m:4"]);
        assert_eq!(unreasoned("# --- all ---\nsha2 = \"1\"\n"), ["m:3"]);
        assert!(reasons("m", "[workspace.lints]\nsha2 = \"1\"\n").is_empty());
    }

    #[test]
    fn families_and_our_own_crates_share_a_reason() {
        assert!(unreasoned("# types\nserde = \"1\"\nserde_json = \"1\"\n").is_empty());
        assert_eq!(unreasoned("serde = \"1\"\nserde_json = \"1\"\n").len(), 2);
        let own = "# --- ours ---\na = { path = \"a\" }\nb = { path = \"b\" }\n";
        assert!(unreasoned(own).is_empty());
        assert_eq!(unreasoned(&format!("{own}c = \"1\"\n")), ["m:5"]);
    }
}
