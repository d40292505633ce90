//! The programs the tests call besides cargo: found, or installed as root from Debian's packages, or named.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// A program the tests call, and how to see that it is there.
struct Need {
    what: &'static str,
    why: &'static str,
    /// Debian's package that brings it.
    package: &'static str,
    /// Any one of these commands succeeding shows that it is there.
    probes: &'static [&'static [&'static str]],
}

const NEEDS: &[Need] = &[
    Need {
        what: "openssl",
        why: "a second opinion on keys and signatures",
        package: "openssl",
        probes: &[&["openssl", "version"]],
    },
    Need {
        what: "python3 with the module `cryptography`",
        why: "a second implementation of the signed formats",
        package: "python3-cryptography",
        probes: &[
            &["python3", "-c", "import cryptography"],
            &["/usr/bin/python3", "-c", "import cryptography"],
        ],
    },
    Need {
        what: "node 20 or later",
        why: "runs the WebAssembly verifier, verify.mjs and the browser tests",
        package: "nodejs",
        probes: &[&[
            "node",
            "-e",
            "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)",
        ]],
    },
    Need {
        what: "npm",
        why: "brings what the browser tests import, by their lock file",
        package: "npm",
        probes: &[&["npm", "--version"]],
    },
    Need {
        what: "chromium",
        why: "the browser of the browser tests",
        package: "chromium",
        probes: &[&["/usr/bin/chromium", "--version"]],
    },
    Need {
        what: "pdftotext",
        why: "reads the words of a page on paper",
        package: "poppler-utils",
        probes: &[&["pdftotext", "-v"]],
    },
    Need {
        what: "unshare",
        why: "shows that a replay needs no network",
        package: "util-linux",
        probes: &[&["unshare", "--version"]],
    },
];

/// Makes sure that everything is there, installing what is missing where that is possible.
pub(crate) fn provide() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    if !(is_root() && answers(&["apt-get", "--version"])) {
        bail!("{}", report(&missing));
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    println!("    installing {}", packages.join(" "));
    apt_get(&["update"])?;
    let install = ["install", "-y", "--no-install-recommends"];
    apt_get(&[&install, packages.as_slice()].concat())?;

    let missing = self::missing();
    if !missing.is_empty() {
        bail!("installed, and yet {}", report(&missing));
    }
    Ok(())
}

fn missing() -> Vec<&'static Need> {
    let present = |need: &&Need| need.probes.iter().any(|probe| answers(probe));
    NEEDS.iter().filter(|need| !present(need)).collect()
}

fn report(missing: &[&Need]) -> String {
    let mut text = String::from("missing on this machine:\n");
    for need in missing {
        text += &format!("  {} ({})\n", need.what, need.why);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    text + "on Debian, as root: apt-get install --no-install-recommends " + &packages.join(" ")
}

fn apt_get(args: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    crate::succeed(&mut command)
}

fn is_root() -> bool {
    let uid = Command::new("id").arg("-u").output();
    uid.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Whether the command can be started and succeeds; what it prints is dropped.
fn answers(words: &[&str]) -> bool {
    let Some((program, args)) = words.split_first() else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null());
    command.output().is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_is_true_only_for_a_command_that_succeeds() {
        assert!(answers(&["true"]));
        assert!(!answers(&["false"]));
        assert!(!answers(&["solferino-no-such-program"]));
        assert!(!answers(&[]));
    }

    #[test]
    fn the_report_names_program_reason_and_package() {
        let text = report(&[&NEEDS[0], &NEEDS[1]]);
        assert!(text.contains("openssl (a second opinion"));
        assert!(text.ends_with("openssl python3-cryptography"));
    }
}
