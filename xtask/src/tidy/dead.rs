//! Source files that no `mod` declaration leads to: the compiler never sees them, so they rot.

use std::collections::BTreeSet;

use super::scan::{code_only, words};
use super::{Finding, Tree, folder, resolve};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let manifests = tree.files.keys().filter_map(|path| {
        let package = path.strip_suffix("/Cargo.toml")?;
        let ours = package == "xtask" || package.starts_with("crates/");
        ours.then_some(package)
    });
    for package in manifests {
        let reached = reached(tree, package);
        let source = format!("{package}/src/");
        let files = tree.files.keys().filter(|path| {
            path.starts_with(&source) && path.ends_with(".rs") && !reached.contains(*path)
        });
        findings.extend(files.map(|path| {
            let what = "no `mod` leads to this file";
            let why = "the compiler never sees it";
            Finding::new(path, 1, what, why, "declare it, or delete it")
        }));
    }
    findings
}

/// Every file of a package that the compiler sees, starting at its libraries, binaries and build script.
fn reached(tree: &Tree, package: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut waiting = roots(tree, package);
    while let Some(path) = waiting.pop() {
        let Some(text) = tree.text(&path) else {
            continue;
        };
        if reached.insert(path.clone()) {
            waiting.extend(declared(&path, text, is_root(&path)));
        }
    }
    reached
}

fn roots(tree: &Tree, package: &str) -> Vec<String> {
    let bin = format!("{package}/src/bin/");
    let mut roots: Vec<String> = tree
        .files
        .keys()
        .filter(|path| {
            let file = path.strip_prefix(&bin).unwrap_or("");
            file.ends_with("/main.rs") || (file.ends_with(".rs") && !file.contains('/'))
        })
        .cloned()
        .collect();
    roots.extend(["src/lib.rs", "src/main.rs", "build.rs"].map(|file| format!("{package}/{file}")));
    let manifest = tree.text(&format!("{package}/Cargo.toml")).unwrap_or("");
    for line in manifest.lines().filter(|line| line.starts_with("path = ")) {
        let file = line.split('"').nth(1).unwrap_or("");
        roots.extend(resolve(package, file));
    }
    roots
}

/// Whether a file's modules lie beside it instead of in a folder of its name.
fn is_root(path: &str) -> bool {
    let stands_alone = ["/lib.rs", "/main.rs", "/mod.rs", "/build.rs"];
    stands_alone.iter().any(|end| path.ends_with(end)) || folder(path).ends_with("/src/bin")
}

/// The files that a file's `mod` declarations and `include!`s may mean.
fn declared(path: &str, text: &str, is_root: bool) -> Vec<String> {
    let code = code_only(text);
    let beside = folder(path);
    let home = if is_root {
        beside
    } else {
        path.trim_end_matches(".rs")
    };
    let mut files = Vec::new();
    for at in words(&code, "mod") {
        let after = code[at + "mod".len()..].trim_start();
        let name = after.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '#');
        let name = name.map(|name| name.trim_start_matches("r#")).next();
        let name = name.unwrap_or("");
        let ends = after.trim_start_matches("r#").strip_prefix(name);
        if name.is_empty() || !ends.is_some_and(|rest| rest.trim_start().starts_with(';')) {
            continue;
        }
        let inner = [&[home], inline_modules(&code[..at]).as_slice()].concat();
        let inner = inner.join("/");
        match path_attribute(text, &code, at) {
            Some(file) => files.extend(resolve(beside, file)),
            None => files.extend([
                format!("{inner}/{name}.rs"),
                format!("{inner}/{name}/mod.rs"),
            ]),
        }
    }
    for (at, _) in text.match_indices("include!(\"") {
        let file = text[at..].split('"').nth(1).unwrap_or("");
        files.extend(resolve(beside, file));
    }
    files
}

/// The names of the `mod name {` that are open at the end of this code.
fn inline_modules(code: &str) -> Vec<&str> {
    let mut open: Vec<Option<&str>> = Vec::new();
    let mut statement = 0;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'{' => open.push(module_name(&code[statement..at])),
            b'}' => {
                open.pop();
            }
            b';' => {}
            _ => continue,
        }
        statement = at + 1;
    }
    open.into_iter().flatten().collect()
}

fn module_name(statement: &str) -> Option<&str> {
    let mut words = statement.split_whitespace().rev();
    let name = words.next()?;
    (words.next()? == "mod").then_some(name)
}

/// The file named by `#[path = "…"]` on the declaration at this offset.
fn path_attribute<'a>(text: &'a str, code: &str, at: usize) -> Option<&'a str> {
    let start = code[..at].rfind([';', '{', '}']).map_or(0, |end| end + 1);
    let attribute = code[start..at].rfind("path")?;
    let value = &text[start + attribute..at];
    value.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{places, tree};
    use super::*;

    fn dead(files: &[(&str, &str)]) -> Vec<String> {
        let manifest = [("crates/a/Cargo.toml", "")];
        places(check(&tree(&[&manifest, files].concat())))
    }

    #[test]
    fn declared_modules_are_alive() {
        let files = [
            (
                "crates/a/src/lib.rs",
                "mod b;\npub(crate) mod r#type;\nmod d;",
            ),
            ("crates/a/src/b.rs", "mod c;"),
            ("crates/a/src/b/c.rs", ""),
            ("crates/a/src/type.rs", ""),
            ("crates/a/src/d/mod.rs", "mod e;"),
            ("crates/a/src/d/e.rs", ""),
        ];
        assert!(dead(&files).is_empty());
    }

    #[test]
    fn a_file_nobody_declares_is_dead() {
        let files = [
            (
                "crates/a/src/lib.rs",
                "// mod b;\nconst M: &str = \"mod b;\"; mod b { }",
            ),
            ("crates/a/src/b.rs", "mod c;"),
            ("crates/a/src/b/c.rs", ""),
        ];
        assert_eq!(
            dead(&files),
            ["crates/a/src/b.rs:1", "crates/a/src/b/c.rs:1"]
        );
    }

    #[test]
    fn binaries_and_manifest_paths_are_roots() {
        let files = [
            ("crates/a/src/main.rs", ""),
            ("crates/a/src/bin/x.rs", "mod y;"),
            ("crates/a/src/bin/y.rs", ""),
            ("crates/a/src/bin/z/main.rs", "mod w;"),
            ("crates/a/src/bin/z/w.rs", ""),
        ];
        assert!(dead(&files).is_empty());
        let tree = tree(&[
            ("crates/b/Cargo.toml", "[lib]\npath = \"src/odd.rs\"\n"),
            ("crates/b/src/odd.rs", ""),
            ("crates/b/src/other.rs", ""),
        ]);
        assert_eq!(places(check(&tree)), ["crates/b/src/other.rs:1"]);
    }

    #[test]
    fn inline_modules_path_attributes_and_includes_are_followed() {
        let text =
            "mod a { fn f() {} mod b; }\n#[path = \"odd/c.rs\"]\nmod c;\ninclude!(\"d.rs\");";
        let files = declared("crates/a/src/lib.rs", text, true);
        let wanted = [
            "crates/a/src/a/b.rs",
            "crates/a/src/a/b/mod.rs",
            "crates/a/src/odd/c.rs",
            "crates/a/src/d.rs",
        ];
        assert_eq!(files, wanted);
    }

    #[test]
    fn other_folders_are_not_looked_at() {
        assert!(dead(&[("crates/a/tests/x.rs", ""), ("crates/a/src/x.txt", "")]).is_empty());
    }
}
