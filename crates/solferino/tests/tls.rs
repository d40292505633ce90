//! Logs over TLS: OpenSSL serves the demonstration's log, under an authority made on the spot.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{Ran, bin, copy_of_demo};

const ARGUMENTS: [&str; 5] = [
    "--trust",
    "../demo/trust.txt",
    "--name",
    "mirror.example/m",
    "--once",
];

fn openssl(dir: &Path, args: &[&str]) {
    let ran = Command::new("openssl").args(args).current_dir(dir).output();
    let ran = ran.expect("openssl is there (cargo xtask test installs it)");
    assert!(ran.status.success(), "{}", Ran::of(&ran).err);
}

/// `root.pem`, an authority, and `leaf.pem` with `leaf.key`, its certificate for `localhost`.
fn certificates(dir: &Path) {
    let key = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ];
    let root = [
        "-keyout", "root.key", "-out", "root.pem", "-days", "2", "-subj", "/CN=root",
    ];
    openssl(dir, &[&key[..], &root[..]].concat());
    let leaf = [
        "-keyout",
        "leaf.key",
        "-out",
        "leaf.pem",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ];
    let signed = ["-CA", "root.pem", "-CAkey", "root.key", "-addext"];
    let names = [
        "subjectAltName=DNS:localhost",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    ];
    openssl(
        dir,
        &[&key[..], &leaf[..], &signed[..], &names[..]].concat(),
    );
}

/// Serves a folder's files over TLS on a free port; gives it.
fn served(folder: &Path, keys: &Path) -> (Child, u16) {
    let mut child = Command::new("openssl")
        .args(["s_server", "-WWW", "-accept", "localhost:0", "-cert"])
        .arg(keys.join("leaf.pem"))
        .arg("-key")
        .arg(keys.join("leaf.key"))
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let accepts = out
        .lines()
        .map(Result::unwrap)
        .find(|line| line.starts_with("ACCEPT"));
    let port = accepts.as_deref().and_then(|line| line.rsplit(':').next());
    (child, port.unwrap().parse().unwrap())
}

fn mirror(dir: &Path, url: &str, roots: Option<&Path>) -> Ran {
    let mut command = Command::new(bin());
    command
        .args(["mirror", url, "copy"])
        .args(ARGUMENTS)
        .current_dir(dir);
    match roots {
        Some(roots) => command.env("SSL_CERT_FILE", roots),
        None => command.env_remove("SSL_CERT_FILE"),
    };
    Ran::of(&command.output().unwrap())
}

#[test]
fn a_mirror_reads_a_log_over_tls_and_only_from_a_trusted_name() {
    let demo = copy_of_demo();
    let dir = demo.path().join("tls");
    std::fs::create_dir(&dir).unwrap();
    certificates(&dir);
    let (mut server, port) = served(&demo.path().join("demo/log"), &dir);
    let root = dir.join("root.pem");

    let stranger = mirror(&dir, &format!("https://localhost:{port}"), None);
    assert_ne!(stranger.code, 0);
    assert!(stranger.err.contains("certificate"), "{}", stranger.err);
    let other_name = mirror(&dir, &format!("https://127.0.0.1:{port}"), Some(&root));
    assert_ne!(other_name.code, 0);
    assert!(other_name.err.contains("certificate"), "{}", other_name.err);
    let trusted = mirror(&dir, &format!("https://localhost:{port}"), Some(&root)).code(0);
    assert!(
        trusted.contains("every signature, rule and hash holds"),
        "{trusted}"
    );
    server.kill().unwrap();
    server.wait().unwrap();
}
