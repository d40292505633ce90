//! Licences and sources of every dependency, against `deny.toml`.
//!
//! cargo-deny does this better and is used where it is installed. It takes minutes to build, so without it the two
//! questions that matter are answered here, from the same list: may we ship this, and does it come from crates.io?

mod spdx;

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{cargo, output_of, succeed};

const CRATES_IO: &[&str] = &[
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
];

/// Checks all packages of the lock file, for every platform.
pub(crate) fn run(root: &Path) -> Result<()> {
    if has_cargo_deny(root) {
        let args = ["deny", "check", "licenses", "bans", "sources"];
        return succeed(&mut cargo(root, &args));
    }
    let rules = std::fs::read_to_string(root.join("deny.toml")).context("cannot read deny.toml")?;
    let allowed = allowed_licences(&rules)?;
    let args = ["metadata", "--format-version", "1", "--all-features"];
    let metadata: Value = serde_json::from_str(&output_of(&mut cargo(root, &args))?)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    let problems: Vec<String> = packages
        .iter()
        .flat_map(|package| judge(package, &allowed))
        .collect();
    if !problems.is_empty() {
        bail!("deny.toml does not allow:\n  {}", problems.join("\n  "));
    }
    println!("    {} packages (without cargo-deny)", packages.len());
    Ok(())
}

fn has_cargo_deny(root: &Path) -> bool {
    let output = cargo(root, &["deny", "--version"]).output();
    output.is_ok_and(|output| output.status.success())
}

/// What is wrong with one package of `cargo metadata`.
fn judge(package: &Value, allowed: &[String]) -> Vec<String> {
    let name = format!(
        "{} {}",
        package["name"].as_str().unwrap_or("?"),
        package["version"].as_str().unwrap_or("?")
    );
    let mut problems = Vec::new();
    match package["license"].as_str() {
        None => problems.push(format!("{name}: states no licence expression")),
        Some(expression) => match spdx::satisfied(expression, allowed) {
            Ok(true) => {}
            Ok(false) => problems.push(format!("{name}: licence `{expression}`")),
            Err(error) => problems.push(format!("{name}: licence `{expression}`: {error}")),
        },
    }
    // A path dependency has no source.
    if let Some(source) = package["source"].as_str()
        && !CRATES_IO.contains(&source)
    {
        problems.push(format!("{name}: comes from {source}, not from crates.io"));
    }
    problems
}

/// The strings of `allow = [ … ]` in the section `[licenses]`.
fn allowed_licences(rules: &str) -> Result<Vec<String>> {
    let mut section = "";
    let mut in_list = false;
    let mut allowed = Vec::new();
    for line in rules.lines() {
        let line = line.split('#').next().unwrap_or("").trim();
        if !in_list && line.starts_with('[') {
            section = line;
        }
        let starts_list = line
            .strip_prefix("allow")
            .is_some_and(|rest| rest.trim_start().starts_with('='));
        in_list |= section == "[licenses]" && starts_list;
        if in_list {
            allowed.extend(line.split('"').skip(1).step_by(2).map(String::from));
            in_list = !line.ends_with(']');
        }
    }
    if allowed.is_empty() {
        bail!("deny.toml has no `allow = [ … ]` under [licenses]");
    }
    Ok(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_list_is_read_from_its_own_section_only() {
        let rules = "[graph]\nallow = [\"No\"]\n[licenses]\nallow-x = [\"No\"]\nallow = [\n  \"MIT\", # why\n  \
                     # \"GPL-3.0\"\n  \"A WITH b\",\n]\nother = [\"No\"]\n[sources]\nallow = [\"No\"]\n";
        assert_eq!(allowed_licences(rules).unwrap(), ["MIT", "A WITH b"]);
        let short = "[licenses]\nallow = [\"MIT\"]\nother = [\"No\"]\n";
        assert_eq!(allowed_licences(short).unwrap(), ["MIT"]);
        assert!(allowed_licences("[sources]\nallow = [\"MIT\"]\n").is_err());
    }

    #[test]
    fn the_tree_has_a_readable_list() {
        let allowed = allowed_licences(include_str!("../../deny.toml")).unwrap();
        assert!(allowed.iter().any(|name| name == "MIT"));
        assert!(!allowed.iter().any(|name| name.starts_with("https")));
    }

    #[test]
    fn a_package_is_judged_by_licence_and_source() {
        let allowed = ["MIT".to_owned()];
        let package = |licence: Value, source: Value| json!({"name": "p", "version": "1.0.0", "license": licence, "source": source});
        let problems = |licence: Value, source: Value| judge(&package(licence, source), &allowed);
        assert!(problems(json!("MIT"), Value::Null).is_empty());
        assert!(problems(json!("MIT"), json!(CRATES_IO[0])).is_empty());
        assert_eq!(
            problems(json!("MIT"), json!("git+https://example.org/p")),
            ["p 1.0.0: comes from git+https://example.org/p, not from crates.io"]
        );
        assert_eq!(
            problems(json!("GPL-3.0-only"), Value::Null),
            ["p 1.0.0: licence `GPL-3.0-only`"]
        );
        assert_eq!(
            problems(Value::Null, Value::Null),
            ["p 1.0.0: states no licence expression"]
        );
        assert_eq!(problems(json!("MIT OR"), Value::Null).len(), 1);
    }
}
