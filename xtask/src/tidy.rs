//! The rules of the house that neither rustfmt nor clippy knows, over every tracked file.
//!
//! One rule per module. A finding says where, what is wrong, why it matters and what to do. CONTRIBUTING.md names the
//! rules for people; the limits are here.

mod dead;
mod floors;
mod links;
mod pure;
mod scan;
mod size;
mod text;
mod wall;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// Counted from 1.
    line: usize,
    what: String,
    why: &'static str,
    fix: String,
}

impl Finding {
    fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
        why: &'static str,
        fix: impl Into<String>,
    ) -> Self {
        let (what, fix) = (what.into(), fix.into());
        let path = path.to_owned();
        Self {
            path,
            line,
            what,
            why,
            fix,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            what,
            why,
            fix,
        } = self;
        write!(f, "{path}:{line}: {what}; {why}; {fix}")
    }
}

/// The tracked files by path, `/` between folders. Files that are not text have no contents here.
#[derive(Debug, Default)]
struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.files.iter();
        pairs.filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether the path is a tracked file, or a folder with one in it.
    fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(path, _)| path.starts_with(&folder))
    }
}

/// Checks the tree at `root`; prints every finding and fails if there is one.
pub(crate) fn run(root: &Path) -> Result<()> {
    let tree = read_tree(root)?;
    let findings = check(&tree);
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} untidy places, listed above", findings.len());
    }
    println!("    {} files", tree.files.len());
    Ok(())
}

fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(size::check(tree));
    findings.extend(text::check(tree));
    findings.extend(dead::check(tree));
    findings.extend(pure::check(tree));
    findings.extend(floors::check(tree));
    findings.extend(links::check(tree));
    findings.extend(wall::check(tree));
    findings.sort();
    findings
}

fn read_tree(root: &Path) -> Result<Tree> {
    let mut tree = Tree::default();
    for path in tracked(root)? {
        let full = root.join(&path);
        // Deleted and not yet committed, or a link out of the tree.
        if !full.is_file() {
            continue;
        }
        let bytes = std::fs::read(&full).with_context(|| format!("cannot read {path}"))?;
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'));
        tree.files.insert(path, text);
    }
    Ok(tree)
}

/// Git's list; in an unpacked archive, where git has none, every file outside build folders.
fn tracked(root: &Path) -> Result<Vec<String>> {
    // A build server often runs as another user than the one who checked out.
    let safe = format!("safe.directory={}", root.display());
    let mut git = Command::new("git");
    git.args(["-c", &safe, "ls-files", "-z"]).current_dir(root);
    if let Ok(output) = git.output()
        && output.status.success()
        && !output.stdout.is_empty()
    {
        let list = String::from_utf8(output.stdout).context("a tracked path is not UTF-8")?;
        return Ok(list.split_terminator('\0').map(String::from).collect());
    }
    println!("    git lists no files here: looking at every file");
    let mut paths = Vec::new();
    walk(root, "", &mut paths)?;
    Ok(paths)
}

fn walk(root: &Path, folder: &str, paths: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        if !entry.file_type()?.is_dir() {
            paths.push(path);
        } else if !["target", ".git", "node_modules"].contains(&name.as_str()) {
            walk(root, &path, paths)?;
        }
    }
    Ok(())
}

/// The name after the last dot of a path.
fn extension(path: &str) -> &str {
    Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("")
}

/// A path relative to a folder, with `.` and `..` resolved; nothing if it leaves the tree.
fn resolve(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a path, empty at the root.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of small files, for the tests of the rules.
    pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), Some((*text).to_owned()));
        Tree {
            files: files.iter().map(owned).collect(),
        }
    }

    /// Findings as `path:line`, for comparison.
    pub(super) fn places(findings: impl IntoIterator<Item = Finding>) -> Vec<String> {
        let place = |finding: Finding| format!("{}:{}", finding.path, finding.line);
        findings.into_iter().map(place).collect()
    }

    #[test]
    fn the_tree_is_tidy() {
        let root = crate::workspace_root().unwrap();
        let tree = read_tree(&root).unwrap();
        let findings = check(&tree);
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
    }

    #[test]
    fn a_finding_says_where_what_why_and_what_to_do() {
        let finding = Finding::new("a.rs", 3, "too long", "nobody reads it", "split it");
        assert_eq!(
            finding.to_string(),
            "a.rs:3: too long; nobody reads it; split it"
        );
    }

    #[test]
    fn paths_resolve_inside_the_tree_only() {
        assert_eq!(resolve("docs", "../README.md").unwrap(), "README.md");
        assert_eq!(resolve("docs/a", "./b/../c.md").unwrap(), "docs/a/c.md");
        assert_eq!(resolve("docs", "../../etc"), None);
    }

    #[test]
    fn a_folder_is_there_if_a_file_is_in_it() {
        let tree = tree(&[("docs/a.md", ""), ("docs-old/b.md", "")]);
        assert!(tree.has("docs"));
        assert!(tree.has("docs/a.md"));
        assert!(!tree.has("doc"));
        assert!(!tree.has("docs/b.md"));
    }

    #[test]
    fn an_unpacked_archive_is_walked() {
        let mut paths = Vec::new();
        let root = crate::workspace_root().unwrap().join("xtask");
        walk(&root, "", &mut paths).unwrap();
        assert!(paths.contains(&"src/tidy/scan.rs".to_owned()));
    }
}
